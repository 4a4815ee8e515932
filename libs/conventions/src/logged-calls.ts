import { CALL_BOUNDARIES, leafWithoutUsage, type Verdict } from './nested-calls.ts';
import type { TraceTree } from './trace-tree.ts';
import { sideTotals } from './usage-sums.ts';

/**
 * Calls told of by log records (conventions.md B7). A record made inside of a call's span is that call's mirror: the
 * span has the hierarchy, the record may have the finer count and the cost. Where several records inside of one span
 * count differently, those that count what the span does are its mirrors and the others are calls of their own (an
 * answer that was paid for and tried again); where none does, the span is their total. A record outside of any call
 * stands for itself until ids, times or counts join it to another.
 *
 * @param onSpans verdicts by `resolveNestedCalls`
 * @returns the same with those on log records whose stance is `call`
 */
export function judgeLoggedCalls(
  tree: TraceTree,
  onSpans: readonly (Verdict | undefined)[],
): (Verdict | undefined)[] {
  const { drafts, parent, order } = tree;
  const verdicts = [...onSpans];
  if (!drafts.some((draft) => draft.isLog)) return verdicts;
  const around = drafts.map(() => -1);
  const counting = new Map<number, number[]>();
  for (const index of order) {
    around[index] = callAround(index, { drafts, parent }, around);
    const draft = drafts[index]!;
    if (!draft.isLog || draft.stance !== 'call') continue;
    const call = leafOf(around[index] ?? -1, verdicts);
    if (call < 0)
      verdicts[index] = {
        role: 'leaf',
        reason: draft.usage === null ? leafWithoutUsage(draft.errorType) : 'only_witness',
      };
    else if (draft.usage === null)
      verdicts[index] = { role: 'mirror', reason: 'nested_without_usage', of: call };
    else counting.set(call, [...(counting.get(call) ?? []), index]);
  }
  for (const [call, records] of counting) judgeRecordsOf(call, records, tree, verdicts);
  return verdicts;
}

function judgeRecordsOf(
  call: number,
  records: readonly number[],
  { drafts }: TraceTree,
  verdicts: (Verdict | undefined)[],
): void {
  const countOf = (index: number): string => {
    const { input, output } = sideTotals(drafts[index]!.usage!.tokens);
    return `${input}/${output}`;
  };
  const counts = new Set(records.map(countOf));
  const own = drafts[call]!.usage === null ? null : countOf(call);
  const isTotal = counts.size > 1 && (own === null || !counts.has(own));
  if (isTotal) verdicts[call] = { role: 'container', reason: 'nested_total' };
  for (const record of records) {
    const isMirror = !isTotal && (counts.size === 1 || countOf(record) === own);
    verdicts[record] = isMirror
      ? { role: 'mirror', reason: 'logged_call', of: call }
      : { role: 'leaf', reason: 'only_witness' };
  }
}

/** The nearest call around a span, unless a tool, a check or a person lies between. */
function callAround(
  index: number,
  { drafts, parent }: Pick<TraceTree, 'drafts' | 'parent'>,
  around: readonly number[],
): number {
  const up = parent[index]!;
  if (up < 0) return -1;
  const outer = drafts[up]!;
  if (outer.stance === 'call' && !outer.isLog) return up;
  return CALL_BOUNDARIES.has(outer.kind) ? -1 : around[up]!;
}

/** The span that is billed for a call; -1 where it is a total of others. */
function leafOf(call: number, verdicts: readonly (Verdict | undefined)[]): number {
  let index = call;
  for (let verdict = verdicts[index]; index >= 0 && verdict?.role === 'mirror'; verdict = verdicts[index])
    index = verdict.of;
  return index >= 0 && verdicts[index]?.role === 'leaf' ? index : -1;
}
