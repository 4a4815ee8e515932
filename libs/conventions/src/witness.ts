import { TOKEN_BUCKETS } from '#model';
import type {
  ExtraUsage,
  ReportedCost,
  SpanAddress,
  TokenBucket,
  Usage,
  UsageSemantics,
  UsageState,
  UsageUnit,
} from '#model';
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
  readonly serviceTier: string | null;
  readonly extraUsage: readonly ExtraUsage[];
  /** The emitter is known to count wrong now and then. */
  readonly isDoubtful: boolean;
}

const VANTAGE_RANK: Readonly<Record<Vantage, number>> = { application: 0, gateway: 1, server: 2 };
export const STATE_RANK: Readonly<Record<UsageState, number>> = {
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
  const classes = draft.usage === null ? 0 : finenessOf(draft.usage);
  return (
    (draft.isCacheHit ? 100_000 : 0) +
    VANTAGE_RANK[draft.vantage] * 10_000 +
    (draft.isLog ? LOG_RANK : 0) +
    (isTotal ? 1_000 : 0) +
    STATE_RANK[draft.usageState] * 100 +
    (draft.isDoubtful ? 20 : 0) +
    (draft.usageSemantics?.input === 'ambiguous' ? 10 : 0) +
    (CLASSES_MAX - Math.min(classes, CLASSES_MAX))
  );
}

/** How many classes of tokens are told apart; cache writes of an unknown life are half told. */
export function finenessOf({ tokens }: Usage): number {
  const classes = Object.keys(tokens).length;
  return tokens.cache_write_unk === undefined ? classes : classes - 1;
}

export function testimonyOf(draft: StepDraft): Testimony {
  return {
    traceId: draft.traceId,
    spanId: draft.spanId,
    usage: draft.usage,
    usageState: draft.usageState,
    usageSemantics: draft.usageSemantics,
    usageFrom: null,
    costReported: draft.costReported,
    named: draft,
    serviceTier: draft.serviceTier,
    extraUsage: draft.extraUsage,
    isDoubtful: draft.isDoubtful,
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

export function bareModels({ modelRequest, modelResponse }: CallNames): string[] {
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
    tokens: usage && toTexts(usage.tokens),
    usageState: testimony.usageState,
    usageSemantics: testimony.usageSemantics,
    usageFrom: testimony.usageFrom,
    costReported: testimony.costReported,
    named: {
      provider: testimony.named.provider,
      modelRequest: testimony.named.modelRequest,
      modelResponse: testimony.named.modelResponse,
    },
    ...(testimony.serviceTier === null ? {} : { serviceTier: testimony.serviceTier }),
    ...(testimony.extraUsage.length === 0 ? {} : { extraUsage: testimony.extraUsage.map(extraToText) }),
    ...(testimony.isDoubtful ? { isDoubtful: true } : {}),
  };
}

function extraToText({ line, model, usage }: ExtraUsage) {
  return { line, model, tokens: toTexts(usage.tokens), units: toTexts(usage.units) };
}

export function toTexts(counts: Readonly<Record<string, bigint>>): Record<string, string> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]));
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
      serviceTier: candidate.serviceTier ?? null,
      extraUsage: (candidate.extraUsage ?? []).map(({ line, model, ...counts }) => ({
        line,
        model,
        usage: { tokens: toTokens(counts.tokens), units: toUnits(counts.units) },
      })),
      isDoubtful: candidate.isDoubtful ?? false,
    },
  };
}

const UNITS = [
  'request',
  'search',
  'image',
  'audio_second',
  'tool_call',
] as const satisfies readonly UsageUnit[];

function toUnits(texts: Readonly<Record<string, string>>): Usage['units'] {
  const units: Partial<Record<UsageUnit, bigint>> = {};
  for (const unit of UNITS) {
    const text = texts[unit];
    if (text !== undefined) units[unit] = BigInt(text);
  }
  return units;
}

const NAMELESS: CallNames = { provider: null, modelRequest: null, modelResponse: null };

export function toTokens(texts: Readonly<Record<string, string>>): Partial<Record<TokenBucket, bigint>> {
  const tokens: Partial<Record<TokenBucket, bigint>> = {};
  for (const bucket of TOKEN_BUCKETS) {
    const text = texts[bucket];
    if (text !== undefined) tokens[bucket] = BigInt(text);
  }
  return tokens;
}
