/**
 * What instrumentations emit -> steps and usage: `readStep` reads one span in the dialect its payload shows,
 * `arbitrate` decides over a trace which step is billed, `assessSteps` counts what was understood. Pure: no time, no randomness, no I/O.
 */
export { arbitrate } from './arbitrate.ts';
export { contentPolicySchema, SHIPPED_CONTENT_POLICY } from './content/content-policy.ts';
export type { ContentPolicy } from './content/content-policy.ts';
export { inTexts, redactionOf } from './content/redaction.ts';
export { CONTENT_CLASSES } from './content/content-rules.ts';
export { CUT, CUT_CONTENT } from './content/cut-content.ts';
export { readContent } from './content/read-content.ts';
export { isKnownCounter, readCounter } from './counters.ts';
export type { CounterReading } from './counters.ts';
export { readDecisions } from './decisions.ts';
export { hasLostCalls } from './has-lost-calls.ts';
export { spanOfLog } from './log-span.ts';
export { readLog } from './read-log.ts';
export { readContentParts } from './content-parts.ts';
export { readStep } from './read-step.ts';
export type { ArbitratedStep, LeafCandidate, RunningTotal, StepDraft } from './step-draft.ts';
export { describeFlag } from './flag-words.ts';
export { assessSteps } from './quality/assess-steps.ts';
export type { EmitterDay } from './quality/assess-steps.ts';
export { claimsOf } from './quality/claims-of.ts';
export { emitterOf } from './quality/emitter.ts';
export type { Emitter } from './quality/emitter.ts';
export { describeFinding } from './quality/finding.ts';
export type { AssessedStep } from './quality/finding.ts';
export { describeReasonCode } from './role-reason.ts';
export { describeUsageSemantics } from './usage-rule.ts';
