import type { Step } from '#model';
import { attemptKeyAt, type AttemptPart } from './derive-attempts.ts';
import type { StepShare } from './resolved-trace.ts';

/**
 * The attempt at a work item that a share of a step belongs to.
 *
 * @param parts of that item, of all traces; the share's own is among them
 * @param boundariesUs of that item's state
 * @returns the key of the attempt (see `Attempt.key`)
 */
export function attemptOfShare(
  step: Pick<Step, 'traceId' | 'startedAtNs'>,
  share: Pick<StepShare, 'attemptKeyKind' | 'attemptKey'>,
  parts: readonly AttemptPart[],
  boundariesUs: readonly bigint[],
): string {
  const { attemptKeyKind: kind, attemptKey: key } = share;
  const part = parts.find((p) => p.traceId === step.traceId && p.keyKind === kind && p.key === key)!;
  return attemptKeyAt(kind, key, part, step.startedAtNs / 1000n, boundariesUs);
}
