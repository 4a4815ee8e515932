import type { Attributes, Resource } from './span.ts';

/**
 * One data point of a metric that sums up: how much was counted from its start to its time. Exact as received; a
 * histogram's point stands for its sum.
 */
export interface CounterPoint {
  /** Place of the data point in its export request, from 0. */
  readonly position: number;
  readonly metric: string;
  /** A sum that may fall counts nothing that was used up. */
  readonly isMonotonic: boolean;
  /** `delta`: since the last export; `cumulative`: since the start. */
  readonly temporality: 'delta' | 'cumulative';
  readonly startNs: bigint;
  readonly timeNs: bigint;
  /** null where a histogram has no sum. */
  readonly value: bigint | number | null;
  readonly attributes: Attributes;
  readonly resource: Resource;
  /** Hashes of resource and scope as they were received, 16 bytes each. */
  readonly resourceId: Uint8Array;
  readonly scopeId: Uint8Array;
}
