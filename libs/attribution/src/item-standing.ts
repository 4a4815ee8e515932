import type { OutcomeDefinition, OutcomeEvent } from '#model';
import type { Attempt } from './derive-attempts.ts';
import type { WorkItemState } from './fold-work-item.ts';

/** When an item is first heard of in the business; null = never. @param attempts by start */
export function firstKnownUs(
  attempts: readonly Pick<Attempt, 'startedAtUs'>[],
  events: readonly Pick<OutcomeEvent, 'occurredAtUs'>[],
): bigint | null {
  const times = [
    ...attempts.slice(0, 1).map(({ startedAtUs }) => startedAtUs),
    ...events.map(({ occurredAtUs }) => occurredAtUs),
  ];
  return times.length === 0 ? null : times.reduce((first, atUs) => (atUs < first ? atUs : first));
}

/** Merged or split: nothing is left of it that could be matched or counted. */
export const isGone = ({ phase }: Pick<WorkItemState, 'phase'>): boolean =>
  phase === 'merged' || phase === 'split';

/** An achieved state is final once it has lasted the waiting window; the others are final at once. */
export function finalAtUs(
  state: Pick<WorkItemState, 'phase' | 'phaseAtUs'>,
  definition: Pick<OutcomeDefinition, 'waitingWindowMs'>,
): bigint | null {
  if (state.phase === 'open' || isGone(state) || state.phaseAtUs === null) return null;
  return state.phase === 'achieved'
    ? state.phaseAtUs + BigInt(definition.waitingWindowMs) * 1000n
    : state.phaseAtUs;
}
