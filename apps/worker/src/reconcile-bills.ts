import { invoiceTarget, postDifferences, unconvertedInvoiceTarget, type Balance } from '#ledger';
import type { Asset, LedgerTransaction, SpanId } from '#model';
import { toReconciliationResult, type ReconciliationResult } from '#reconciliation';
import {
  advancePostings,
  claimDueReconciliation,
  completeReconciliation,
  inTransaction,
  readAccrued,
  readPosted,
  upsertReconciliation,
  type DueReconciliation,
} from '#store';
import { v5 as uuidFromName } from 'uuid';
import { commitPosting } from './commit-posting.ts';
import { compareBills, type Compared, type ComparedBills } from './compare-bills.ts';
import { posterOf, type PostParts } from './post-traces.ts';
import { NAMESPACE } from './posting-facts.ts';

const LEASE_MS = 600_000;
const MAX_KEYS_SHOWN = 2000;

/** A claim that fails is claimed again when its lease ends; the next one is taken meanwhile. */
export interface ReconcileParts extends PostParts {
  readonly onFailure: (claim: DueReconciliation, error: unknown) => void;
}

/**
 * Compares due bills with our charges and posts what the invoices among them say: the accrual of the month cleared into
 * what is payable, the variance by kind. Idempotent; the same bill and charges post nothing.
 *
 * @returns how many comparisons were made
 */
export async function reconcileBills(parts: ReconcileParts): Promise<number> {
  for (let made = 0; ; made += 1) {
    const claim = await claimDueReconciliation(parts.db, LEASE_MS);
    if (claim === null) return made;
    try {
      await reconcileBill(parts, claim);
      await completeReconciliation(parts.db, claim);
    } catch (error) {
      parts.onFailure(claim, error);
    }
  }
}

/** Compares one bill and posts what it says. Idempotent. @returns what was posted */
export async function reconcileBill(
  parts: PostParts,
  claim: Pick<DueReconciliation, 'tenantId' | 'provider' | 'period' | 'cause'>,
): Promise<readonly LedgerTransaction[]> {
  const range = rangeOf(claim.period);
  const rulebook = await parts.rulebooks.read(parts.db, claim.tenantId);
  return post(parts, claim, range.toUs - 1n, await compareBills(parts.db, claim, range, rulebook));
}

/**
 * 64 bits that name an invoice among the usages of its posting, 16 hex digits.
 * @param assets of the charges, and of the invoice where that is another one
 */
const usageIdOf = (invoice: string, ...assets: readonly Asset[]): SpanId =>
  uuidFromName(`invoice ${invoice} ${assets.join(' ')}`, NAMESPACE)
    .replaceAll('-', '')
    .slice(0, 16);

/** First and last instant of a usage month, the end exclusive. */
function rangeOf(period: string): { fromUs: bigint; toUs: bigint } {
  const [year, month] = [Number(period.slice(0, 4)), Number(period.slice(5, 7))];
  return {
    fromUs: BigInt(Date.UTC(year, month - 1, 1)) * 1000n,
    toUs: BigInt(Date.UTC(year, month, 1)) * 1000n,
  };
}

/** Posts what the invoices say beside what is charged, and keeps the comparison. One transaction. */
async function post(
  parts: PostParts,
  claim: Pick<DueReconciliation, 'tenantId' | 'provider' | 'period' | 'cause'>,
  effectiveAtUs: bigint,
  { compared, notCompared, unconverted }: ComparedBills,
): Promise<readonly LedgerTransaction[]> {
  const { tenantId, provider, period, cause } = claim;
  const postingId = uuidFromName(`invoices ${tenantId} ${provider} ${period}`, NAMESPACE).replaceAll('-', '');
  return inTransaction(parts.db, async (client) => {
    const versions = await advancePostings(client, tenantId, [postingId]);
    const poster = await posterOf(client, parts, tenantId);
    const day = new Date(Number(effectiveAtUs / 1000n)).toISOString().slice(0, 10);
    const accrued = await readAccrued(client, tenantId, `2000:accrued:${provider}:${period}`, postingId);
    const target = [
      ...compared.flatMap((each) => targetOf(each, provider, day, accrued.get(each.asset) ?? 0n)),
      ...unconverted.flatMap(({ number: invoice, asset, billedPico }) =>
        unconvertedInvoiceTarget({
          provider,
          invoice,
          day,
          asset,
          usageId: usageIdOf(invoice, asset),
          billedPico,
        }),
      ),
    ];
    const posted = await readPosted(client, tenantId, [postingId]);
    const transactions = postDifferences(target, posted, {
      postingId,
      cause,
      transactionId: (code) => uuidFromName(`${postingId} ${versions.get(postingId)} ${code}`, NAMESPACE),
      effectiveAtUs: () => effectiveAtUs,
    });
    const committed = await commitPosting(client, poster, {
      transactions,
      traceIds: [],
      newTraceIds: new Set(),
      attempts: [],
      candidates: [],
      items: [],
    });
    await upsertReconciliation(client, tenantId, {
      provider,
      period,
      isBooked: compared.some(({ invoices }) => invoices.length > 0) || unconverted.length > 0,
      result: compared.map(({ asset, comparison, foreign, invoices }): ReconciliationResult =>
        toReconciliationResult(
          comparison,
          { currency: asset.split('/')[0]!, isBooked: invoices.length > 0, foreign: [...foreign] },
          MAX_KEYS_SHOWN,
        ),
      ),
      notCompared,
      reconciledAtUs: poster.nowUs,
    });
    return committed;
  });
}

/**
 * The balances of a month's invoices in one currency. The first clears what the others do not: together they clear the
 * accrual that stands, whatever was compared.
 */
function targetOf(
  { asset, comparison, invoices }: Compared,
  provider: string,
  day: string,
  chargedPico: bigint,
): Balance[] {
  const others = invoices.slice(1).reduce((sum, { billedPico }) => sum + billedPico, 0n);
  // Posted meanwhile and not yet compared: unexplained until the next comparison, which is due by then.
  const unseenPico = comparison.ownPico - chargedPico;
  const variance = [...comparison.variancePico].map(([kind, amountPico]) => ({ kind, amountPico }));
  return invoices.flatMap(({ number, billedPico, foreign }, index) =>
    invoiceTarget({
      provider,
      invoice: number,
      day,
      asset,
      usageId: usageIdOf(number, asset, ...(foreign === null ? [] : [foreign.asset])),
      billedPico,
      chargedPico: index === 0 ? chargedPico - others : billedPico,
      variance: index === 0 ? [...variance, { kind: 'unexplained', amountPico: unseenPico }] : [],
      foreign,
    }),
  );
}
