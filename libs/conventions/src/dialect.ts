import type { EvaluationResult, ExtraUsage, ReportedCost, Span, StepKind, ToolUse } from '#model';
import type { Counts } from './counts.ts';
import type { SettledUsage } from './settle-usage.ts';
import type { Signs } from './signs.ts';
import type { Stance, Vantage } from './step-draft.ts';

/** What is known of a span while it is read. Starts as the OpenTelemetry GenAI reading; a dialect corrects it. */
export interface Reading {
  kind: StepKind;
  /** null = by the kind. */
  stance: Stance | null;
  stanceReason: string | null;
  vantage: Vantage;
  isCumulative: boolean;
  isCacheHit: boolean;
  isProtocolTool: boolean;
  /** The counts are known to leave tokens out: whoever counts them all is right. */
  isLowerBound: boolean;
  /** This emitter is known to count wrong now and then: any other witness of the call is right. */
  isDoubtful: boolean;
  /** As the emitter spells it. */
  provider: string | null;
  serverAddress: string | null;
  modelRequest: string | null;
  modelResponse: string | null;
  counts: Counts;
  /** Buckets from the provider's own usage body (rule A1.1): they stand whatever the counts say. */
  settled: SettledUsage | null;
  inputHint: 'inclusive' | 'exclusive' | null;
  outputHint: 'inclusive' | 'exclusive';
  /** Which row of conventions.md 3 gave the hints. */
  hintBy: string;
  isTotalFromProvider: boolean;
  hasOutput: boolean;
  extraUsage: ExtraUsage[];
  cost: ReportedCost | null;
  serviceTier: string | null;
  tool: ToolUse | null;
  documentCount: number | null;
  conversationId: string | null;
  responseId: string | null;
  requestId: string | null;
  /** Of the prompt that several calls may serve. */
  promptId: string | null;
  agentName: string | null;
  workflowName: string | null;
  errorType: string | null;
  finishReasons: string[];
  evaluation: EvaluationResult | null;
  readonly flags: Set<string>;
}

/** One way of writing down what a model, agent or tool did. One file per dialect under `dialects/`. */
export interface Dialect {
  /** `otel-gen-ai`; with the version it stands in every step record. */
  readonly id: string;
  /** Raised whenever a span could read differently. */
  readonly version: number;
  /** Whether the payload shows this dialect (conventions.md 2). Cheap, no side effects. */
  recognises(span: Span, signs: Signs): boolean;
  /** Corrects the reading by what this dialect means otherwise. Never throws. */
  read(span: Span, reading: Reading, signs: Signs): void;
}
