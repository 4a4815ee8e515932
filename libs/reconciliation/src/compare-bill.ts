import { roundHalfEven, type VarianceKind } from '#model';
import type { BillCategory, BillClass, BillLine } from './bill-line.ts';
import type { OwnUsage } from './own-usage.ts';
import { keyText, matchDimensions, ownKey, billKey, type MatchKey } from './match-key.ts';
import { splitVariance } from './split-variance.ts';

export interface ComparedKey extends MatchKey {
  readonly billedQuantity: bigint | null;
  readonly billedPico: bigint;
  readonly ownQuantity: bigint;
  readonly ownPico: bigint;
  readonly coveragePico: bigint;
  readonly ratePico: bigint;
  readonly unexplainedPico: bigint;
  /** The bill gives this key no amount: its quantity was priced by our own book. */
  readonly isPricedByBook: boolean;
}

export interface BillComparison {
  readonly keys: readonly ComparedKey[];
  /** Sums to `totalPico - ownPico` over all kinds. */
  readonly variancePico: ReadonlyMap<VarianceKind, bigint>;
  readonly totalPico: bigint;
  readonly ownPico: bigint;
  /** Quantities the bill names and nobody has a price for; they are in no variance kind. */
  readonly unpricedKeys: readonly MatchKey[];
}

export interface CompareOptions {
  /** Names of one model become one (snapshots, region profiles); from the model identity rules. */
  readonly canonicalModel: (provider: string, model: string) => string;
  /** Prices a billed quantity by our own book, where the bill tells no amount; null = no price. */
  readonly bookAmountPico: (key: MatchKey, quantity: bigint) => bigint | null;
  /** The invoice's total, where it has one; null = the sum of its lines. */
  readonly totalPico: bigint | null;
  /** What the same amounts differ by at the rate of our books, where they were billed in another currency. */
  readonly fxPico?: bigint;
}

const KIND_OF: Readonly<Record<Exclude<BillCategory, 'usage'>, VarianceKind>> = {
  purchase: 'minimum',
  minimum: 'minimum',
  tax: 'tax',
  credit: 'credit',
  adjustment: 'credit',
  rounding: 'rounding',
};

/** An invoice is rounded to cents, once or by line; more than this is no rounding. */
const MAX_ROUNDING_PICO = 10_000_000_000n;

interface Sums {
  readonly key: MatchKey;
  billedQuantity: bigint | null;
  billedPico: bigint | null;
  ownQuantity: bigint;
  ownPico: bigint;
}

/**
 * Compares one provider's bill for a period with our own charges of the same days, in one currency. Both sides are
 * grouped by as much of (day, model, class, tier) as the bill tells of every usage line. A usage report (quantities) and
 * a cost report (amounts) of the same days may be given together: each key takes its quantity from the one and its
 * amount from the other.
 *
 * Pure; independent of the order of lines. Guarantee: the variance kinds sum exactly to total - Σ own.
 */
export function compareBill(
  lines: readonly BillLine[],
  own: readonly OwnUsage[],
  options: CompareOptions,
): BillComparison {
  const sides = sumSides(lines, own, options.canonicalModel);
  const { keys, unpricedKeys } = compareKeys(sides, isItemised(lines), options);
  const variancePico = new Map<VarianceKind, bigint>();
  const add = (kind: VarianceKind, amountPico: bigint): void => {
    if (amountPico !== 0n) variancePico.set(kind, (variancePico.get(kind) ?? 0n) + amountPico);
  };
  let linesPico = 0n;
  for (const key of keys) {
    add('coverage', key.coveragePico);
    add('rate', key.ratePico);
    add('unexplained', key.unexplainedPico);
    linesPico += key.billedPico;
  }
  for (const { category, amountPico } of lines) {
    if (category === 'usage' || amountPico === null) continue;
    add(KIND_OF[category], amountPico);
    linesPico += amountPico;
  }
  const totalPico = options.totalPico ?? linesPico;
  const rest = totalPico - linesPico;
  add(rest <= MAX_ROUNDING_PICO && rest >= -MAX_ROUNDING_PICO ? 'rounding' : 'unexplained', rest);
  const fxPico = options.fxPico ?? 0n;
  add('fx', fxPico);
  const ownPico = own.reduce((sum, { amountPico }) => sum + amountPico, 0n);
  return { keys, variancePico, totalPico: totalPico + fxPico, ownPico, unpricedKeys };
}

