import {
  MAX_AMOUNT,
  type LedgerEntry,
  type LedgerTransaction,
  type SpanId,
  type TransactionCode,
} from '#model';
import { isCostAccount, OUTCOME, overheadAccount, UNATTRIBUTED, WORK_IN_PROGRESS } from './accounts.ts';
import type { Balance } from './target.ts';

/** What the transactions of one posting commit have in common. */
export interface PostingContext {
  readonly postingId: string;
  /** The fact being worked through: `spans`, `outcome:<source>/<id>`, `price.book:<book>@<version>`. */
  readonly cause: string;
  /** Makes the id of a transaction; called once per code, with the code. */
  readonly transactionId: (code: TransactionCode) => string;
  /** Business time of a difference with this code over these usages, microseconds since the epoch. */
  readonly effectiveAtUs: (code: TransactionCode, usageSpanIds: readonly SpanId[]) => bigint;
}

/**
 * Posts what is new: target minus posted, per usage (ledger.md 1.4). One code path for retry, late outcome,
 * reopening, re-pricing, re-attribution and duplicates. Posting the same target twice posts nothing.
 *
 * @param target balances every usage of the posting must have
 * @param posted balances every usage of the posting has now, zero balances allowed
 * @returns at most one balanced transaction per code, in code order; entries in a fixed order
 * @throws Error when a transaction would not balance: a bug, nothing may be written
 */
export function postDifferences(
  target: readonly Balance[],
  posted: readonly Balance[],
  context: PostingContext,
): LedgerTransaction[] {
  const byUsage = new Map<SpanId, Balance[]>();
  for (const difference of differences(target, posted)) {
    const list = byUsage.get(difference.usageSpanId);
    if (list === undefined) byUsage.set(difference.usageSpanId, [difference]);
    else list.push(difference);
  }
  if (byUsage.size === 0) return [];
  const known = new Set(posted.filter(({ amount }) => amount !== 0n).map(({ usageSpanId }) => usageSpanId));
  const wanted = new Set(target.map(({ usageSpanId }) => usageSpanId));
  const byCode = new Map<TransactionCode, Balance[]>();
  for (const [usage, legs] of byUsage) {
    const code = codeOf(legs, known.has(usage), wanted.has(usage));
    const list = byCode.get(code);
    if (list === undefined) byCode.set(code, [...legs]);
    else list.push(...legs);
  }
  return [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, legs]) => toTransaction(code, legs, context));
}

function differences(target: readonly Balance[], posted: readonly Balance[]): Balance[] {
  const sums = new Map<string, Balance>();
  const add = (balance: Balance, sign: 1n | -1n): void => {
    const key = keyOf(balance);
    const known = sums.get(key);
    sums.set(key, { ...balance, amount: (known?.amount ?? 0n) + sign * balance.amount });
  };
  for (const balance of target) add(balance, 1n);
  for (const balance of posted) add(balance, -1n);
  return [...sums]
    .filter(([, { amount }]) => amount !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, balance]) => balance);
}

const keyOf = (b: Balance): string =>
  [
    b.usageSpanId,
    b.account,
    b.asset,
    b.usageDay,
    b.provider,
    b.callModel,
    b.attemptId,
    b.workItemRef,
    b.priceId,
  ].join('\n');

/** Names the kind of fact that moved this usage; balances never depend on it. */
function codeOf(legs: readonly Balance[], isKnown: boolean, isWanted: boolean): TransactionCode {
  if (!isKnown) return 'C100';
  if (!isWanted) return 'C410';
  if (legs.some(({ account }) => !isCostAccount(account))) return 'C400';
  const to = (test: (account: string) => boolean): boolean =>
    legs.some((leg) => leg.amount > 0n && test(leg.account));
  const from = (test: (account: string) => boolean): boolean =>
    legs.some((leg) => leg.amount < 0n && test(leg.account));
  const settled = (account: string): boolean => account === OUTCOME || account.startsWith('5300:');
  if (to((account) => account === WORK_IN_PROGRESS) && from(settled)) return 'C310';
  if (to(settled) && (from((account) => account === WORK_IN_PROGRESS) || from(settled))) return 'C300';
  if (to((account) => account.startsWith(overheadAccount('')))) return 'C220';
  return from((account) => account === UNATTRIBUTED) ? 'C200' : 'C410';
}

function toTransaction(
  code: TransactionCode,
  legs: readonly Balance[],
  context: PostingContext,
): LedgerTransaction {
  const totals = new Map<string, bigint>();
  for (const { asset, amount } of legs) totals.set(asset, (totals.get(asset) ?? 0n) + amount);
  for (const [asset, total] of totals) {
    if (total !== 0n)
      throw new Error(`${code} of ${context.postingId} is out of balance by ${total} ${asset}`);
  }
  const effectiveAtUs = context.effectiveAtUs(code, [...new Set(legs.map(({ usageSpanId }) => usageSpanId))]);
  return {
    transactionId: context.transactionId(code),
    postingId: context.postingId,
    code,
    cause: context.cause,
    effectiveAtUs,
    period: new Date(Number(effectiveAtUs / 1000n)).toISOString().slice(0, 7),
    entries: legs.map(toEntry),
  };
}

function toEntry(leg: Balance): LedgerEntry {
  if (leg.amount > MAX_AMOUNT || leg.amount < -MAX_AMOUNT) {
    throw new RangeError(`an entry of ${leg.amount} ${leg.asset} does not fit a ledger row`);
  }
  return leg;
}
