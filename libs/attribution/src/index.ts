/** Which work item, how much, by which rule: keys, links, attempts, the state of work items. Pure. */
export { attemptDimensions } from './attempt-dimensions.ts';
export type { AttemptDimensions } from './attempt-dimensions.ts';
export { attemptKeyAt, deriveAttempts } from './derive-attempts.ts';
export type { Attempt, AttemptKeyKind, AttemptPart, Placement } from './derive-attempts.ts';
export { findWorkItemKeys } from './find-work-item-keys.ts';
export type { KeyMapping } from './find-work-item-keys.ts';
export { foldWorkItem } from './fold-work-item.ts';
export type { Settlement, WorkItemState } from './fold-work-item.ts';
export { attemptNumberOf, dimensionsOf, overheadPoolOf } from './declared-attributes.ts';
export type { OverheadRule } from './declared-attributes.ts';
export { resolveTrace } from './resolve-trace.ts';
export type { ResolvedStep, ResolvedTrace, StepShare, TraceLink } from './resolve-trace.ts';
export {
  definitionRuleSchema,
  dimensionsPolicySchema,
  keyMappingRuleSchema,
  overheadPolicySchema,
  Rules,
} from './rules.ts';
export type { RulesInForce, RuleVersion } from './rules.ts';
export { SHIPPED_DEFINITIONS } from './shipped-definitions.ts';
export { SHIPPED_KEY_MAPPINGS } from './shipped-key-mappings.ts';
