import { TOKEN_BUCKETS } from '#model';
import type { ReportedCost, SpanAddress, TokenBucket, Usage, UsageSemantics, UsageState } from '#model';
import { joiningKeys, shortKeys } from './joining-key.ts';
import type { Sighting } from './same-call.ts';
import type { CallNames, JoiningKey, LeafCandidate, StepDraft, Vantage } from './step-draft.ts';
import { sideTotals } from './usage-sums.ts';

/** What a witness says a call used and cost. */
export interface Testimony extends SpanAddress {
  readonly usage: Usage | null;
  readonly usageState: UsageState;
  readonly usageSemantics: UsageSemantics | null;
  readonly usageFrom: SpanAddress | null;
  readonly costReported: ReportedCost | null;
  readonly named: CallNames;
}

const VANTAGE_RANK: Readonly<Record<Vantage, number>> = { application: 0, gateway: 1, server: 2 };
const STATE_RANK: Readonly<Record<UsageState, number>> = {
  reported: 0,
  partial: 1,
  zero_reported: 2,
  rejected: 3,
  missing: 4,
};
const CLASSES_MAX = 9;
/** A span knows what it was made in, so it is billed before a log record of the same service. */
const LOG_RANK = 5_000;

/**
 * The declared rank of a witness; smaller is billed. A served-again answer last; then from where the call was seen,
 * because the application knows for whom it was made; a single call before a total; then how much of the usage is
 * known and how finely. Follows from the span alone, so that every trace ranks it alike.
 */
export function rankOf(draft: StepDraft, isTotal: boolean): number {
  const classes = Object.keys(draft.usage?.tokens ?? {}).length;
  return (
    (draft.isCacheHit ? 100_000 : 0) +
    VANTAGE_RANK[draft.vantage] * 10_000 +
    (draft.isLog ? LOG_RANK : 0) +
    (isTotal ? 1_000 : 0) +
    STATE_RANK[draft.usageState] * 100 +
    (draft.usageSemantics?.input === 'ambiguous' ? 10 : 0) +
    (CLASSES_MAX - Math.min(classes, CLASSES_MAX))
  );
}

export function testimonyOf(draft: StepDraft, billedUsage?: Usage): Testimony {
  return {
    traceId: draft.traceId,
    spanId: draft.spanId,
    usage: billedUsage ?? draft.usage,
    usageState: draft.usageState,
    usageSemantics: draft.usageSemantics,
    usageFrom: null,
    costReported: draft.costReported,
    named: draft,
  };
}

/** Who wrote a span; two emitters may see one call, one emitter writes a call once. */
export function emitterOf(draft: StepDraft): string {
  return JSON.stringify([draft.serviceName, draft.scopeName, draft.dialect]);
}

/** @param seenBy all spans of the trace that saw the call: what one knows of its ids holds for all */
export function toSighting(draft: StepDraft, seenBy: readonly StepDraft[], isTotal: boolean): Sighting {
  return {
    traceId: draft.traceId,
    spanId: draft.spanId,
    rank: rankOf(draft, isTotal),
    emitter: emitterOf(draft),
    keys: distinctKeys(seenBy.flatMap(joiningKeys)),
    shortKeys: distinctKeys(seenBy.flatMap(shortKeys)),
    startedAtNs: draft.startedAtNs,
    endedAtNs: draft.endedAtNs,
    ...countsOf(draft.usage),
    models: isTotal ? [] : bareModels(draft),
  };
}

/** What the search for the same call needs of a usage. */
export function countsOf(usage: Usage | null): Pick<Sighting, 'totals' | 'answered'> {
  if (usage === null) return { totals: null, answered: null };
  const totals = sideTotals(usage.tokens);
  return { totals, answered: totals.output - (usage.tokens.reasoning ?? 0n) };
}

function bareModels({ modelRequest, modelResponse }: CallNames): string[] {
  return [bareModel(modelRequest), bareModel(modelResponse)].filter((name) => name !== '');
}

