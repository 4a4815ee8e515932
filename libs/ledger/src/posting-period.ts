import type { LedgerTransaction } from '#model';

/** @param period `YYYY-MM` @returns the month after it */
export function monthAfter(period: string): string {
  const [year, month] = monthOf(period);
  return month === 12 ? format(year + 1, 1) : format(year, month + 1);
}

/** @param period `YYYY-MM` @returns the UTC day after its last one, `YYYY-MM-DD` */
export const endDayOf = (period: string): string => `${monthAfter(period)}-01`;

/**
 * What took effect before the first open month is posted to that month: a prior-period adjustment. When it took effect
 * is not changed, so the month can be restated.
 *
 * @param firstOpen `YYYY-MM`
 */
export const toOpenPeriod = (transaction: LedgerTransaction, firstOpen: string): LedgerTransaction =>
  transaction.period >= firstOpen ? transaction : { ...transaction, period: firstOpen };

function monthOf(period: string): [year: number, month: number] {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(period);
  if (match === null) throw new RangeError(`${period} is no month`);
  return [Number(match[1]), Number(match[2])];
}

const format = (year: number, month: number): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
