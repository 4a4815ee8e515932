/**
 * What instrumentations emit -> steps and usage: `readStep` reads one span in the dialect its payload shows,
 * `arbitrate` decides over a trace which step is billed. Pure: no time, no randomness, no I/O.
 */
export { arbitrate } from './arbitrate.ts';
export { readStep } from './read-step.ts';
export type { LeafCandidate, StepDraft } from './step-draft.ts';
