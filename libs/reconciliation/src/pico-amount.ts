import { roundHalfEven } from '#model';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const MAX_DIGITS = 60;

/** An amount of a bill in pico-units, and whether its text had more digits than that. */
export interface PicoAmount {
  readonly pico: bigint;
  readonly isRounded: boolean;
}

/**
 * Reads an amount from its decimal text. Providers print doubles (`0.8958740000000000`, `6.000000000000001e-05`): digits
 * below one pico are rounded half-even, and said.
 *
 * @param per how many of the text's units make one unit of the currency: 1, or 100 for cents
 * @returns the amount, or null when the text is no finite decimal of at most 60 digits
 */
export function readPicoAmount(text: string, per = 1n): PicoAmount | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  if (whole.length + fraction.length + Math.abs(Number(exponent)) > MAX_DIGITS) return null;
  const shift = 12 - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const numerator = shift >= 0 ? digits * 10n ** BigInt(shift) : digits;
  const divisor = per * (shift >= 0 ? 1n : 10n ** BigInt(-shift));
  const pico = roundHalfEven(numerator, divisor);
  return { pico, isRounded: pico * divisor !== numerator };
}
