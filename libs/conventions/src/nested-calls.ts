import type { StepKind } from '#model';
import type { RoleReason } from './role-reason.ts';
import type { StepDraft } from './step-draft.ts';
import type { TraceTree } from './trace-tree.ts';

/** A verdict on one span of the trace; indices are those of the tree. */
export type Verdict =
  | { readonly role: 'leaf'; readonly reason: RoleReason }
  | { readonly role: 'mirror'; readonly reason: RoleReason; readonly of: number }
  | { readonly role: 'container'; readonly reason: RoleReason }
  | { readonly role: 'none'; readonly reason: RoleReason };

/** A call made inside a tool or a check is another call, not the same one (Google ADK runs tools inside the call). */
export const CALL_BOUNDARIES: ReadonlySet<StepKind> = new Set([
  'tool_call',
  'guardrail',
  'evaluation',
  'human',
]);

/** The calls that lie below a span: how many, and one of them where it is the only one. */
interface Below {
  count: number;
  only: number;
}

/**
 * Model calls inside model calls (conventions.md B1, B4): the innermost with usage is the call, a call around one
 * call is its mirror, a call around several is a total of them. A call with usage around calls without any is itself
 * the call, and they are its mirrors.
 *
 * @returns a verdict for each span whose stance is `call`, undefined for the others and for log records
 */
export function resolveNestedCalls(tree: TraceTree): (Verdict | undefined)[] {
  const { drafts, parent, order } = tree;
  const withUsage: Below[] = drafts.map(() => ({ count: 0, only: -1 }));
  const without: Below[] = drafts.map(() => ({ count: 0, only: -1 }));
  const verdicts: (Verdict | undefined)[] = drafts.map(() => undefined);
  const owners = new Set<number>();
  for (const index of order.toReversed()) {
    const draft = drafts[index]!;
    if (draft.isLog) continue;
    const [counted, uncounted] = [withUsage[index]!, without[index]!];
    if (draft.stance === 'call') {
      verdicts[index] = judge(index, draft, counted, uncounted);
      if (verdicts[index].role === 'leaf' && draft.usage !== null) owners.add(index);
    }
    const up = parent[index]!;
    if (up < 0 || CALL_BOUNDARIES.has(draft.kind)) continue;
    add(withUsage[up]!, counted);
    add(without[up]!, uncounted);
  }
  handToOwners(tree, verdicts, owners);
  return verdicts;
}

/** Judges one call by the calls below it, and leaves in `counted` or `uncounted` what its parent shall see. */
function judge(index: number, draft: StepDraft, counted: Below, uncounted: Below): Verdict {
  const hasUsage = draft.usage !== null;
  const below = counted.count > 0 || hasUsage ? counted : uncounted;
  if (below.count > 1) return { role: 'container', reason: 'nested_total' };
  if (below.count === 1) return { role: 'mirror', reason: 'nested_mirror', of: below.only };
  replace(hasUsage ? counted : uncounted, index);
  if (hasUsage) clear(uncounted);
  return { role: 'leaf', reason: hasUsage ? 'only_witness' : leafWithoutUsage(draft.errorType) };
}

export function leafWithoutUsage(errorType: string | null): RoleReason {
  return errorType === null ? 'usage_missing' : 'call_failed';
}

/** Calls without usage below a call that has it become its mirrors. */
function handToOwners(
  { drafts, parent, order }: TraceTree,
  verdicts: (Verdict | undefined)[],
  owners: ReadonlySet<number>,
): void {
  const owner = drafts.map(() => -1);
  for (const index of order) {
    const up = parent[index]!;
    const inherited = up < 0 || CALL_BOUNDARIES.has(drafts[index]!.kind) ? -1 : owner[up]!;
    owner[index] = owners.has(index) ? index : inherited;
    const draft = drafts[index]!;
    if (inherited >= 0 && draft.stance === 'call' && draft.usage === null && !draft.isLog)
      verdicts[index] = { role: 'mirror', reason: 'nested_without_usage', of: inherited };
  }
}

function replace(below: Below, index: number): void {
  below.count = 1;
  below.only = index;
}

function clear(below: Below): void {
  below.count = 0;
  below.only = -1;
}

function add(into: Below, from: Below): void {
  if (from.count === 0) return;
  into.only = into.count === 0 ? from.only : -1;
  into.count += from.count;
}
