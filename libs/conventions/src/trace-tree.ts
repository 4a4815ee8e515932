import type { SpanId } from '#model';
import type { StepDraft } from './step-draft.ts';

/**
 * The spans of a trace as a forest, in numbers: `parent[n]` is the index of the parent in `drafts`, -1 for a root or
 * where the parent is not there. `order` lists every index once, each parent before its children.
 */
export interface TraceTree {
  readonly drafts: readonly StepDraft[];
  readonly parent: readonly number[];
  readonly order: readonly number[];
}

/**
 * @param drafts one per span id, in an order that follows from their content
 * @returns the forest. A ring of parents, which only a broken emitter makes, is cut at its first span.
 */
export function buildTree(drafts: readonly StepDraft[]): TraceTree {
  const indexOf = new Map<SpanId, number>(drafts.map((draft, index) => [draft.spanId, index]));
  const parent = drafts.map((draft) =>
    draft.parentSpanId === null ? -1 : (indexOf.get(draft.parentSpanId) ?? -1),
  );
  const firstChild = new Int32Array(drafts.length).fill(-1);
  const nextSibling = new Int32Array(drafts.length).fill(-1);
  // From the first to the last, so that the stack below gives them back from the first on.
  parent.forEach((up, index) => {
    if (up < 0) return;
    nextSibling[index] = firstChild[up]!;
    firstChild[up] = index;
  });
  const order: number[] = [];
  const isPlaced = new Uint8Array(drafts.length);
  const place = (root: number): void => {
    const waiting = [root];
    isPlaced[root] = 1;
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      order.push(index);
      for (let child = firstChild[index]!; child >= 0; child = nextSibling[child]!) {
        if (isPlaced[child]) continue;
        isPlaced[child] = 1;
        waiting.push(child);
      }
    }
  };
  parent.forEach((up, index) => {
    if (up < 0) place(index);
  });
  parent.forEach((_, index) => {
    if (isPlaced[index]) return;
    parent[index] = -1;
    place(index);
  });
  return { drafts, parent, order };
}
