import { splitExactly, type Step } from '#model';
import type { AttemptRow } from '#store';

/** A step and the attempts it belongs to. */
interface CountedStep {
  readonly step: Step;
  readonly attempts: readonly { readonly attemptId: string; readonly share: { readonly weight: bigint } }[];
}

/** Retrievals of an attempt, and the time of its human steps: of one that several attempts share a part each. */
export function stepCountsOf(
  attemptId: string,
  steps: readonly CountedStep[],
): Pick<AttemptRow, 'retrievals' | 'humanMs'> {
  const human = steps.filter(({ step }) => step.kind === 'human' && step.role !== 'mirror');
  return {
    retrievals: steps.filter(({ step }) => step.kind === 'retrieval' && step.role !== 'mirror').length,
    humanMs: human.reduce((sum, each) => sum + partOfTime(attemptId, each), 0n),
  };
}

function partOfTime(attemptId: string, { step, attempts }: CountedStep): bigint {
  const durationMs = (step.endedAtNs - step.startedAtNs) / 1_000_000n;
  if (durationMs <= 0n) return 0n;
  const shares = attempts.map(({ attemptId: id, share }) => ({ id, weight: share.weight }));
  const parts = splitExactly(durationMs, shares);
  return attempts.reduce(
    (sum, each, index) => (each.attemptId === attemptId ? sum + parts[index]! : sum),
    0n,
  );
}
