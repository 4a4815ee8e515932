import type { Decision, Disposition, Effect } from './decision.ts';
import type { SpanId, TraceId } from './span.ts';
import type { WorkItemKey } from './work-item.ts';

/** What one span means. */
export type StepKind =
  | 'model_call'
  | 'tool_call'
  | 'retrieval'
  | 'embedding'
  | 'rerank'
  | 'agent'
  | 'workflow'
  | 'guardrail'
  | 'human'
  | 'evaluation'
  | 'memory'
  | 'other';

/**
 * `leaf`: billable evidence of one provider call. `container`: totals of other steps, never charged.
 * `mirror`: the same call seen by another emitter. `none`: nothing billable.
 */
export type StepRole = 'leaf' | 'container' | 'mirror' | 'none';

/**
 * Disjoint token classes: a token is counted in exactly one (conventions.md 1).
 * `cache_write_unk` is a cache write whose time to live the emitter did not say.
 */
export const TOKEN_BUCKETS = [
  'in_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_unk',
  'out_text',
  'reasoning',
  'audio_in',
  'audio_out',
  'image_in',
  'image_out',
  'audio_cache_read',
] as const;
export type TokenBucket = (typeof TOKEN_BUCKETS)[number];

/** Billable quantities other than tokens. */
export type UsageUnit = 'request' | 'search' | 'image' | 'audio_second' | 'tool_call';

/** The disjoint billable quantities of a leaf. An absent bucket is unknown or not applicable, a present one is >= 0. */
export interface Usage {
  readonly tokens: Readonly<Partial<Record<TokenBucket, bigint>>>;
  readonly units: Readonly<Partial<Record<UsageUnit, bigint>>>;
}

/** `missing` is not zero; `zero_reported` is a zero the emitter stood by; `rejected` was inconsistent. */
export type UsageState = 'reported' | 'partial' | 'missing' | 'rejected' | 'zero_reported';

/** Whether the emitter's input count contained the cached tokens, with the rule that decided. */
export interface UsageSemantics {
  readonly input: 'inclusive' | 'exclusive' | 'disjoint' | 'ambiguous';
  readonly rule: string;
}

/** A cost an emitter claims. Kept apart from the computed charge, never added to it. */
export interface CostClaim {
  /** Decimal text as received. */
  readonly amount: string;
  readonly currency: string;
  readonly source: string;
}

/** What is claimed of a step: of a leaf the claim nearest to the bill among all that saw the call. */
export interface ReportedCost extends CostClaim {
  /** The other span that claims it; absent where the step's own span does. */
  readonly from?: SpanAddress;
  /** What the step's own span claims, where `from` stands above it. */
  readonly own?: CostClaim;
}

/**
 * Tokens of one call that stand outside its totals and make a charge line of their own (conventions.md A5):
 * context compaction, or an advisor model consulted within the call.
 */
export interface ExtraUsage {
  readonly line: 'compaction' | 'advisor';
  /** The model that did this part; null = the call's own. */
  readonly model: string | null;
  readonly usage: Usage;
}

/** A span, wherever it is. */
export interface SpanAddress {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
}

export interface ToolUse {
  readonly name: string;
  readonly callId: string | null;
  /** As the agent declares it; absent where it does not, so that records are as they were. */
  readonly disposition?: Disposition;
  readonly effect?: Effect;
}

/** What a judge said of a step: the score as decimal text, as received. */
export interface EvaluationResult {
  readonly name: string;
  readonly score: string | null;
  readonly label: string | null;
}

/**
 * What one span means, before and after arbitration. Content (messages, arguments, results, documents)
 * is not part of the record: it stays in the received bytes and is read on demand.
 */
export interface Step {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly parentSpanId: SpanId | null;
  readonly name: string;
  readonly startedAtNs: bigint;
  readonly endedAtNs: bigint;
  readonly kind: StepKind;
  readonly role: StepRole;
  /** Why the role is what it is; shown to users. */
  readonly roleReason: string;
  /** For a mirror: the billed witness of the same call. */
  readonly mirrorOf: SpanAddress | null;
  /** The dialect file that read the span, with its version: `otel-gen-ai@1`. */
  readonly dialect: string;
  readonly provider: string | null;
  readonly modelRequest: string | null;
  readonly modelResponse: string | null;
  readonly usage: Usage | null;
  readonly usageState: UsageState;
  readonly usageSemantics: UsageSemantics | null;
  /** For a leaf: the mirror whose finer count of the same call stands in `usage`; null = the span's own count. */
  readonly usageFrom: SpanAddress | null;
  /**
   * For a leaf that is a total running on over an agent's life: the total that `usage` is the increase since, here or in
   * another trace. Absent on all other steps, so that their records are as they were.
   */
  readonly increaseSince?: SpanAddress;
  readonly extraUsage: readonly ExtraUsage[];
  /** For a container: what its totals exceed its leaves by. Reported, never charged. */
  readonly untraced: Usage | null;
  readonly costReported: ReportedCost | null;
  readonly serviceTier: string | null;
  readonly tool: ToolUse | null;
  readonly documentCount: number | null;
  readonly conversationId: string | null;
  readonly responseId: string | null;
  readonly requestId: string | null;
  readonly agentName: string | null;
  readonly workflowName: string | null;
  readonly serviceName: string | null;
  readonly errorType: string | null;
  readonly finishReasons: readonly string[];
  /** The instrumentation that wrote the span; empty when it did not say. */
  readonly scopeName: string;
  readonly scopeVersion: string;
  /** What is doubtful about the reading: stable codes, sorted (`ambiguous_input`, `cache_write_unknown`, ...). */
  readonly flags: readonly string[];
  /** Of an evaluation whose result was told: absent on all other steps, so that their records are as they were. */
  readonly evaluation?: EvaluationResult;
  /** What the agent said of how it decided, in the order it was said; absent where it said nothing. */
  readonly decisions?: readonly Decision[];
  /** Work items this span itself names, by key mappings; empty when it names none. */
  readonly workItemKeys: readonly WorkItemKey[];
  /** `work_item.attempt`, where the agent numbers its attempts itself. */
  readonly attemptNumber: string | null;
  /** Overhead pool a declared rule put this step into, with the rule's version. */
  readonly overheadPool: string | null;
  /** Attributes the tenant declared as dimensions, as text. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Absent from records of before there were any, and where the subject's key was destroyed before. */
  readonly commitments?: StepCommitments;
}

/**
 * What a step record commits to without showing it: each SHA-256(salt || bytes), base64, under a salt of 32 bytes that
 * follows from the subject's key and is gone with it.
 */
export interface StepCommitments {
  /** Whom the content is about: a random id of a work item, or the trace id as a uuid. */
  readonly subject: string;
  /** The received bytes of the span or log record. */
  readonly span: string;
  /** The personal members of the record, as `identityOf` writes them. */
  readonly identity: string;
  /** Content parts by class. */
  readonly parts: Readonly<Record<string, string>>;
}