/** Both sides summed by what they can be matched by. */
function sumSides(
  lines: readonly BillLine[],
  own: readonly OwnUsage[],
  canonicalModel: CompareOptions['canonicalModel'],
): Sums[] {
  const usage = lines.filter(({ category }) => category === 'usage');
  const dimensions = matchDimensions(usage);
  const isByClass = dimensions.has('billClass');
  const sums = new Map<string, Sums>();
  const at = (key: MatchKey): Sums => {
    const text = keyText(key);
    const known = sums.get(text);
    if (known !== undefined) return known;
    const made = { key, billedQuantity: null, billedPico: null, ownQuantity: 0n, ownPico: 0n };
    sums.set(text, made);
    return made;
  };
  for (const line of usage) {
    const sum = at(billKey(line, dimensions, canonicalModel));
    if (line.quantity !== null && counts(line.billClass, isByClass))
      sum.billedQuantity = (sum.billedQuantity ?? 0n) + line.quantity;
    if (line.amountPico !== null) sum.billedPico = (sum.billedPico ?? 0n) + line.amountPico;
  }
  for (const each of own) {
    const sum = at(ownKey(each, dimensions));
    if (counts(each.billClass, isByClass)) sum.ownQuantity += each.quantity;
    sum.ownPico += each.amountPico;
  }
  return [...sums.values()];
}

/** A total alone says nothing of any day or model: what it differs by has no kind. */
const isItemised = (lines: readonly BillLine[]): boolean =>
  lines.some(({ category }) => category === 'usage');

function compareKeys(
  sums: readonly Sums[],
  isItemisedBill: boolean,
  options: CompareOptions,
): Pick<BillComparison, 'keys' | 'unpricedKeys'> {
  const keys: ComparedKey[] = [];
  const unpricedKeys: MatchKey[] = [];
  for (const sum of sums) {
    const billed = isItemisedBill ? billedAmount(sum, options) : { amountPico: sum.ownPico, isByBook: true };
    // Usage reports count requests whether or not anybody charges for them.
    if (billed === null && sum.key.billClass !== 'request') unpricedKeys.push(sum.key);
    const { key, ownQuantity, ownPico } = sum;
    // A key the bill does not name was billed nothing of.
    const billedQuantity = sum.billedQuantity ?? (sum.billedPico === null && isItemisedBill ? 0n : null);
    // A quantity without any price is no variance: it stays named beside it.
    const billedPico = billed?.amountPico ?? ownPico;
    const parts =
      billed === null
        ? { coveragePico: 0n, ratePico: 0n, unexplainedPico: 0n }
        : splitVariance({ billedQuantity, billedPico, ownQuantity, ownPico });
    keys.push({
      ...key,
      billedQuantity,
      billedPico,
      ownQuantity,
      ownPico,
      ...parts,
      isPricedByBook: billed?.isByBook ?? false,
    });
  }
  keys.sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  return { keys, unpricedKeys };
}

/** What the bill charges for a key; a key the bill does not name is billed at nothing. */
function billedAmount(
  { key, billedQuantity, billedPico, ownQuantity, ownPico }: Sums,
  options: CompareOptions,
): { amountPico: bigint; isByBook: boolean } | null {
  if (billedPico !== null) return { amountPico: billedPico, isByBook: false };
  if (billedQuantity === null || billedQuantity === 0n) return { amountPico: 0n, isByBook: false };
  // Our own charges of the key say the price by which its quantity was charged.
  const amountPico =
    ownQuantity > 0n
      ? roundHalfEven(ownPico * billedQuantity, ownQuantity)
      : options.bookAmountPico(key, billedQuantity);
  return amountPico === null ? null : { amountPico, isByBook: true };
}

const UNITS: ReadonlySet<BillClass> = new Set(['request', 'search', 'image', 'audio_second', 'tool_call']);

/** Tokens and requests are never added up: without the class, only tokens count. */
const counts = (billClass: BillClass | null, isByClass: boolean): boolean =>
  isByClass || billClass === null || !UNITS.has(billClass);
