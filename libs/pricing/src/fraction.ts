import { formatPico, roundHalfEven } from '#model';

/** An exact ratio; the denominator is positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const PICO = 1_000_000_000_000n;

export const ONE: Fraction = { numerator: 1n, denominator: 1n };

export const whole = (count: bigint): Fraction => ({ numerator: count, denominator: 1n });

/** @param text digits with at most one point, as `"0.875"` */
export function fractionOf(text: string): Fraction {
  const [digits = '0', decimals = ''] = text.split('.');
  return { numerator: BigInt(digits + decimals), denominator: 10n ** BigInt(decimals.length) };
}

export const add = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
});
export const subtract = (a: Fraction, b: Fraction): Fraction => add(a, { ...b, numerator: -b.numerator });
export const multiply = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});
/** @param b more than zero */
export const divide = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator,
  denominator: a.denominator * b.numerator,
});
export const isAtMost = (a: Fraction, b: Fraction): boolean =>
  a.numerator * b.denominator <= b.numerator * a.denominator;

/** Whole pico-units of an amount, rounded half-even. */
export const toPico = (amount: Fraction): bigint =>
  roundHalfEven(amount.numerator * PICO, amount.denominator);

/** Decimal text with at most 12 places, rounded half-even. */
export const toDecimal = (value: Fraction): string => formatPico(toPico(value));
