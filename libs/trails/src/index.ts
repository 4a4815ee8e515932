/**
 * Steps -> trail: the step record (how a step is stored, hashed and read back), and the decision trail of a work item:
 * its fold, its replay. Pure.
 */
export { identityOf, parseStep, personalMembers, sealedStepRecord } from './step-record.ts';
export { identityText, stepText, stepTexts } from './step-text.ts';
export type { StepText } from './step-text.ts';
export { foldTrail } from './fold/fold-trail.ts';
export type { Trail } from './fold/fold-trail.ts';
export type { TrailFacts } from './fold/trail-facts.ts';
export { toReplay } from './replay/to-replay.ts';
export { deriveTrail } from './bundle/derive-trail.ts';
export { reevaluateTrail } from './reevaluate/reevaluate-trail.ts';
export type { DerivedEffect, DerivedTrail } from './reevaluate/derived-trail.ts';
export { stateAfter } from './replay/state-after.ts';
export { readTrailContent } from './reading/read-trail.ts';
export type { ContentFact, ContentFacts } from './reading/content-fact.ts';
export { diffTrails } from './diff/diff-trails.ts';
export type { TrailDiff } from './diff/diff-format.ts';
export { countAct, featuresOf, rankPrecedents } from './precedents/rank-precedents.ts';
export type { ActCounts, TrailFeatures } from './precedents/rank-precedents.ts';
export { renderDiff } from './text/render-diff.ts';
export { renderReevaluation } from './text/render-reevaluation.ts';
export { renderReplay } from './text/render-replay.ts';
export { eraseReading } from './waste/erase-reading.ts';
export { judgeRun } from './waste/judge-run.ts';
export { readTraceContent } from './waste/read-trace-content.ts';
export type { RunFacts, RunStep } from './waste/run-facts.ts';
export { NO_READING, type TraceReading } from './waste/trace-reading.ts';
export { SHIPPED_WASTE_POLICY, wastePolicySchema } from './waste/waste-policy.ts';
export type { WastePolicy } from './waste/waste-policy.ts';
export { WASTE_RULES, WASTE_VERSION } from './waste/waste-rules.ts';
