import type { SpanId, Step } from '#model';

/**
 * The steps of a trace as a tree, walked once: parents before children, with the place of each in the walk, so
 * that "is under" is a comparison of two numbers however deep the trace is.
 */
export class StepTree {
  /** By start; a parent that starts with its child stands before it. */
  readonly byStart: readonly Step[];
  /** Every step after its parent. */
  readonly parentsFirst: readonly Step[];
  /** The conversation of the whole trace, where it names exactly one. */
  readonly conversationId: string | null;
  private readonly byId = new Map<SpanId, Step>();
  private readonly places = new Map<
    Step,
    { readonly depth: number; readonly enter: number; leave: number }
  >();

  constructor(steps: readonly Step[]) {
    const byContent = [...steps].sort(
      (a, b) => compare(a.spanId, b.spanId) || compare(a.startedAtNs, b.startedAtNs),
    );
    // Of two rows of one span id the unmirrored one is the parent of its children.
    for (const step of byContent) {
      const known = this.byId.get(step.spanId);
      if (known === undefined || (known.role === 'mirror' && step.role !== 'mirror'))
        this.byId.set(step.spanId, step);
    }
    this.parentsFirst = this.walk(byContent);
    this.byStart = byContent.toSorted(
      (a, b) =>
        compare(a.startedAtNs, b.startedAtNs) ||
        this.depthOf(a) - this.depthOf(b) ||
        compare(a.spanId, b.spanId),
    );
    const conversations = new Set(byContent.flatMap((step) => step.conversationId ?? []));
    this.conversationId = conversations.size === 1 ? [...conversations][0]! : null;
  }

  /** Null for a root, for a parent that was not received, and where the walk broke a cycle. */
  parentOf(step: Step): Step | null {
    const parent = step.parentSpanId === null ? undefined : this.byId.get(step.parentSpanId);
    if (parent === undefined || parent === step) return null;
    return this.depthOf(parent) < this.depthOf(step) ? parent : null;
  }

  isRoot(step: Step): boolean {
    return this.depthOf(step) === 0;
  }

  /** Places in the walk: a step is under another exactly when its `enter` is within the other's `enter` to `leave`. */
  placeOf(step: Step): { readonly enter: number; readonly leave: number } {
    return this.places.get(step)!;
  }

  private depthOf(step: Step): number {
    return this.places.get(step)?.depth ?? -1;
  }

  /** Depth first without recursion: a chain of a hundred thousand spans is one walk, and a cycle is entered once. */
  private walk(steps: readonly Step[]): Step[] {
    const children = new Map<Step, Step[]>();
    const roots: Step[] = [];
    for (const step of steps) {
      const parent = step.parentSpanId === null ? undefined : this.byId.get(step.parentSpanId);
      if (parent === undefined || parent === step) roots.push(step);
      else {
        const siblings = children.get(parent);
        if (siblings === undefined) children.set(parent, [step]);
        else siblings.push(step);
      }
    }
    const order: Step[] = [];
    const open: { readonly step: Step; next: number }[] = [];
    const enter = (step: Step): void => {
      if (this.places.has(step)) return;
      this.places.set(step, { depth: open.length, enter: order.length, leave: order.length });
      order.push(step);
      open.push({ step, next: 0 });
      for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        const child = children.get(top.step)?.[top.next];
        top.next += 1;
        if (child === undefined) {
          this.places.get(top.step)!.leave = order.length - 1;
          open.pop();
        } else if (!this.places.has(child)) {
          this.places.set(child, { depth: open.length, enter: order.length, leave: order.length });
          order.push(child);
          open.push({ step: child, next: 0 });
        }
      }
    };
    for (const root of roots) enter(root);
    // What no root reaches hangs on a cycle: its first step by content becomes a root.
    for (const step of steps) enter(step);
    return order;
  }
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
