/** 2: what was written next uses it. 1: it may. 0: nothing of it is there. */
export type UseLevel = 0 | 1 | 2;

export type PromptKind = 'system' | 'tools' | 'user' | 'assistant' | 'tool';

/** One part of a prompt, in its order. Equal texts of a trace have equal numbers, and nothing else is kept of them. */
export interface PromptPart {
  readonly kind: PromptKind;
  readonly same: number;
  /** UTF-8. */
  readonly bytes: number;
  /** Whether what the call wrote uses it, by words that stand in no earlier part of the prompt. */
  readonly use: UseLevel;
  /** Of the answer of a tool: the call it answers. */
  readonly answers?: string;
  /** Of a definition: the tool. */
  readonly tool?: string;
  /** Retrieved documents that it quotes. */
  readonly documents?: readonly { readonly same: number; readonly bytes: number; readonly use: UseLevel }[];
}

/** A tool that a model asked for. */
export interface AskedCall {
  readonly id: string | null;
  readonly name: string | null;
  readonly same: number;
}

/**
 * What the content of one step says that rules need: sizes, which texts are equal, what was used, and the names that
 * tools and their arguments have. No other words.
 */
export interface StepReading {
  /** Of a model call whose context was recorded. */
  readonly prompt?: readonly PromptPart[];
  readonly output?: { readonly same: number; readonly bytes: number; readonly calls: readonly AskedCall[] };
  /** Of a tool: everything it was given, and each argument by its name. */
  readonly arguments?: { readonly same: number; readonly fields: Readonly<Record<string, number>> };
  readonly result?: { readonly same: number; readonly bytes: number };
  /** Of a retrieval. */
  readonly documents?: readonly { readonly same: number; readonly bytes: number }[];
}

/** What the content of a trace says, by span. It outlives the content; `eraseReading` takes the names out of it. */
export interface TraceReading {
  readonly v: 1;
  readonly steps: Readonly<Record<string, StepReading>>;
}

export const NO_READING: TraceReading = { v: 1, steps: {} };
