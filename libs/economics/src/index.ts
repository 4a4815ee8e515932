/**
 * What outcomes are worth and how sure a figure is: intervals, tails, retries, baselines, segments, decisions. Pure;
 * exact amounts are whole numbers, statistics about them are floats.
 */
export { allocateSample } from './allocate-sample.ts';
export { estimateVerified, outwardRange } from './estimate-verified.ts';
export type { AuditedStratum } from './estimate-verified.ts';
export { adviseCap } from './attempt-cap.ts';
export type { CapAdvice } from './attempt-cap.ts';
export { costPerOutcomeInterval } from './cost-per-outcome.ts';
export type { CostInterval } from './cost-per-outcome.ts';
export { exactShareInterval } from './exact-share-interval.ts';
export { costTails } from './cost-tails.ts';
export { momentsOfItems } from './mean-cost.ts';
export type { ItemMoments } from './mean-cost.ts';
export { compareHazards, resultOfPlacement, retryHazards } from './retry-hazards.ts';
export type { AttemptGroup, HazardRow } from './retry-hazards.ts';
export { compareShares } from './non-inferior.ts';
export {
  breakEvenSuccess,
  breakEvenVolume,
  paybackMonths,
  priceHeadroom,
  qualityAdjustedCost,
} from './baseline.ts';
export { businessSentence, conditionsText } from './business-sentence.ts';
export type { SegmentSearchState, SentenceCost } from './business-sentence.ts';
export { decide } from './decide.ts';
export type { BoundedCost } from './decide.ts';
export { segmentEconomics } from './segment-economics.ts';
export type { SegmentFinding, SegmentItem, SegmentSide } from './segment-economics.ts';
export { addEffects, splitByVolume, splitCostChange } from './cost-change.ts';
export type { ChangeEffects, GroupSpend } from './cost-change.ts';
export { differenceInDifferences, interruptedSeries } from './before-after.ts';
export { nowcastOutcomes } from './nowcast.ts';
export type { ItemState, MatureItem, YoungItem } from './nowcast.ts';
export { operatingMetrics } from './operating-metrics.ts';
export type { OperatingMetrics } from './operating-metrics.ts';
export { spendMargin } from './spend-margin.ts';
export type { SpendMargin } from './spend-margin.ts';
