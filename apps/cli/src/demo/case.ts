/** A call of a model, as its provider would count it. Cached and reasoning tokens are parts of input and output. */
export interface ModelCall {
  readonly action: 'chat';
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  /** Of the input. */
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  /** Of the output. */
  readonly reasoningTokens: number;
  /** The answer was unusable; it is billed all the same. */
  readonly error: string | null;
}

export interface ToolUse {
  readonly action: 'execute_tool' | 'retrieval';
  readonly name: string;
  readonly durationMs: number;
  readonly error: string | null;
  /** What it was called with and what came back, where the agent records it. */
  readonly said: {
    readonly arguments: Readonly<Record<string, string>>;
    readonly result: string | null;
  } | null;
}

/** What an agent does in one go: one trace. */
export interface Run {
  readonly startedAtMs: number;
  /** Told by the agent instead of the work item: the outcome event ties the conversation to it. */
  readonly conversationId: string | null;
  readonly steps: readonly (ModelCall | ToolUse)[];
  readonly error: string | null;
}

/** What the business system of a case reports. */
export interface CaseEvent {
  readonly verb: string;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Reported only after the agents' spans were worked through. */
  readonly isLate: boolean;
}

/** Minutes of a person at a case, as its business system knows them. */
export interface PersonTime {
  readonly minutes: number;
  readonly atMs: number;
}

/** What was known when the case came in. */
export type Intake = Readonly<Record<string, string | number | boolean>>;

/** One ticket or claim, with all that was tried and all that became of it. */
export interface Case {
  readonly story: string;
  readonly kind: 'ticket' | 'claim';
  readonly key: string;
  readonly runs: readonly Run[];
  readonly events: readonly CaseEvent[];
  /** The team whose agent works at it. */
  readonly team: string;
  readonly people: readonly PersonTime[];
}
