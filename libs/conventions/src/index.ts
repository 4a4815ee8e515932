/**
 * What instrumentations emit -> steps and usage: `readStep` reads one span in the dialect its payload shows,
 * `arbitrate` decides over a trace which step is billed. Pure: no time, no randomness, no I/O.
 */
export { arbitrate } from './arbitrate.ts';
export { joiningKeys } from './joining-key.ts';
export { usageFromProviderBody } from './provider-body.ts';
export type { BodyUsage } from './provider-body.ts';
export type { UsageFlavor } from './provider-shapes.ts';
export { readStep } from './read-step.ts';
export type {
  ArbitratedStep,
  ArbitratedTrace,
  JoiningKey,
  LeafCandidate,
  Stance,
  StepDraft,
  Vantage,
} from './step-draft.ts';
