/**
 * An amount of an asset, in its smallest unit. Assets are written `CODE/scale` (`USD/12`: pico-dollars).
 * Amounts are bigint throughout: no float touches money (architecture 6).
 */
export type Asset = `${string}/${number}`;

export const USD_PICO: Asset = 'USD/12';

/** Largest single amount a ledger row can hold (PostgreSQL int8). */
export const MAX_AMOUNT = 9_223_372_036_854_775_807n;

const PICO = 1_000_000_000_000n;

/** `1888618000000n` -> `"1.888618"`: exact, without trailing zeros and without an exponent. */
export function formatPico(amountPico: bigint): string {
  const sign = amountPico < 0n ? '-' : '';
  const absolute = amountPico < 0n ? -amountPico : amountPico;
  const fraction = (absolute % PICO).toString().padStart(12, '0').replace(/0+$/, '');
  return `${sign}${absolute / PICO}${fraction === '' ? '' : `.${fraction}`}`;
}

/** An amount in the units its asset is counted in: `USD/12` in pico, `OUT.ticket.resolved/0` whole. Exact. */
export function formatAmount(amount: bigint, asset: Asset): string {
  const scale = Number(asset.slice(asset.lastIndexOf('/') + 1));
  return scale <= 12 ? formatPico(amount * 10n ** BigInt(12 - scale)) : `${amount}e-${scale}`;
}

/**
 * Quotient of an amount and a count as a decimal string with 12 places, rounded half-even, trailing zeros cut.
 * @returns null when the count is zero: a ratio over nothing is unknown, not 0.
 */
export function dividePico(amountPico: bigint, count: bigint): string | null {
  if (count === 0n) return null;
  return formatPico(roundHalfEven(amountPico, count));
}

/**
 * Reads a decimal string (`"3"`, `"0.0125"`, `"1e-6"`) exactly into pico-units.
 * @returns null when the text is no finite decimal or has digits below one pico.
 */
export function parsePico(text: string): bigint | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = 12 - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return (sign === '-' ? -1n : 1n) * digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  if (digits % divisor !== 0n) return null;
  return (sign === '-' ? -1n : 1n) * (digits / divisor);
}

/** Integer division rounded half to even; the divisor is positive. */
export function roundHalfEven(numerator: bigint, divisor: bigint): bigint {
  const negative = numerator < 0n;
  const absolute = negative ? -numerator : numerator;
  const quotient = absolute / divisor;
  const twice = (absolute % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/**
 * Splits an amount by integer weights, exactly: largest remainder (Hamilton), ties to the smallest id
 * (architecture 6; methods 2.1). A negative amount is split as its absolute value and negated.
 *
 * @param shares weights >= 0 with unique ids; when all weights are 0 the split is even
 * @returns the parts in the order given; they always sum to the amount
 * @throws RangeError when there are no shares or a weight is negative
 */
export function splitExactly(
  amount: bigint,
  shares: readonly { readonly id: string; readonly weight: bigint }[],
): bigint[] {
  if (shares.length === 0) throw new RangeError('cannot split an amount over no shares');
  if (shares.some((share) => share.weight < 0n)) throw new RangeError('a weight is negative');
  if (amount < 0n) return splitExactly(-amount, shares).map((part) => -part);
  const total = shares.reduce((sum, share) => sum + share.weight, 0n);
  const weights = total === 0n ? shares.map(() => 1n) : shares.map((share) => share.weight);
  const divisor = total === 0n ? BigInt(shares.length) : total;
  const parts = weights.map((weight) => (amount * weight) / divisor);
  const rest = Number(amount - parts.reduce((sum, part) => sum + part, 0n));
  const order = shares
    .map((share, index) => ({ index, id: share.id, remainder: (amount * weights[index]!) % divisor }))
    .sort((a, b) =>
      a.remainder === b.remainder ? (a.id < b.id ? -1 : 1) : a.remainder > b.remainder ? -1 : 1,
    );
  for (const { index } of order.slice(0, rest)) parts[index]! += 1n;
  return parts;
}
