import { groupDigits, leadingPlace, roundDecimal } from './decimal.ts';

const SIGNS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' };

/** What stands where an amount is not known: unknown is not zero. */
export const UNKNOWN = 'unknown';

/**
 * An amount for the eye: cents from 1 on, three significant digits below, so that a cost of 0.00213 does not read as
 * nothing. The exact amount belongs into the title beside it.
 */
export function showMoney(amount: string | null | undefined, currency = 'USD'): string {
  if (amount === null || amount === undefined) return UNKNOWN;
  const place = leadingPlace(amount);
  const rounded = roundDecimal(amount, place === 0 ? 2 : Math.min(12, Math.max(4, place + 2)));
  const isNegative = rounded.startsWith('-');
  const digits = groupDigits(isNegative ? rounded.slice(1) : rounded);
  const sign = SIGNS[currency];
  const text = sign === undefined ? `${digits} ${currency}` : sign + digits;
  return isNegative ? `−${text}` : text;
}

/** All digits, as the ledger holds them: what a tooltip says and a copy takes. */
export function exactMoney(amount: string | null | undefined, currency = 'USD'): string {
  return amount === null || amount === undefined ? UNKNOWN : `${amount} ${currency}`;
}
