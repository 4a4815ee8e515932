import { invoiceTarget, postDifferences, type Balance } from '#ledger';
import type { Asset, SpanId } from '#model';
import { modelMatcher } from '#pricing';
import {
  chooseLines,
  compareBill,
  toReconciliationResult,
  type BillComparison,
  type BillDocument,
  type BillLine,
  type ReconciliationResult,
} from '#reconciliation';
import {
  advancePostings,
  claimDueReconciliation,
  completeReconciliation,
  inTransaction,
  readAccrued,
  readInvoiceLines,
  readInvoices,
  readPosted,
  upsertReconciliation,
  type DueReconciliation,
} from '#store';
import { v5 as uuidFromName } from 'uuid';
import { commitPosting } from './commit-posting.ts';
import { bookAmount, ownUsageOf } from './own-usage.ts';
import { posterOf, type PostParts } from './post-traces.ts';
import { NAMESPACE } from './posting-facts.ts';

const LEASE_MS = 600_000;
/** Versions of documents of one provider and month; more are refused when they are sent. */
const MAX_DOCUMENTS = 1000;
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

/** One currency of a bill, compared. */
interface Compared {
  readonly asset: Asset;
  readonly comparison: BillComparison;
  /** What each invoice with a number bills in this currency; none = nothing is booked. */
  readonly billedByInvoice: ReadonlyMap<string, bigint>;
}

async function reconcileBill(parts: ReconcileParts, claim: DueReconciliation): Promise<void> {
  const { tenantId, provider, period } = claim;
  const range = rangeOf(period);
  const documents = await readInvoices(parts.db, tenantId, {
    provider,
    period,
    after: null,
    limit: MAX_DOCUMENTS,
  });
  const standing = documents.filter(({ isSuperseded }) => !isSuperseded);
  const { prices } = await parts.rulebooks.read(parts.db, tenantId);
  const usage = await ownUsageOf(parts.db, tenantId, provider, range, prices);
  const compared: Compared[] = [];
  for (const currency of new Set(standing.map((head) => head.currency))) {
    const asset: Asset = `${currency}/12`;
    const heads = standing.filter((head) => head.currency === currency);
    const bills = await Promise.all(
      heads.map(async (head): Promise<BillDocument> => ({
        format: head.format,
        number: head.number === '' ? null : head.number,
        totalPico: head.totalPico,
        recordedAtUs: head.recordedAtUs,
        lines: await readInvoiceLines(parts.db, tenantId, [head]),
      })),
    );
    const { lines, totalPico } = chooseLines(bills);
    const own = usage.get(asset) ?? [];
    const toOwnModel = modelMatcher(own.map(({ model }) => model));
    const comparison = compareBill(lines, own, {
      canonicalModel: (_, model) => toOwnModel(model),
      bookAmountPico: (key, quantity) => bookAmount(key, quantity, { asset, atUs: range.toUs - 1n, prices }),
      totalPico,
    });
    compared.push({
      asset,
      comparison,
      billedByInvoice: new Map(
        bills.flatMap(({ number, totalPico: total, lines: ownLines }) =>
          number === null ? [] : [[number, total ?? sumOf(ownLines)]],
        ),
      ),
    });
  }
  await post(parts, claim, range.toUs - 1n, compared);
}

const sumOf = (lines: readonly BillLine[]): bigint =>
  lines.reduce((sum, { amountPico }) => sum + (amountPico ?? 0n), 0n);

/** 64 bits that name an invoice among the usages of its posting, 16 hex digits. */
const usageIdOf = (invoice: string, asset: Asset): SpanId =>
  uuidFromName(`invoice ${invoice} ${asset}`, NAMESPACE).replaceAll('-', '').slice(0, 16);

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
  parts: ReconcileParts,
  claim: DueReconciliation,
  effectiveAtUs: bigint,
  compared: readonly Compared[],
): Promise<void> {
  const { tenantId, provider, period, cause } = claim;
  const postingId = uuidFromName(`invoices ${tenantId} ${provider} ${period}`, NAMESPACE).replaceAll('-', '');
  await inTransaction(parts.db, async (client) => {
    const versions = await advancePostings(client, tenantId, [postingId]);
    const poster = await posterOf(client, parts, tenantId);
    const day = new Date(Number(effectiveAtUs / 1000n)).toISOString().slice(0, 10);
    const accrued = await readAccrued(client, tenantId, `2000:accrued:${provider}:${period}`, postingId);
    const target = compared.flatMap((each) => targetOf(each, provider, day, accrued.get(each.asset) ?? 0n));
    const posted = await readPosted(client, tenantId, [postingId]);
    const transactions = postDifferences(target, posted, {
      postingId,
      cause,
      transactionId: (code) => uuidFromName(`${postingId} ${versions.get(postingId)} ${code}`, NAMESPACE),
      effectiveAtUs: () => effectiveAtUs,
    });
    await commitPosting(client, poster, {
      transactions,
      traceIds: [],
      newTraceIds: new Set(),
      attempts: [],
      items: [],
    });
    await upsertReconciliation(client, tenantId, {
      provider,
      period,
      isBooked: compared.some(({ billedByInvoice }) => billedByInvoice.size > 0),
      result: compared.map(({ asset, comparison }): ReconciliationResult =>
        toReconciliationResult(comparison, asset.split('/')[0]!, MAX_KEYS_SHOWN),
      ),
      reconciledAtUs: poster.nowUs,
    });
  });
}

/**
 * The balances of a month's invoices in one currency. The first clears what the others do not: together they clear the
 * accrual that stands, whatever was compared.
 */
function targetOf(
  { asset, comparison, billedByInvoice }: Compared,
  provider: string,
  day: string,
  chargedPico: bigint,
): Balance[] {
  const invoices = [...billedByInvoice].sort(([a], [b]) => (a < b ? -1 : 1));
  const others = invoices.slice(1).reduce((sum, [, billedPico]) => sum + billedPico, 0n);
  // Posted meanwhile and not yet compared: unexplained until the next comparison, which is due by then.
  const unseenPico = comparison.ownPico - chargedPico;
  const variance = [...comparison.variancePico].map(([kind, amountPico]) => ({ kind, amountPico }));
  return invoices.flatMap(([invoice, billedPico], index) =>
    invoiceTarget({
      provider,
      invoice,
      day,
      asset,
      usageId: usageIdOf(invoice, asset),
      billedPico,
      chargedPico: index === 0 ? chargedPico - others : billedPico,
      variance: index === 0 ? [...variance, { kind: 'unexplained', amountPico: unseenPico }] : [],
      foreign: null,
    }),
  );
}
