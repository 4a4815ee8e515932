import type { Step } from '#model';
import type { PromptPrices, PromptTokens } from './token-costs.ts';
import type { TraceReading } from './trace-reading.ts';
import type { RuleId } from './waste-rules.ts';
import type { WastePolicy } from './waste-policy.ts';

/** How the input of a call was billed. */
export interface InputBill {
  readonly tokens: PromptTokens;
  readonly prices: PromptPrices;
}

/** A step of a run with its cost. */
export interface RunStep {
  readonly step: Step;
  /** What stands posted of it on this attempt; null: it was charged, and nobody knows how much. 0: nothing is charged for it. */
  readonly amountPico: bigint | null;
  /** The whole charge, which attempts may share; 0 where there is none. */
  readonly chargePico: bigint;
  /** null: not a call, or its input has no price by class. */
  readonly bill: InputBill | null;
  readonly outputTokens: bigint;
  readonly outputPico: bigint;
}

/** One attempt in one trace: what the rules look at together. */
export interface RunFacts {
  /** In any order. Mirrors and what a rule made overhead are left out. */
  readonly steps: readonly RunStep[];
  /** It bought an outcome that stands. */
  readonly isAchieved: boolean;
  /** It belongs to a work item. */
  readonly isLinked: boolean;
  /** When that outcome was achieved; microseconds since the epoch. */
  readonly outcomeAtUs: bigint | null;
  readonly reading: TraceReading;
  readonly policy: WastePolicy;
}

/** `proven`: its cost is waste. `suspected`: it looks like it, and a guard of the rule does not let it be called so. */
export type FindingState = 'proven' | 'suspected';

/** A rule that flags a step, and why. */
export interface Finding {
  readonly rule: RuleId;
  readonly spanId: string;
  readonly state: FindingState;
  /** A code, see `docs/waste.md`. */
  readonly reason: string;
  /** Steps that show it. */
  readonly because: readonly string[];
  /** Steps whose cost it is about. */
  readonly costOf: readonly string[];
  /** What a fix would have saved if no other rule said anything; null: the cost is not known. */
  readonly foundPico: bigint | null;
  /** What it takes out of the cost of the run: of each pico the first rule that proves it. */
  readonly wastePico: bigint;
}

/** Output of one call, to be held against others of its kind. */
export interface OutputSize {
  /** Agent and model. */
  readonly step: string;
  readonly tokens: bigint;
  readonly costPico: bigint;
}

/** What the definition of a tool cost in the calls of a run, of what no other rule took. */
export interface OfferedTool {
  readonly tool: string;
  readonly calls: number;
  readonly essentialPico: bigint;
  readonly unprovenPico: bigint;
}

/** The verdict over a run: essential + waste + unproven = total, to the pico. */
export interface RunVerdict {
  readonly totalPico: bigint;
  readonly essentialPico: bigint;
  readonly wastePico: bigint;
  readonly unprovenPico: bigint;
  readonly findings: readonly Finding[];
  /** Spans of the backward slice, sorted. */
  readonly essential: readonly string[];
  /** Cost of the calls whose whole content was read. */
  readonly withContentPico: bigint;
  /** Cost of steps that began after the first warning; null: there was none (W15). */
  readonly afterWarningPico: bigint | null;
  readonly billedInputTokens: bigint;
  readonly uniqueInputTokens: bigint;
  readonly cacheReadTokens: bigint;
  readonly offered: readonly OfferedTool[];
  readonly outputs: readonly OutputSize[];
}
