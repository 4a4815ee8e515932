/** The nouns of the project (GLOSSARY.md), ids and money. Imports nothing. */
export {
  formatAmount,
  formatPico,
  dividePico,
  parsePico,
  roundHalfEven,
  splitExactly,
  USD_PICO,
  MAX_AMOUNT,
} from './money.ts';
export type { Asset } from './money.ts';
export { RejectedInput, Unavailable } from './errors.ts';
export type { RejectionCode } from './errors.ts';
export { errorStack, errorText } from './error-text.ts';
export type {
  AttributeValue,
  Attributes,
  InstrumentationScope,
  LogRecord,
  Resource,
  Span,
  SpanEvent,
  SpanId,
  TraceId,
} from './span.ts';
export { completeStep } from './complete-step.ts';
export { TOKEN_BUCKETS } from './step.ts';
export type {
  CostClaim,
  EvaluationResult,
  ExtraUsage,
  ReportedCost,
  SpanAddress,
  Step,
  StepCommitments,
  StepKind,
  TokenBucket,
  ToolUse,
  Usage,
  UsageSemantics,
  UsageState,
  UsageUnit,
} from './step.ts';
export type { ContentPart, ItemEdit } from './content.ts';
export type { CounterPoint } from './counter.ts';
export { DECISION_KINDS, DISPOSITIONS, EFFECTS } from './decision.ts';
export type { Decision, DecisionKind, Disposition, Effect } from './decision.ts';
export { parseRef, RESERVED_REF_KINDS, toRef } from './work-item.ts';
export type { EvidenceTier, Ref, WorkItemKey } from './work-item.ts';
export { OUTCOME_TIERS, OWN_SOURCE } from './outcome.ts';
export type {
  EventCorrection,
  EventName,
  EventReference,
  OutcomeDefinition,
  OutcomeEffect,
  OutcomeEvent,
  OutcomeTier,
  OutcomeValue,
  WorkItemPhase,
} from './outcome.ts';
export type { Charge, ChargeLine, UnpricedReason } from './charge.ts';
export type { LedgerEntry, LedgerTransaction, TransactionCode } from './ledger-entry.ts';
export { VARIANCE_KINDS } from './variance.ts';
export type { VarianceKind } from './variance.ts';