/** "azure/gpt-4o-2024-08-06" -> "gpt-4o": a request names the alias, a response the snapshot. */
function bareModel(model: string | null): string {
  if (model === null) return '';
  return model
    .toLowerCase()
    .slice(model.lastIndexOf('/') + 1)
    .replace(/[-@]20\d{2}-?\d{2}-?\d{2}$/, '');
}

function distinctKeys(all: readonly JoiningKey[]): readonly JoiningKey[] {
  if (all.length < 2) return all;
  const keys = new Map(all.map((key) => [`${key.kind}:${key.key}`, key]));
  return [...keys.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, key]) => key);
}

export function toCandidate(sighting: Sighting, testimony: Testimony): LeafCandidate {
  const { usage } = testimony;
  return {
    traceId: sighting.traceId,
    spanId: sighting.spanId,
    rank: sighting.rank,
    emitter: sighting.emitter,
    keys: sighting.keys,
    startedAtNs: sighting.startedAtNs.toString(),
    endedAtNs: sighting.endedAtNs.toString(),
    tokens:
      usage &&
      Object.fromEntries(Object.entries(usage.tokens).map(([bucket, count]) => [bucket, String(count)])),
    usageState: testimony.usageState,
    usageSemantics: testimony.usageSemantics,
    usageFrom: testimony.usageFrom,
    costReported: testimony.costReported,
    named: {
      provider: testimony.named.provider,
      modelRequest: testimony.named.modelRequest,
      modelResponse: testimony.named.modelResponse,
    },
  };
}

export function fromCandidate(candidate: LeafCandidate): { sighting: Sighting; testimony: Testimony } {
  const tokens = candidate.tokens && toTokens(candidate.tokens);
  const named = candidate.named ?? NAMELESS;
  return {
    sighting: {
      traceId: candidate.traceId,
      spanId: candidate.spanId,
      rank: candidate.rank,
      emitter: candidate.emitter,
      keys: candidate.keys,
      shortKeys: [],
      startedAtNs: BigInt(candidate.startedAtNs),
      endedAtNs: BigInt(candidate.endedAtNs),
      ...countsOf(tokens && { tokens, units: {} }),
      models: bareModels(named),
    },
    testimony: {
      traceId: candidate.traceId,
      spanId: candidate.spanId,
      usage: tokens && { tokens, units: {} },
      usageState: candidate.usageState,
      usageSemantics: candidate.usageSemantics,
      usageFrom: candidate.usageFrom,
      costReported: candidate.costReported,
      named,
    },
  };
}

const NAMELESS: CallNames = { provider: null, modelRequest: null, modelResponse: null };

function toTokens(texts: Readonly<Record<string, string>>): Partial<Record<TokenBucket, bigint>> {
  const tokens: Partial<Record<TokenBucket, bigint>> = {};
  for (const bucket of TOKEN_BUCKETS) {
    const text = texts[bucket];
    if (text !== undefined) tokens[bucket] = BigInt(text);
  }
  return tokens;
}

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
  return { testimony: { ...witness, ...usageOf(best), usageFrom, costReported, named }, isDisputed };
}

/** A witness that does not say which model answered learns it from the next that does (Codex spans). */
function completeNames({ named }: Testimony, others: readonly Testimony[]): CallNames {
  if (named.modelRequest !== null || named.modelResponse !== null) return named;
  const knowing = others.find((other) => bareModels(other.named).length > 0)?.named;
  return knowing === undefined ? named : { ...knowing, provider: named.provider ?? knowing.provider };
}

function usageOf({ usage, usageState, usageSemantics }: Testimony) {
  return { usage, usageState, usageSemantics };
}

function isFiner(other: Testimony, best: Testimony): boolean {
  if (other.usage === null) return false;
  if (best.usage === null) return true;
  const byState = STATE_RANK[best.usageState] - STATE_RANK[other.usageState];
  if (byState !== 0) return byState > 0;
  if (contradicts(other, best)) return false;
  const [otherDoubt, bestDoubt] = [isAmbiguous(other), isAmbiguous(best)];
  if (otherDoubt !== bestDoubt) return bestDoubt;
  return Object.keys(other.usage.tokens).length > Object.keys(best.usage.tokens).length;
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
