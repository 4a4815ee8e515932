import type { Ref, Step } from '#model';
import type { StepTree } from './step-tree.ts';

/**
 * For work items that several top agent steps of a trace name: which of them a step is under. A top agent step names
 * the item itself and stands under no other agent step naming it; each one is an attempt of its own.
 */
export class TopAgents {
  /** By item, in the order of the walk; no one is under another, so their places do not overlap. */
  private readonly ofItem = new Map<Ref, Step[]>();

  constructor(
    private readonly tree: StepTree,
    naming: ReadonlyMap<Step, readonly Ref[]>,
  ) {
    for (const step of tree.parentsFirst) {
      if (step.kind !== 'agent' || step.role === 'mirror') continue;
      for (const ref of naming.get(step) ?? []) {
        const agents = this.ofItem.get(ref);
        const last = agents?.at(-1);
        if (agents === undefined) this.ofItem.set(ref, [step]);
        else if (last !== undefined && !this.isUnder(step, last)) agents.push(step);
      }
    }
  }

  /** The top agent step of an item that the step is, or is under; null where the trace has not several of them. */
  above(step: Step, ref: Ref): Step | null {
    const agents = this.ofItem.get(ref);
    if (agents === undefined || agents.length < 2) return null;
    const { enter } = this.tree.placeOf(step);
    let [low, high] = [0, agents.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tree.placeOf(agents[middle]!).enter <= enter) low = middle;
      else high = middle - 1;
    }
    return this.isUnder(step, agents[low]!) ? agents[low]! : null;
  }

  private isUnder(step: Step, other: Step): boolean {
    const { enter } = this.tree.placeOf(step);
    const { enter: from, leave: to } = this.tree.placeOf(other);
    return enter >= from && enter <= to;
  }
}
