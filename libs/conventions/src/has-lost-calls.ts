import type { Step } from '#model';
import { codeOf } from './role-reason.ts';

/**
 * Whether a step holds the totals of calls that sampling dropped: nothing of them is charged, so that whatever they
 * belong to cost more than is known (conventions.md C6).
 */
export function hasLostCalls({ roleReason }: Pick<Step, 'roleReason'>): boolean {
  return codeOf(roleReason) === 'sampled';
}
