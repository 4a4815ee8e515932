import { shiftDay } from '../../format/time.ts';

/** First day of the period before [from, to): the calendar month before whole months, else as many days. */
export function periodBefore(from: string, to: string): string {
  if (!from.endsWith('-01') || !to.endsWith('-01'))
    return shiftDay(from, Math.round((Date.parse(from) - Date.parse(to)) / 86_400_000));
  const months =
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 +
    Number(to.slice(5, 7)) -
    Number(from.slice(5, 7));
  return new Date(Date.UTC(Number(from.slice(0, 4)), Number(from.slice(5, 7)) - 1 - months, 1))
    .toISOString()
    .slice(0, 10);
}
