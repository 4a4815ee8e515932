import type { Ref } from '#model';
import type { WorkItemState } from './fold-work-item.ts';
import type { Follow } from './follow-items.ts';

/**
 * The state of an item once it is known where its cost goes: one that is merged or split is no item of its own any
 * more, so it has no outcome and no deadline; what only went round in a circle is not said.
 */
export function followState(ref: Ref, state: WorkItemState, follow: Follow): WorkItemState {
  const mergedInto = follow.isMergeVoid(ref) ? null : state.mergedInto;
  const splitFrom = follow.isSplitVoid(ref) ? null : state.splitFrom;
  const gone = follow.isGone(ref);
  if (gone === null) return { ...state, mergedInto, splitFrom };
  return {
    ...state,
    phase: gone,
    phaseAtUs: gone === 'merged' ? (mergedInto?.atUs ?? null) : null,
    settlements: [],
    value: null,
    tier: null,
    deadline: null,
    mergedInto,
    splitFrom,
  };
}
