/** What outcomes are worth and how sure a figure is: samples, intervals. Pure; no figure of money is a float. */
export { allocateSample } from './allocate-sample.ts';
export { estimateVerified, outwardRange } from './estimate-verified.ts';
export type { AuditedStratum } from './estimate-verified.ts';
