import type { Asset, LedgerTransaction, SpanId } from '#model';
import { postDifferences, type PostingContext } from './post-differences.ts';
import type { Balance } from './target.ts';

/** What a reversed transaction had charged for one usage. */
export interface ReversedAmount {
  readonly usageSpanId: SpanId;
  readonly asset: Asset;
  readonly priceId: string | null;
  readonly amountPico: bigint;
}

/** A transaction that two principals decided to take back. */
export interface ApprovedReversal {
  readonly postingId: string;
  /** Id of the C900 transaction. */
  readonly reversingId: string;
  readonly cause: string;
  readonly decidedAtUs: bigint;
  readonly isPosted: boolean;
  readonly amounts: readonly ReversedAmount[];
}

/** What the credit side of a transaction says was charged, per usage. */
export const reversedAmounts = (entries: readonly Balance[]): ReversedAmount[] =>
  entries
    .filter(({ account }) => account.startsWith('2'))
    .map(({ usageSpanId, asset, priceId, amount }) => ({ usageSpanId, asset, priceId, amountPico: -amount }));

/**
 * Charges less what is taken back of them. What is left is placed by the same rules as ever, so a reversal goes
 * where its charge goes. It is taken of the usage: first of the charge by the same price row, then, where the usage was
 * priced by another row since, of that one; never more than is charged. A usage without a charge has nothing to take
 * back.
 */
export function takeBack<Charge extends ReversedAmount>(
  charges: readonly Charge[],
  reversals: readonly ApprovedReversal[],
): Charge[] {
  const left = new Map<string, bigint>();
  const ofRow = new Map<string, bigint>();
  for (const { amounts } of reversals)
    for (const amount of amounts) {
      const { amountPico } = amount;
      left.set(usageOf(amount), (left.get(usageOf(amount)) ?? 0n) + amountPico);
      ofRow.set(rowOf(amount), (ofRow.get(rowOf(amount)) ?? 0n) + amountPico);
    }
  if (left.size === 0) return [...charges];
  const taken = new Map<Charge, bigint>();
  const take = (charge: Charge, wantedPico: bigint): void => {
    const already = taken.get(charge) ?? 0n;
    const rest = charge.amountPico - already;
    const amountPico = wantedPico > rest ? rest : wantedPico;
    taken.set(charge, already + amountPico);
    left.set(usageOf(charge), (left.get(usageOf(charge)) ?? 0n) - amountPico);
  };
  for (const charge of charges) {
    const wanted = ofRow.get(rowOf(charge)) ?? 0n;
    const ofUsage = left.get(usageOf(charge)) ?? 0n;
    if (wanted > 0n && ofUsage > 0n) take(charge, wanted < ofUsage ? wanted : ofUsage);
  }
  const sorted = [...charges].sort((a, b) => (rowOf(a) < rowOf(b) ? -1 : 1));
  for (const charge of sorted) take(charge, left.get(usageOf(charge)) ?? 0n);
  return charges.map((charge) => ({ ...charge, amountPico: charge.amountPico - (taken.get(charge) ?? 0n) }));
}

const usageOf = ({ usageSpanId, asset }: ReversedAmount): string => `${usageSpanId} ${asset}`;
const rowOf = (amount: ReversedAmount): string => `${usageOf(amount)} ${amount.priceId}`;

/**
 * Posts the difference to a target of which approved reversals are a part: first what else is new, then each reversal
 * that is not posted yet as one C900 transaction. Doing it again posts nothing.
 *
 * @param targetOf what must stand once these reversals are in it
 */
export function postWithReversals(
  targetOf: (reversals: readonly ApprovedReversal[]) => readonly Balance[],
  posted: readonly Balance[],
  reversals: readonly ApprovedReversal[],
  context: PostingContext,
): LedgerTransaction[] {
  let taken = reversals.filter(({ isPosted }) => isPosted);
  let before = targetOf(taken);
  const transactions = postDifferences(before, posted, context);
  for (const fresh of reversals.filter(({ isPosted }) => !isPosted)) {
    taken = [...taken, fresh];
    const after = targetOf(taken);
    const entries = postDifferences(after, before, context).flatMap((transaction) => transaction.entries);
    before = after;
    if (entries.length === 0) continue;
    transactions.push({
      transactionId: fresh.reversingId,
      postingId: context.postingId,
      code: 'C900',
      cause: fresh.cause,
      effectiveAtUs: fresh.decidedAtUs,
      period: new Date(Number(fresh.decidedAtUs / 1000n)).toISOString().slice(0, 7),
      entries,
    });
  }
  return transactions;
}
