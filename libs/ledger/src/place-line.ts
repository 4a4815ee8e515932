import { placementUnder, type PlacementPolicy } from './placement-policy.ts';

/** What is needed of a work item's history to place a cost of it that belongs to no attempt. */
export interface ItemHistory {
  /** One per stretch of work that ended, in order; only the last may stand. */
  readonly settlements: readonly {
    readonly phase: string;
    readonly atUs: bigint;
    /** Null while it stands. */
    readonly reopenedAtUs: bigint | null;
  }[];
}

/**
 * Where a cost line sits that names no attempt: with the outcome when it came before it, else as the attempts of the
 * same stretch of work would. Depends only on the time of the line and the history, so any order of arrival gives
 * the same place.
 *
 * @returns a placement, under the policy in force when the line occurred
 */
export function placeLine(occurredAtUs: bigint, history: ItemHistory, policy: PlacementPolicy): string {
  const last = history.settlements.at(-1);
  const stands = last?.phase === 'achieved' && last.reopenedAtUs === null;
  return placementUnder(policy, placeByHistory(occurredAtUs, history.settlements), stands);
}

function placeByHistory(atUs: bigint, settlements: ItemHistory['settlements']): string {
  const last = settlements.at(-1);
  if (last === undefined || last.reopenedAtUs !== null) return 'work';
  const stretch = settlements.find((each) => each.reopenedAtUs === null || atUs <= each.reopenedAtUs)!;
  if (stretch !== last && stretch.phase === 'achieved') return 'waste:reopened';
  if (last.phase === 'achieved') {
    if (stretch !== last) return 'waste:retry';
    return atUs <= last.atUs ? 'outcome' : 'waste:after_outcome';
  }
  return last.phase === 'failed' ? 'waste:failed' : 'waste:abandoned';
}
