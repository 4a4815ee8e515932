import { roundHalfEven, splitExactly } from '#model';
import type { FxPolicy } from './fx-policy.ts';

/** A dated rate: 1 unit of `base` is `numerator / denominator` units of `quote`, exactly as it was told. */
export interface FxRate {
  readonly base: string;
  readonly quote: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** UTC day from which it is the rate, `YYYY-MM-DD`. */
  readonly day: string;
  readonly source: string;
  /** Of two rates for one day and pair the one told later, the greater number, is used. */
  readonly sequence: bigint;
}

/** A rate for one direction, or why there is none. */
export type FoundRate =
  | {
      readonly state: 'found';
      readonly numerator: bigint;
      readonly denominator: bigint;
      readonly rate: FxRate | null;
    }
  | { readonly state: 'missing'; readonly reason: string };

/**
 * The rate from one currency into another for usage of a day. A pair told the other way round is inverted; two rates
 * are never chained, because nobody told their product.
 *
 * @param day UTC day of the usage, `YYYY-MM-DD`
 */
export function findRate(
  rates: readonly FxRate[],
  from: string,
  to: string,
  day: string,
  policy: FxPolicy,
): FoundRate {
  if (from === to) return { state: 'found', numerator: 1n, denominator: 1n, rate: null };
  const asked = policy.basis === 'month_end' ? lastDayOfMonth(day) : day;
  const known = rates.filter(
    (rate) => isPair(rate, from, to) && rate.day <= asked && (policy.source ?? rate.source) === rate.source,
  );
  const newest = known.reduce<FxRate | null>(
    (best, rate) => (best === null || isNewer(rate, best) ? rate : best),
    null,
  );
  if (newest === null || ageInDays(newest.day, asked) > policy.maxAgeDays) {
    const found = newest === null ? 'none before it' : `the newest is of ${newest.day}`;
    return { state: 'missing', reason: `no rate from ${from} to ${to} for ${asked}: ${found}` };
  }
  const isInverse = newest.base === to;
  return {
    state: 'found',
    numerator: isInverse ? newest.denominator : newest.numerator,
    denominator: isInverse ? newest.numerator : newest.denominator,
    rate: newest,
  };
}

/** A rate as it is stored: a decimal text that was checked when it was told. Later versions count before earlier ones. */
export function toFxRate(row: {
  readonly base: string;
  readonly quote: string;
  readonly day: string;
  readonly source: string;
  readonly rate: string;
  readonly version: number;
  readonly createdAtUs: bigint;
}): FxRate {
  const { base, quote, day, source, rate, version, createdAtUs } = row;
  return { base, quote, day, source, ...parseRate(rate)!, sequence: createdAtUs * 1000n + BigInt(version) };
}

const isPair = ({ base, quote }: FxRate, from: string, to: string): boolean =>
  (base === from && quote === to) || (base === to && quote === from);
const isNewer = (rate: FxRate, than: FxRate): boolean =>
  rate.day > than.day || (rate.day === than.day && rate.sequence > than.sequence);

/** @returns the amount in the other currency, rounded half-even to the pico */
export const convert = (
  amountPico: bigint,
  { numerator, denominator }: { readonly numerator: bigint; readonly denominator: bigint },
): bigint => roundHalfEven(amountPico * numerator, denominator);

/**
 * Converts amounts that belong together: their total is converted, then split over them (architecture 6), so that
 * what is shown sums to what is shown. Amounts of one sign only.
 *
 * @param parts with unique ids
 * @returns the converted parts in the order given
 */
export function convertParts(
  parts: readonly { readonly id: string; readonly amountPico: bigint }[],
  rate: { readonly numerator: bigint; readonly denominator: bigint },
): bigint[] {
  if (parts.length === 0) return [];
  const total = parts.reduce((sum, { amountPico }) => sum + amountPico, 0n);
  if (parts.some(({ amountPico }) => amountPico < 0n !== total < 0n && amountPico !== 0n))
    return parts.map(({ amountPico }) => convert(amountPico, rate));
  return splitExactly(
    convert(total, rate),
    parts.map(({ id, amountPico }) => ({ id, weight: amountPico < 0n ? -amountPico : amountPico })),
  );
}

function lastDayOfMonth(day: string): string {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

const ageInDays = (day: string, asked: string): number => (Date.parse(asked) - Date.parse(day)) / 86_400_000;

/**
 * Reads a rate as it was told.
 *
 * @returns an exact fraction, positive; null for text that is no positive decimal
 */
export function parseRate(text: string): { readonly numerator: bigint; readonly denominator: bigint } | null {
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,18}))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const numerator = BigInt(whole + fraction);
  return numerator === 0n ? null : { numerator, denominator: 10n ** BigInt(fraction.length) };
}
