import type { LedgerTransaction } from '#model';
import { z } from 'zod';

const amount = z.string().regex(/^-?\d+$/);
const move = z.object({
  asset: z.string(),
  /** + debit, - credit, in units of the asset. */
  amount,
  account: z.string(),
  /** null: it was posted for a work item. */
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  workItemRef: z.string().nullable(),
});

/** What pages of a preview have come to so far, beside the sums by account; as it is stored. */
export const previewSummarySchema = z.object({
  /** Change of all charges by `asset month`: the UTC month of the usage. */
  usageMonths: z.record(z.string(), amount).default({}),
  /** Change of charges by asset that would be posted without the rule, too. */
  otherwise: z.record(z.string(), amount).default({}),
  charges: z.int().default(0),
  traces: z.int().default(0),
  items: z.int().default(0),
  /** Largest of each asset, by amount without sign. */
  moves: z.array(move).default([]),
  /** The rule says what is said already. */
  isNothing: z.boolean().default(false),
  /** Why it cannot be worked out; null = it can. */
  failure: z.string().nullable().default(null),
});
export type PreviewSummary = z.infer<typeof previewSummarySchema>;
type Move = PreviewSummary['moves'][number];

/** Moves that are kept of each asset. */
const LARGEST = 20;

/** Cost sits on accounts that begin with 5. */
const isCost = (account: string): boolean => account.startsWith('5');

/** What transactions moved: what was posted there and back within them is nothing. */
export interface MovedSums {
  readonly usageMonths: Readonly<Record<string, string>>;
  readonly charges: number;
  readonly traces: number;
  readonly moves: readonly Move[];
  readonly workItemRefs: readonly string[];
}

/**
 * Sums what transactions move by charge and account.
 *
 * @param traceIds postings that are traces'; the others are work items'
 */
export function sumMoves(
  transactions: readonly LedgerTransaction[],
  traceIds: ReadonlySet<string>,
): MovedSums {
  const net = new Map<string, { move: Move; postingId: string; month: string; sum: bigint }>();
  for (const { postingId, entries } of transactions)
    for (const entry of entries) {
      const { account, asset, usageSpanId, workItemRef, usageDay } = entry;
      const key = JSON.stringify([postingId, usageSpanId, account, asset, workItemRef, entry.attemptId]);
      const known = net.get(key);
      if (known !== undefined) known.sum += entry.amount;
      else {
        const isTrace = traceIds.has(postingId);
        const [traceId, spanId] = isTrace ? [postingId, usageSpanId] : [null, null];
        const named = { asset, amount: '0', account, traceId, spanId, workItemRef };
        net.set(key, { move: named, postingId, month: usageDay.slice(0, 7), sum: entry.amount });
      }
    }
  const moved = [...net.values()].filter(({ sum }) => sum !== 0n);
  const ofCost = moved.filter((each) => isCost(each.move.account));
  const usageMonths: Record<string, string> = {};
  for (const { move: named, month, sum } of ofCost) addTo(usageMonths, `${named.asset} ${month}`, sum);
  return {
    usageMonths,
    charges: new Set(ofCost.map((each) => `${each.postingId} ${each.move.spanId}`)).size,
    traces: new Set(moved.flatMap((each) => each.move.traceId ?? [])).size,
    moves: largest(ofCost.map((each) => ({ ...each.move, amount: each.sum.toString() }))),
    workItemRefs: [...new Set(moved.flatMap((each) => each.move.workItemRef ?? []))].sort(),
  };
}

/** Change of charges by asset. */
export function chargesOf(transactions: readonly LedgerTransaction[]): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const { entries } of transactions)
    for (const { account, asset, amount: moved } of entries) if (isCost(account)) addTo(sums, asset, moved);
  return withoutZeros(sums);
}

/** @param items of the page that no page before it moved */
export function addPage(
  before: PreviewSummary,
  page: MovedSums,
  otherwise: Readonly<Record<string, string>>,
  items: number,
): PreviewSummary {
  const sums = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>) => {
    const all = { ...a };
    for (const [key, text] of Object.entries(b)) addTo(all, key, BigInt(text));
    return withoutZeros(all);
  };
  return {
    ...before,
    usageMonths: sums(before.usageMonths, page.usageMonths),
    otherwise: sums(before.otherwise, otherwise),
    charges: before.charges + page.charges,
    traces: before.traces + page.traces,
    items: before.items + items,
    moves: largest([...before.moves, ...page.moves]),
  };
}

function largest(moves: readonly Move[]): Move[] {
  const size = ({ amount: text }: Move): bigint => BigInt(text.replace('-', ''));
  const place = (each: Move): string =>
    JSON.stringify([each.traceId, each.spanId, each.account, each.workItemRef, each.asset, each.amount]);
  const sorted = moves.toSorted((a, b) => {
    const [first, second] = [size(a), size(b)];
    if (first !== second) return first > second ? -1 : 1;
    return place(a) < place(b) ? -1 : 1;
  });
  const kept = new Map<string, number>();
  return sorted.filter(({ asset }) => {
    const count = (kept.get(asset) ?? 0) + 1;
    kept.set(asset, count);
    return count <= LARGEST;
  });
}

function addTo(sums: Record<string, string>, key: string, value: bigint): void {
  sums[key] = (BigInt(sums[key] ?? '0') + value).toString();
}

const withoutZeros = (sums: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(sums).filter(([, text]) => text !== '0'));
