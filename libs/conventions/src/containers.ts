import type { Usage } from '#model';
import type { Verdict } from './nested-calls.ts';
import { CALL_BOUNDARIES } from './nested-calls.ts';
import type { StepDraft } from './step-draft.ts';
import type { TraceTree } from './trace-tree.ts';
import type { SideTotals } from './usage-sums.ts';
import { excessOf, sideTotals } from './usage-sums.ts';

export interface ContainerFindings {
  /** Verdicts for the spans with totals, and for the calls that a billed total counts in. */
  readonly verdicts: ReadonlyMap<number, Verdict>;
  /** What a container's totals exceed its leaves by. */
  readonly untraced: ReadonlyMap<number, Usage>;
  /** Σ over the outermost containers that exceed their leaves. */
  readonly untracedTotal: Usage | null;
  /** Totals of a sampled trace over calls that left no span: they are not billed, and what they cost is not known. */
  readonly sampled: ReadonlySet<number>;
}

/**
 * Spans with totals over others (conventions.md B1 to B3, C6). A total is billed only where nothing below it carries
 * usage, the innermost first, and never in a sampled trace. Everything else is a container, and what it exceeds its leaves by is
 * reported, not charged.
 *
 * @param calls the verdicts on the spans with stance `call`
 */
export function resolveContainers(
  tree: TraceTree,
  calls: readonly (Verdict | undefined)[],
): ContainerFindings {
  const { drafts, parent, order } = tree;
  const isSampled = drafts.some((draft) => draft.isSampled);
  const counted = sumLeaves(tree, calls);
  const verdicts = new Map<number, Verdict>();
  const sampled = new Set<number>();
  const carriers: number[] = [];
  const hasUsage = counted.map((totals) => totals.isCounted);
  const isInCall = findInsideOfCalls(tree);
  for (const index of order.toReversed()) {
    const draft = drafts[index]!;
    if (draft.stance === 'total') {
      const isCarrier = canCarry(draft) && !hasUsage[index] && !isInCall[index];
      if (isCarrier && isSampled) sampled.add(index);
      else if (isCarrier) carriers.push(index);
      if (isCarrier) hasUsage[index] = true;
      verdicts.set(index, verdictOn(draft.usage !== null, isCarrier, isSampled));
    }
    const up = parent[index]!;
    if (up >= 0 && hasUsage[index]) hasUsage[up] = true;
  }
  countInCarriers(tree, calls, carriers, verdicts);
  const found = findUntraced(tree, counted, verdicts, sampled);
  if (isSampled) {
    for (const index of found.untraced.keys()) {
      sampled.add(index);
      verdicts.set(index, { role: 'container', reason: 'sampled' });
    }
  }
  return { verdicts, sampled, ...found };
}

function canCarry(draft: StepDraft): boolean {
  return draft.usage !== null && draft.usageState !== 'zero_reported';
}

/** Totals inside of a call that has usage are part of what it counted, unless a tool or a check lies between. */
function findInsideOfCalls({ drafts, parent, order }: TraceTree): boolean[] {
  const isIn = drafts.map(() => false);
  for (const index of order) {
    const up = parent[index]!;
    if (up < 0 || CALL_BOUNDARIES.has(drafts[index]!.kind)) continue;
    const around = drafts[up]!;
    isIn[index] =
      (isIn[up]! && !CALL_BOUNDARIES.has(around.kind)) || (around.stance === 'call' && around.usage !== null);
  }
  return isIn;
}

function verdictOn(hasTotals: boolean, isCarrier: boolean, isSampled: boolean): Verdict {
  if (isCarrier && isSampled) return { role: 'container', reason: 'sampled' };
  if (isCarrier) return { role: 'leaf', reason: 'sole_carrier' };
  return { role: 'container', reason: hasTotals ? 'total_of_leaves' : 'no_totals' };
}

interface Counted extends SideTotals {
  readonly isCounted: boolean;
}

const NOTHING_COUNTED: Counted = { input: 0n, output: 0n, isCounted: false };

/** What the leaves of each span's subtree counted, itself included. */
function sumLeaves(tree: TraceTree, calls: readonly (Verdict | undefined)[]): Counted[] {
  const sums: Counted[] = tree.drafts.map(() => NOTHING_COUNTED);
  for (const index of tree.order.toReversed()) {
    const { usage } = tree.drafts[index]!;
    if (calls[index]?.role === 'leaf' && usage !== null)
      sums[index] = addTotals(sums[index]!, { ...sideTotals(usage.tokens), isCounted: true });
    const up = tree.parent[index]!;
    if (up >= 0 && sums[index]!.isCounted) sums[up] = addTotals(sums[up]!, sums[index]!);
  }
  return sums;
}

function addTotals(left: Counted, right: Counted): Counted {
  return {
    input: left.input + right.input,
    output: left.output + right.output,
    isCounted: left.isCounted || right.isCounted,
  };
}

/** A call without usage below a billed total is paid for with it; a failed one stays unknown. */
function countInCarriers(
  { drafts, parent, order }: TraceTree,
  calls: readonly (Verdict | undefined)[],
  carriers: readonly number[],
  verdicts: Map<number, Verdict>,
): void {
  if (carriers.length === 0) return;
  const isCarrier = new Set(carriers);
  const carrierOf = drafts.map(() => -1);
  for (const index of order) {
    const up = parent[index]!;
    const above = up < 0 ? -1 : carrierOf[up]!;
    carrierOf[index] = isCarrier.has(index) ? index : above;
    if (above >= 0 && calls[index]?.reason === 'usage_missing')
      verdicts.set(index, { role: 'mirror', reason: 'counted_in_total', of: above });
  }
}

function findUntraced(
  { drafts, parent, order }: TraceTree,
  counted: readonly Counted[],
  verdicts: ReadonlyMap<number, Verdict>,
  sampled: ReadonlySet<number>,
): Pick<ContainerFindings, 'untraced' | 'untracedTotal'> {
  const untraced = new Map<number, Usage>();
  const isInside = new Uint8Array(drafts.length);
  let sum: SideTotals = { input: 0n, output: 0n };
  for (const index of order) {
    const draft = drafts[index]!;
    const up = parent[index]!;
    if (up >= 0 && isInside[up]) isInside[index] = 1;
    const isContainer = verdicts.get(index)?.role === 'container';
    if (!isContainer || draft.usage === null || draft.isCumulative) continue;
    if (!counted[index]!.isCounted && !sampled.has(index)) continue;
    const excess = excessOf(sideTotals(draft.usage.tokens), counted[index]!);
    if (excess !== null) untraced.set(index, excess);
    if (excess !== null && !isInside[index]) {
      const totals = sideTotals(excess.tokens);
      sum = { input: sum.input + totals.input, output: sum.output + totals.output };
    }
    isInside[index] = 1;
  }
  return { untraced, untracedTotal: excessOf(sum, { input: 0n, output: 0n }) };
}
