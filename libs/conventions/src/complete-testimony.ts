import type { ReportedCost } from '#model';
import type { CallNames } from './step-draft.ts';
import { sideTotals } from './usage-sums.ts';
import type { Testimony } from './witness.ts';
import { bareModels, finenessOf, STATE_RANK } from './witness.ts';

/**
 * Completes what the billed witness says by what the others say of the same call: the finer or fuller usage, and the
 * gateway's cost, which is what was paid (conventions.md B4, E). The others come in their order of rank.
 *
 * @returns the completed testimony, and whether two witnesses contradict each other
 */
export function completeTestimony(
  witness: Testimony,
  others: readonly Testimony[],
): { testimony: Testimony; isDisputed: boolean } {
  let best = witness;
  let isDisputed = false;
  let { costReported } = witness;
  for (const other of others) {
    if (isFiner(other, best)) best = other;
    if (contradicts(other, witness)) isDisputed = true;
    if (isNearerToBill(other.costReported, costReported)) costReported = claimOf(other, witness);
  }
  const usageFrom =
    best === witness ? witness.usageFrom : (best.usageFrom ?? { traceId: best.traceId, spanId: best.spanId });
  const named = completeNames(witness, others);
  const completed = {
    ...witness,
    ...usageOf(best),
    usageFrom,
    costReported,
    named,
    ...completeTerms(witness, others),
  };
  return { testimony: completed, isDisputed };
}

/** The tier and the lines beside the usage decide the price too: what the witness leaves out the next one knows. */
function completeTerms(
  witness: Testimony,
  others: readonly Testimony[],
): Pick<Testimony, 'serviceTier' | 'extraUsage'> {
  const all = [witness, ...others];
  return {
    serviceTier: all.find(({ serviceTier }) => serviceTier !== null)?.serviceTier ?? null,
    extraUsage: all.find(({ extraUsage }) => extraUsage.length > 0)?.extraUsage ?? [],
  };
}

/** A witness that does not say which model answered learns it from the next that does (Codex spans). */
function completeNames({ named }: Testimony, others: readonly Testimony[]): CallNames {
  if (named.modelRequest !== null || named.modelResponse !== null) return named;
  const knowing = others.find((other) => bareModels(other.named).length > 0)?.named;
  return knowing === undefined ? named : { ...knowing, provider: named.provider ?? knowing.provider };
}

function usageOf({ usage, usageState, usageSemantics, isDoubtful }: Testimony) {
  return { usage, usageState, usageSemantics, isDoubtful };
}

function isFiner(other: Testimony, best: Testimony): boolean {
  if (other.usage === null) return false;
  if (best.usage === null) return true;
  const byState = STATE_RANK[best.usageState] - STATE_RANK[other.usageState];
  if (byState !== 0) return byState > 0;
  if (other.isDoubtful !== best.isDoubtful) return best.isDoubtful;
  if (contradicts(other, best)) return false;
  const [otherDoubt, bestDoubt] = [isAmbiguous(other), isAmbiguous(best)];
  if (otherDoubt !== bestDoubt) return bestDoubt;
  return finenessOf(other.usage) > finenessOf(best.usage);
}

function isAmbiguous(testimony: Testimony): boolean {
  return testimony.usageSemantics?.input === 'ambiguous';
}

/** Two full counts of one call that do not add up to the same. */
function contradicts(left: Testimony, right: Testimony): boolean {
  if (left.usageState !== 'reported' || right.usageState !== 'reported') return false;
  const [one, other] = [sideTotals(left.usage!.tokens), sideTotals(right.usage!.tokens)];
  return one.input !== other.input || one.output !== other.output;
}

/** The claim of another witness, with where it was made and what the billed span itself claims. */
function claimOf({ costReported, traceId, spanId }: Testimony, witness: Testimony): ReportedCost {
  const { from = { traceId, spanId }, own: _own, ...claim } = costReported!;
  const { costReported: standing } = witness;
  const own = standing?.from === undefined ? standing : (standing.own ?? null);
  return own === null ? { ...claim, from } : { ...claim, from, own };
}

const PAID_SOURCES: ReadonlySet<string> = new Set(['gateway', 'gateway_actual']);

function isNearerToBill(other: ReportedCost | null, own: ReportedCost | null): boolean {
  if (other === null) return false;
  return own === null || (PAID_SOURCES.has(other.source) && !PAID_SOURCES.has(own.source));
}
