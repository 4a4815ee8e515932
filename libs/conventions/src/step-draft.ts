import type { EvaluationResult, ExtraUsage, SpanAddress, Step, Usage } from '#model';

/** What only the attribution stage can know of a step. */
type AttributionField = 'workItemKeys' | 'attemptNumber' | 'overheadPool' | 'dimensions';
/** What only the whole trace can tell of a step. */
type ArbitrationField = 'role' | 'roleReason' | 'mirrorOf' | 'usageFrom' | 'untraced' | 'increaseSince';

/** A step whose role is decided. `completeStep` makes a `Step` of it. */
export type ArbitratedStep = Omit<Step, AttributionField>;

/**
 * What the span would be if nothing else were known of the trace: `call` = one provider call, `total` = sums over
 * other steps (or their only carrier), `none` = nothing billable whatever it carries.
 */
export type Stance = 'call' | 'total' | 'none';

/** From where the emitter saw the call. The application knows best for whom it was made, so it is billed first. */
export type Vantage = 'application' | 'gateway' | 'server';

/** Everything of a step that follows from one span alone. */
export interface StepDraft extends Omit<Step, AttributionField | ArbitrationField | 'evaluation'> {
  /** What a judge said, where the step is an evaluation. */
  readonly evaluation: EvaluationResult | null;
  readonly stance: Stance;
  /** Reason code of the stance, where the dialect has a better one than the kind: `fetch_response`, `count_tokens`. */
  readonly stanceReason: string;
  readonly vantage: Vantage;
  /** The totals run on over the agent's life: a second span repeats what the first one counted. */
  readonly isCumulative: boolean;
  /** Of such totals: what tells the process of the agent from others of its service; null where nothing does. */
  readonly processId: string | null;
  /** The emitter says the answer came from a response cache: nothing was bought. */
  readonly isCacheHit: boolean;
  /** The span says that its trace was sampled, so that leaves may be missing. */
  readonly isSampled: boolean;
  /** A log record, not a span: a witness of the second hand, and never around or inside of anything. */
  readonly isLog: boolean;
  /** The prompt that the call served: it may have served others too. */
  readonly promptId: string | null;
  /** The emitter is known to count wrong now and then: any other witness is believed before it. */
  readonly isDoubtful: boolean;
  /** A Model Context Protocol span: it may be the same tool call as the span around it. */
  readonly isProtocolTool: boolean;
}

/**
 * A key by which two traces may see the same provider call. A response and a request name one call; a prompt names all
 * calls that served it, which are then told apart by time, model and counts.
 */
export interface JoiningKey {
  readonly kind: 'response' | 'request' | 'prompt';
  readonly key: string;
}

/**
 * A trace's own best witness of a call, as other traces need to know it. Plain JSON: counts and times are decimal text.
 * It stays a candidate when it loses to another trace, so that both sides always decide over the same set.
 */
export interface LeafCandidate extends SpanAddress {
  /** Smaller is better; see `rankOf`. */
  readonly rank: number;
  /** Who wrote the span: service, scope and dialect. */
  readonly emitter: string;
  readonly keys: readonly JoiningKey[];
  readonly startedAtNs: string;
  readonly endedAtNs: string;
  /** Token buckets; null when the usage is unknown. */
  readonly tokens: Readonly<Record<string, string>> | null;
  readonly usageState: Step['usageState'];
  readonly usageSemantics: Step['usageSemantics'];
  readonly usageFrom: SpanAddress | null;
  readonly costReported: Step['costReported'];
  /** Absent in candidates published before log records were read. */
  readonly named?: CallNames;
  /** Absent where there is nothing to say, and in candidates of older versions. */
  readonly serviceTier?: string;
  readonly extraUsage?: readonly {
    readonly line: ExtraUsage['line'];
    readonly model: string | null;
    readonly tokens: Readonly<Record<string, string>>;
    readonly units: Readonly<Record<string, string>>;
  }[];
  readonly isDoubtful?: true;
}

/**
 * A total that runs on over an agent's life, as its span wrote it, whether it is billed or not. Plain JSON: counts and
 * times are decimal text.
 */
export interface RunningTotal extends SpanAddress {
  /** The emitter, its process, the agent and the conversation: the key under which other traces find it. */
  readonly agent: string;
  readonly startedAtNs: string;
  readonly endedAtNs: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/** What a witness knows of who was called. */
export type CallNames = Pick<Step, 'provider' | 'modelRequest' | 'modelResponse'>;

/** The whole trace after arbitration. */
export interface ArbitratedTrace {
  /** One per distinct (span id, start), sorted by start, then span id. */
  readonly steps: readonly ArbitratedStep[];
  /** What to publish under each joining key, so that other traces can arbitrate with it. */
  readonly candidates: readonly LeafCandidate[];
  /** What to publish under each one's agent, so that other traces can tell what theirs gained. */
  readonly runningTotals: readonly RunningTotal[];
  /** What containers' totals exceed their leaves by, summed over the outermost such containers. Never charged. */
  readonly untraced: Usage | null;
}
