/**
 * Steps -> trail: the step record (how a step is stored, hashed and read back), and the decision trail of a work item:
 * its fold, its replay. Pure.
 */
export { identityOf, parseStep, personalMembers, sealedStepRecord, stepRecord } from './step-record.ts';
export { foldTrail } from './fold/fold-trail.ts';
export type { Trail } from './fold/fold-trail.ts';
export type { TrailFacts, ToldFact } from './fold/trail-facts.ts';
export { toReplay } from './replay/to-replay.ts';
export type { Replay, ReplayEntry, ReplayOrder } from './replay/replay-format.ts';
export { deriveTrail } from './bundle/derive-trail.ts';
