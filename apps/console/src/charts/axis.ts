import { groupDigits } from '../format/decimal.ts';

/** Text of the ticks of an axis of money, all with the places that tell two of them apart. */
export function moneyTicks(ticks: readonly number[], sign = '$'): string[] {
  const step = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : (ticks[0] ?? 1);
  const places = step >= 1 || step === 0 ? 0 : Math.min(9, Math.ceil(-Math.log10(step) - 1e-9));
  return ticks.map((tick) => (tick === 0 ? `${sign}0` : sign + groupDigits(tick.toFixed(places))));
}

/** First moment of a bucket of time: a day, the Monday of a week, or a month; NaN for a text that is none. */
export function bucketMs(bucket: string): number {
  return Date.parse(bucket.length === 7 ? `${bucket}-01T00:00:00Z` : `${bucket}T00:00:00Z`);
}

/** How the buckets of a chart are marked on its axis: every one of them, or every second, third ..., so that they fit. */
export function shownTicks(count: number, fitting: number): number[] {
  const every = Math.max(1, Math.ceil(count / Math.max(1, fitting)));
  return Array.from({ length: count }, (_, index) => index).filter((index) => index % every === 0);
}
