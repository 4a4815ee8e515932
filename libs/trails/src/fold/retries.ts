import type { Step } from '#model';
import type { StepEntry, Trail } from './fold-trail.ts';
import { compare } from './compare.ts';

/** That a step tried again what an earlier one had failed at. */
export interface Retry {
  /** The entry that failed. */
  readonly of: StepEntry;
  /** What differs between the two that does not need content: `model`, `provider`, `service_tier`, `agent`. */
  readonly changed: readonly string[];
}

/**
 * Which steps retried which: the next call of the same tool, or the next call of a model by the same agent, in the same
 * attempt, after one that failed. Every failure is retried at most once; the next failure is retried by the next.
 *
 * @returns by the retrying entry
 */
export function retriesOf({ entries }: Trail): Map<StepEntry, Retry> {
  const retries = new Map<StepEntry, Retry>();
  const failed = new Map<string, StepEntry>();
  for (const entry of inTime(entries)) {
    const { step } = entry.fact;
    if (step.role === 'mirror' || (step.kind !== 'tool_call' && step.kind !== 'model_call')) continue;
    const slot = `${entry.attempt} ${step.kind} ${step.tool?.name ?? step.agentName ?? step.parentSpanId}`;
    const earlier = failed.get(slot);
    if (earlier !== undefined && endOf(earlier) <= entry.happenedAtNs) {
      retries.set(entry, { of: earlier, changed: changesBetween(earlier.fact.step, step) });
      failed.delete(slot);
    }
    if (hasFailed(step)) failed.set(slot, entry);
  }
  return retries;
}

/** Erased error texts leave a mark, so a failure stays one. */
export const hasFailed = ({ errorType }: Step): boolean => (errorType ?? null) !== null;

/** Steps by when they started; those that started together in the order of recording. */
export const inTime = (entries: Trail['entries']): StepEntry[] =>
  entries
    .filter((entry): entry is StepEntry => entry.type === 'step')
    .sort((a, b) => compare(a.happenedAtNs, b.happenedAtNs) || a.n - b.n);

const endOf = (entry: StepEntry): bigint => entry.endedAtNs ?? entry.happenedAtNs;

function changesBetween(before: Step, after: Step): string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['agent', before.agentName, after.agentName],
    ['model', before.modelRequest, after.modelRequest],
    ['provider', before.provider, after.provider],
    ['service_tier', before.serviceTier, after.serviceTier],
  ];
  return pairs.filter(([, a, b]) => a !== b).map(([name]) => name);
}
