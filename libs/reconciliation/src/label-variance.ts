import type { BillClass } from './bill-line.ts';
import type { ComparedKey } from './compare-bill.ts';

/** What the pattern of a model's differences suggests; a hint for the reader, never a posting (methods 10.3). */
export type VarianceLabel =
  | 'untraced' // billed, and no span of it
  | 'not_billed' // spans, and nothing billed
  | 'counted_twice' // more tokens here than on the bill
  | 'cache_class_split' // the input classes sum to the same, the classes do not
  | 'midnight' // two days next to each other cancel out
  | 'uniform_rate'; // every class differs by the same factor: a discount, batch, priority or region multiplier

/** The differences of one provider and model over the whole bill. */
export interface ModelVariance {
  readonly provider: string;
  readonly model: string | null;
  readonly billedTokens: bigint | null;
  readonly ownTokens: bigint;
  readonly billedPico: bigint;
  readonly ownPico: bigint;
  /** Traced over billed tokens, in 1/10,000, rounded down; null when the bill has no tokens. */
  readonly coverage: bigint | null;
  /** |billed - own| <= max(1 unit, 0.5 %) and coverage >= 95 % (methods 10.5). A match is consistent, never verified. */
  readonly verdict: 'consistent' | 'differs' | 'not_covered';
  readonly labels: readonly VarianceLabel[];
}

const PICO = 1_000_000_000_000n;
const MIN_COVERAGE = 9_500n;
const INPUT: ReadonlySet<BillClass> = new Set([
  'in_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
]);
const UNITS: ReadonlySet<BillClass> = new Set(['request', 'search', 'image', 'audio_second', 'tool_call']);

/** Sums the keys of a comparison by provider and model, judges each and names what its pattern suggests. */
export function labelVariance(keys: readonly ComparedKey[]): ModelVariance[] {
  const byModel = new Map<string, ComparedKey[]>();
  for (const key of keys) {
    const id = `${key.provider}\n${key.model}`;
    byModel.set(id, [...(byModel.get(id) ?? []), key]);
  }
  return [...byModel.values()].map(judge);
}

function judge(keys: readonly ComparedKey[]): ModelVariance {
  const tokens = keys.filter(({ billClass }) => billClass === null || !UNITS.has(billClass));
  const billedTokens = tokens.some(({ billedQuantity }) => billedQuantity !== null)
    ? tokens.reduce((sum, { billedQuantity }) => sum + (billedQuantity ?? 0n), 0n)
    : null;
  const ownTokens = tokens.reduce((sum, { ownQuantity }) => sum + ownQuantity, 0n);
  const billedPico = keys.reduce((sum, key) => sum + key.billedPico, 0n);
  const ownPico = keys.reduce((sum, key) => sum + key.ownPico, 0n);
  const coverage = billedTokens === null || billedTokens === 0n ? null : (ownTokens * 10_000n) / billedTokens;
  const difference = billedPico > ownPico ? billedPico - ownPico : ownPico - billedPico;
  const halfPercent = billedPico / 200n;
  const isClose = difference <= (halfPercent > PICO ? halfPercent : PICO);
  return {
    provider: keys[0]!.provider,
    model: keys[0]!.model,
    billedTokens,
    ownTokens,
    billedPico,
    ownPico,
    coverage,
    verdict:
      coverage !== null && coverage < MIN_COVERAGE ? 'not_covered' : isClose ? 'consistent' : 'differs',
    labels: labelsOf(tokens, { billedTokens, ownTokens, billedPico, ownPico }),
  };
}

interface Totals {
  readonly billedTokens: bigint | null;
  readonly ownTokens: bigint;
  readonly billedPico: bigint;
  readonly ownPico: bigint;
}

function labelsOf(tokens: readonly ComparedKey[], totals: Totals): VarianceLabel[] {
  const { billedTokens, ownTokens, billedPico, ownPico } = totals;
  if (ownTokens === 0n && ownPico === 0n) return ['untraced'];
  if ((billedTokens ?? 0n) === 0n && billedPico === 0n) return ['not_billed'];
  if (billedTokens === null) return [];
  const labels: VarianceLabel[] = [];
  if (ownTokens > billedTokens) labels.push('counted_twice');
  if (hasCacheClassSplit(tokens)) labels.push('cache_class_split');
  if (crossesMidnight(tokens)) labels.push('midnight');
  if (isUniform(tokens)) labels.push('uniform_rate');
  return labels;
}

function hasCacheClassSplit(tokens: readonly ComparedKey[]): boolean {
  const input = tokens.filter(({ billClass }) => billClass !== null && INPUT.has(billClass));
  const difference = (key: ComparedKey): bigint => (key.billedQuantity ?? 0n) - key.ownQuantity;
  return (
    input.some((key) => difference(key) !== 0n) &&
    input.reduce((sum, key) => sum + difference(key), 0n) === 0n
  );
}

/** Each bucket of the bill has the provider's own clock: a call at midnight may stand a day off. */
function crossesMidnight(tokens: readonly ComparedKey[]): boolean {
  const byDay = new Map<string, bigint>();
  for (const { day, billedQuantity, ownQuantity } of tokens) {
    if (day === null) return false;
    byDay.set(day, (byDay.get(day) ?? 0n) + (billedQuantity ?? 0n) - ownQuantity);
  }
  const days = [...byDay.keys()].sort();
  return days.some((day, index) => {
    const here = byDay.get(day)!;
    const next = days[index + 1];
    return here !== 0n && next !== undefined && -here === byDay.get(next);
  });
}

/** The same factor over at least two classes, within one part in a thousand, and not 1. */
function isUniform(tokens: readonly ComparedKey[]): boolean {
  const classes = new Set(tokens.map(({ billClass }) => billClass));
  const priced = tokens.filter(
    (key) =>
      key.ownPico > 0n && key.ownQuantity > 0n && (key.billedQuantity ?? 0n) > 0n && !key.isPricedByBook,
  );
  if (classes.size < 2 || priced.length < 2) return false;
  // Billed over own unit price, in parts per million.
  const factors = priced.map(
    (key) => (key.billedPico * key.ownQuantity * 1_000_000n) / (key.billedQuantity! * key.ownPico),
  );
  const least = factors.reduce((a, b) => (b < a ? b : a));
  const most = factors.reduce((a, b) => (b > a ? b : a));
  return most - least <= most / 1000n && (least > 1_000_999n || most < 999_001n);
}
