import type { Amounts } from '../fold/costs.ts';

/** The version of the code that makes replays: a change of any answer needs another, and this one stays. */
export const REPLAY_FORMAT = 'replay@1';

/** In which order entries are listed; `n` is the same in both. */
export type ReplayOrder = 'recorded' | 'observed';

export type AccountAmount = { readonly account: string; readonly currency: string; readonly amount: string };

/** What an agent, or a person afterwards, said of how it was decided. */
export type ReplayDecision = {
  readonly kind: string;
  readonly id: string;
  readonly version: string | null;
  readonly result: string | null;
  readonly from: string | null;
  readonly reason: string | null;
};

export type ReplayStep = {
  readonly kind: string;
  readonly role: string;
  readonly traceId: string;
  readonly spanId: string;
  /** The entry it was done in; null = none of this trail. */
  readonly parent: number | null;
  readonly agent: string | null;
  readonly workflow: string | null;
  readonly service: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly failed: boolean;
  readonly finishReasons: readonly string[];
  readonly overheadPool: string | null;
  readonly isShared: boolean;
  readonly tokens: { readonly [bucket: string]: string } | null;
  readonly usageState: string;
  /** Salted commitments to what it said and saw, by class of content; null = of before there were any. */
  readonly content: { readonly [part: string]: string } | null;
};

export type ReplayTool = {
  readonly called: string;
  readonly callId: string | null;
  /** `executed`, `blocked`, `denied`, `errored`, `timed_out`. */
  readonly disposition: string;
  /** `attempted`: sent; `confirmed`: seen to have taken effect. Sent is not happened. */
  readonly effect: string;
  /** Who says so: `declared` by the agent, or `span`: read off how the span ended. */
  readonly basis: 'declared' | 'span';
};

export type ReplayCost = {
  /** Of this entry alone; null = nothing is posted for it: it costs nothing, or nobody knows what. */
  readonly direct: Amounts | null;
  /** Of this and everything listed before it. */
  readonly cumulative: Amounts;
  /** Where it sits at this size. */
  readonly sits: readonly AccountAmount[];
};

export type ReplayEntry = {
  readonly n: number;
  /** `step`, `outcome`, `cost_line`, `link`, `decision` or `override`. */
  readonly type: string;
  readonly attempt: number | null;
  readonly happenedAt: string;
  readonly endedAt: string | null;
  /** When the service was told. */
  readonly knownAt: string;
  /** From having happened to being known, in milliseconds; negative where clocks differ. */
  readonly delayMs: string;
  /** Something that happened later was known before it. */
  readonly late: boolean;
  /** Whether it was recorded by the time the verdict was; null = there is no verdict. */
  readonly knewAtDecision: boolean | null;
  readonly proof: {
    readonly index: number;
    readonly leafHash: string;
    /** Of a step: the revision of its trace that the leaf is of. */
    readonly revision: number | null;
    /** The leaf it is known since: of the export request that brought a span. */
    readonly since: number;
  };
  readonly step: ReplayStep | null;
  readonly tool: ReplayTool | null;
  /** Retrieved documents: how many, and what the agent said of them. */
  readonly retrieved: { readonly documents: number | null } | null;
  readonly retryOf: { readonly n: number; readonly changed: readonly string[] } | null;
  readonly handOff: { readonly from: string | null; readonly to: string | null } | null;
  /** Said by the agent in this step; of an entry that was told afterwards, what was told. */
  readonly decisions: readonly ReplayDecision[];
  /** Of what was told afterwards: the entry it is about, and by whom. */
  readonly about: number | null;
  readonly by: string | null;
  readonly outcome: {
    readonly eventId: string;
    readonly source: string;
    readonly verb: string;
    readonly effect: string;
    readonly sequence: string | null;
    readonly value: { readonly amount: string; readonly asset: string } | null;
    readonly tier: string | null;
    readonly quality: string | null;
    /** The event was told of an item that was merged into this one. */
    readonly ofMergedItem: boolean;
  } | null;
  readonly line: { readonly id: string; readonly kind: string; readonly source: string } | null;
  readonly link: { readonly decision: string; readonly action: string; readonly traceId: string } | null;
  readonly cost: ReplayCost;
};

export type ReplayAttempt = {
  readonly n: number;
  readonly attemptId: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly toldApartBy: string;
  readonly grade: string;
  /** `direct`, or why it is waste. */
  readonly placement: string;
  readonly workflow: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly traces: readonly string[];
};

export type ReplayVerdict = {
  readonly phase: string;
  readonly outcomeType: string;
  readonly definition: string;
  readonly generation: number;
  readonly at: string | null;
  readonly finalAt: string | null;
  readonly value: { readonly amount: string; readonly asset: string } | null;
  readonly tier: string | null;
  readonly quality: string | null;
  /** The entry that settled it. */
  readonly by: number | null;
};

/**
 * What `digest` is the SHA-256 of, as RFC 8785 JSON. It holds no content and no business key, so that it can be made
 * again to the same bytes when content and keys are gone.
 */
export type Replay = {
  readonly format: typeof REPLAY_FORMAT;
  /** Names the work item in the evidence log. */
  readonly trail: string;
  readonly kind: string;
  /** Leaves of the log that were read. */
  readonly size: number;
  /** When the newest of them was sealed. */
  readonly sealedAt: string;
  readonly order: ReplayOrder;
  /** Versions of the service's rules and price books recorded by then. */
  readonly rules: readonly string[];
  readonly verdict: ReplayVerdict;
  readonly cost: { readonly total: Amounts; readonly sits: readonly AccountAmount[] };
  readonly attempts: readonly ReplayAttempt[];
  readonly entries: readonly ReplayEntry[];
};
