import { formatPico } from '#model';
import type { FxRate } from './convert.ts';

/** A rate as people and entries name it: `EUR/USD 1.0842, ecb, 2026-10-30`. Told decimals are shown as they are. */
export const describeRate = ({ base, quote, numerator, denominator, source, day }: FxRate): string =>
  `${base}/${quote} ${decimal(numerator, denominator)}, ${source}, ${day}`;

/** @param denominator a power of ten, as `parseRate` makes it */
function decimal(numerator: bigint, denominator: bigint): string {
  const places = denominator.toString().length - 1;
  if (places <= 12) return formatPico(numerator * 10n ** BigInt(12 - places));
  const digits = numerator.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/0+$/, '');
}
