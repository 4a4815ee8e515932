import {
  MAX_AMOUNT,
  type LedgerEntry,
  type LedgerTransaction,
  type SpanId,
  type TransactionCode,
} from '#model';
import { codeOf, familyOf, type Family } from './code-of.ts';
import type { Balance } from './target.ts';

/** Before the id of a request to read spans again, in the cause of what it posts. */
export const RENORMALISE_CAUSE = 'renormalise:';

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
  const moves = new Map<string, { usage: SpanId; family: Family; legs: Balance[] }>();
  for (const difference of differences(target, posted)) {
    const [usage, family] = [difference.usageSpanId, familyOf(difference.account)];
    const move = moves.get(`${usage} ${family}`);
    if (move === undefined) moves.set(`${usage} ${family}`, { usage, family, legs: [difference] });
    else move.legs.push(difference);
  }
  if (moves.size === 0) return [];
  const known = new Set(posted.filter(({ amount }) => amount !== 0n).map(movedBy));
  const wanted = new Set(target.map(movedBy));
  const byCode = new Map<TransactionCode, Balance[]>();
  for (const [key, { usage, family, legs }] of moves) {
    const beside = family === 'pending' ? (moves.get(`${usage} cost`)?.legs ?? []) : [];
    const move = { isKnown: known.has(key), isWanted: wanted.has(key), beside };
    const code = family === 'cost' && isRenormalised(context.cause) ? 'C420' : codeOf(family, legs, move);
    const list = byCode.get(code);
    if (list === undefined) byCode.set(code, [...legs]);
    else list.push(...legs);
  }
  return [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, legs]) => toTransaction(code, legs, context));
}

/** What is known of the world is as it was; how spans are read is not: that has a code of its own. */
const isRenormalised = (cause: string): boolean => cause.startsWith(RENORMALISE_CAUSE);

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

/** A usage moves as one, apart from its memorandum accounts. */
const movedBy = ({ usageSpanId, account }: Balance): string => `${usageSpanId} ${familyOf(account)}`;

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
