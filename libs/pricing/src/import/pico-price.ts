import { roundHalfEven } from '#model';

/** A price read from decimal text: whole pico-units, and whether the text had to be moved to get there. */
export interface PicoPrice {
  readonly pico: bigint;
  readonly isSnapped: boolean;
}

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const MAX_DIGITS = 60;
/** 1e-9 relative (architecture 6). */
const TOLERANCE = 1_000_000_000n;

/**
 * Reads a price exactly from its decimal text, in currency units per `per` quantities, as whole pico-units per
 * one quantity. A price that misses a whole pico by at most 1e-9 of itself is moved there.
 *
 * @param decimal `"3"`, `"0.0125"`, `"3e-06"`; for a JSON number its shortest text
 * @returns the price, or why it is none
 */
export function readPicoPrice(decimal: string, per: bigint): PicoPrice | { readonly reason: string } {
  const match = DECIMAL.exec(decimal.trim());
  if (match === null) return { reason: `not a decimal price of zero or more: ${decimal}` };
  const [, whole = '', fraction = '', exponent = '0'] = match;
  if (whole.length + fraction.length + Math.abs(Number(exponent)) > MAX_DIGITS)
    return { reason: `too many digits: ${decimal}` };
  const shift = 12 - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const numerator = shift >= 0 ? digits * 10n ** BigInt(shift) : digits;
  const divisor = per * (shift >= 0 ? 1n : 10n ** BigInt(-shift));
  const pico = roundHalfEven(numerator, divisor);
  const missed = pico * divisor - numerator;
  const distance = missed < 0n ? -missed : missed;
  if (distance * TOLERANCE > numerator)
    return { reason: `not a whole number of pico-units: ${decimal} per ${per}` };
  if (pico.toString().length > 18) return { reason: `over the largest price that can be stored: ${decimal}` };
  return { pico, isSnapped: distance !== 0n };
}
