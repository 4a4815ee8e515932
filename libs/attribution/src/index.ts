/** Which work item, how much, by which rule: keys, links, attempts, the state of work items. Pure. */
export { applyCorrections } from './apply-corrections.ts';
export { attemptIdOf, idNameOf, NAMESPACE } from './attempt-id.ts';
export type { ItemIdentity } from './attempt-id.ts';
export { attemptDimensions } from './attempt-dimensions.ts';
export { attemptOfShare } from './attempt-of-share.ts';
export { deriveAttempts } from './derive-attempts.ts';
export type { Attempt, AttemptPart } from './derive-attempts.ts';
export { findWorkItemKeys } from './find-work-item-keys.ts';
export { finalAtUs, firstKnownUs, isGone } from './item-standing.ts';
export { followItems } from './follow-items.ts';
export { followState } from './follow-state.ts';
export { followTrace } from './follow-trace.ts';
export type { Follow, ItemFlow } from './follow-items.ts';
export { foldWorkItem } from './fold-work-item.ts';
export type { WorkItemState } from './fold-work-item.ts';
export { attemptNumberOf, dimensionsOf, overheadPoolOf } from './declared-attributes.ts';
export { readItemEvents, withCircles } from './read-item-events.ts';
export type { ReadEvents } from './read-item-events.ts';
export { resolveTrace } from './resolve-trace.ts';
export type { ResolvedStep, ResolvedTrace, StepShare, TraceLink, UnlinkedReason } from './resolved-trace.ts';
export { supersedeLinks } from './supersede-links.ts';
export { intakeAttributes } from './intake-attributes.ts';
export type { IntakeEvent } from './intake-attributes.ts';
export { INTAKE_NAME, intakePolicySchema } from './intake-policy.ts';
export type { IntakePolicy } from './intake-policy.ts';
export { linkQuestions, resolveRulesOf } from './link-facts.ts';
export type { LinkFacts, LinkQuestions } from './link-facts.ts';
export {
  confidenceText,
  costBand,
  fellegiSunter,
  jeffreysMean,
  nearnessConfidence,
  type LinkedCost,
} from './confidence.ts';
export type { Candidate } from './link-evidence.ts';
export {
  keyPatternRuleSchema,
  linkConfidenceSchema,
  linksPolicySchema,
  toolKeyRuleSchema,
} from './link-rules.ts';
export {
  definitionRuleSchema,
  dimensionsPolicySchema,
  keyMappingRuleSchema,
  overheadPolicySchema,
} from './rule-schemas.ts';
export { Rules } from './rules.ts';
export type { ReadVerb } from './rules.ts';
export { SHIPPED_DEFINITIONS } from './shipped-definitions.ts';
export { SHIPPED_KEY_MAPPINGS } from './shipped-key-mappings.ts';
