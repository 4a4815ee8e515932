import { CostPolicies, describeRate, findRate, parseRate, toFxRate, type FxRate } from '#ledger';
import { formatPico, type Asset } from '#model';
import { modelMatcher } from '#pricing';
import {
  amountOf,
  chooseLines,
  compareBill,
  convertBill,
  currencyOfCharges,
  invoicesOf,
  type BillComparison,
  type BillDocument,
  type BillRate,
  type ForeignBill,
  type NotCompared,
} from '#reconciliation';
import {
  listFxRates,
  readInvoiceLines,
  readInvoices,
  type Database,
  type DueReconciliation,
  type InvoiceHead,
} from '#store';
import { bookAmount, ownUsageOf } from './own-usage.ts';
import type { TenantRulebook } from './tenant-rules.ts';

/** Versions of documents of one provider and month; more are refused when they are sent. */
const MAX_DOCUMENTS = 1000;
/** Rates of one pair that are read at most: several a day, for decades. */
const MAX_RATES = 100_000;

/** An invoice in the currency of the charges it is for. */
export interface PayableInvoice {
  readonly number: string;
  readonly billedPico: bigint;
  readonly foreign: { readonly asset: Asset; readonly billedPico: bigint; readonly rate: string } | null;
}

/** The documents of a bill that are for charges in one currency, compared with these. */
export interface Compared {
  readonly asset: Asset;
  readonly comparison: BillComparison;
  readonly foreign: readonly ForeignBill[];
  /** By number; none = reports only, and nothing is booked. */
  readonly invoices: readonly PayableInvoice[];
}

/** An invoice that nobody told a rate for: in its own currency. */
export interface UnconvertedInvoice {
  readonly number: string;
  readonly asset: Asset;
  readonly billedPico: bigint;
}

export interface ComparedBills {
  readonly compared: readonly Compared[];
  readonly notCompared: readonly NotCompared[];
  readonly unconverted: readonly UnconvertedInvoice[];
}

/** A document as it was sent, and in the currency of the charges. */
interface ReadDocument {
  readonly head: InvoiceHead;
  readonly sent: BillDocument;
  readonly currency: string;
  readonly rates: DocumentRates;
}

interface DocumentRates {
  readonly stated: BillRate | null;
  readonly booked: BillRate | null;
  /** Of the books, as it is named; null = nobody told one. */
  readonly bookedName: string | null;
  readonly missing: string;
}

/** Compares the standing documents of a provider and month with our charges of the month, as they are priced now. */
export async function compareBills(
  db: Database,
  claim: Pick<DueReconciliation, 'tenantId' | 'provider' | 'period'>,
  range: { readonly fromUs: bigint; readonly toUs: bigint },
  { prices, costPolicies }: Pick<TenantRulebook, 'prices' | 'costPolicies'>,
): Promise<ComparedBills> {
  const { tenantId, provider, period } = claim;
  const filter = { provider, period, after: null, limit: MAX_DOCUMENTS };
  const heads = (await readInvoices(db, tenantId, filter)).filter(({ isSuperseded }) => !isSuperseded);
  const usage = await ownUsageOf(db, tenantId, provider, range, prices);
  const charged = new Set([...usage.keys()].map((asset) => asset.split('/')[0]!));
  const documents: ReadDocument[] = [];
  for (const head of heads) {
    const currency = currencyOfCharges(head, charged);
    documents.push({
      head,
      sent: { ...toDocument(head), lines: await readInvoiceLines(db, tenantId, [head]) },
      currency,
      rates: await ratesOf(db, tenantId, head, currency, range.toUs - 1n, costPolicies),
    });
  }
  const compared: Compared[] = [];
  const left: ReadDocument[] = [];
  for (const currency of new Set(documents.map((each) => each.currency))) {
    const asset: Asset = `${currency}/12`;
    const own = usage.get(asset) ?? [];
    const toOwnModel = modelMatcher(own.map(({ model }) => model));
    const { bill, missing } = convertDocuments(documents.filter((each) => each.currency === currency));
    left.push(...missing);
    if (bill.documents.length === 0) continue;
    const { lines, totalPico } = chooseLines(bill.documents);
    const comparison = compareBill(lines, own, {
      canonicalModel: (_, model) => toOwnModel(model),
      bookAmountPico: (key, quantity) => bookAmount(key, quantity, { asset, atUs: range.toUs - 1n, prices }),
      totalPico,
      fxPico: bill.fxPico,
    });
    compared.push({ asset, comparison, foreign: bill.foreign, invoices: bill.invoices });
  }
  return { compared, ...toNotCompared(left) };
}

const toDocument = (head: InvoiceHead): Omit<BillDocument, 'lines'> => ({
  format: head.format,
  number: head.number === '' ? null : head.number,
  currency: head.currency,
  totalPico: head.totalPico,
  recordedAtUs: head.recordedAtUs,
});

/** The rates of a document's day: the one it states, and that of our books under the policy in force. */
async function ratesOf(
  db: Database,
  tenantId: bigint,
  head: InvoiceHead,
  currency: string,
  atUs: bigint,
  policies: CostPolicies,
): Promise<DocumentRates> {
  const one = { numerator: 1n, denominator: 1n };
  if (head.currency === currency) return { stated: null, booked: one, bookedName: null, missing: '' };
  const stated = head.statedRate === null ? null : parseRate(head.statedRate);
  const day = new Date(Number(atUs / 1000n)).toISOString().slice(0, 10);
  const known: FxRate[] = [];
  for (const [base, quote] of [
    [head.currency, currency],
    [currency, head.currency],
  ])
    known.push(...(await listFxRates(db, tenantId, { base, quote, limit: MAX_RATES })).map(toFxRate));
  const found = findRate(known, head.currency, currency, day, policies.fxAt(atUs).rule);
  return {
    stated:
      stated === null || head.chargedIn !== currency
        ? null
        : { numerator: stated.denominator, denominator: stated.numerator },
    booked: found.state === 'found' ? found : null,
    bookedName: found.state === 'found' && found.rate !== null ? describeRate(found.rate) : null,
    missing: found.state === 'missing' ? found.reason : '',
  };
}

interface ConvertedDocuments {
  readonly documents: readonly BillDocument[];
  readonly fxPico: bigint;
  readonly foreign: readonly ForeignBill[];
  readonly invoices: readonly PayableInvoice[];
}

/** Documents that are for charges in one currency, in that currency; those without a rate are left. */
function convertDocuments(documents: readonly ReadDocument[]): {
  readonly bill: ConvertedDocuments;
  readonly missing: readonly ReadDocument[];
} {
  const converted = new Map<BillDocument, ReadDocument & { bookedPico: bigint; fxPico: bigint }>();
  const foreign: ForeignBill[] = [];
  const missing: ReadDocument[] = [];
  for (const each of documents) {
    const { head, sent, rates, currency } = each;
    const isForeign = head.currency !== currency;
    const made = isForeign
      ? convertBill(sent, rates.stated, rates.booked)
      : { document: sent, bookedPico: amountOf(sent), fxPico: 0n };
    if (made === null) {
      missing.push(each);
      continue;
    }
    converted.set(made.document, { ...each, bookedPico: made.bookedPico ?? 0n, fxPico: made.fxPico });
    if (!isForeign) continue;
    const billedPico = amountOf(sent);
    foreign.push({
      number: sent.number,
      format: sent.format,
      currency: head.currency,
      billed: billedPico === null ? null : formatPico(billedPico),
      booked: made.bookedPico === null ? null : formatPico(made.bookedPico),
      rate: rates.bookedName,
      statedRate: rates.stated === null ? null : head.statedRate,
      fx: formatPico(made.fxPico),
    });
  }
  const payable = invoicesOf([...converted.keys()]);
  const sumOf = (its: readonly BillDocument[], of: (each: BillDocument) => bigint): bigint =>
    its.reduce((sum, each) => sum + of(each), 0n);
  const invoices = payable.map(({ number, currency: billedIn, documents: its }): PayableInvoice => {
    const { head, currency, rates } = converted.get(its[0]!)!;
    return {
      number,
      billedPico: sumOf(its, (each) => converted.get(each)!.bookedPico),
      foreign:
        billedIn === currency
          ? null
          : {
              asset: `${billedIn}/12`,
              billedPico: sumOf(its, (each) => amountOf(converted.get(each)!.sent) ?? 0n),
              rate: rates.bookedName ?? `${currency}/${billedIn} ${head.statedRate}, stated`,
            },
    };
  });
  const fxPico = sumOf(
    payable.flatMap((invoice) => invoice.documents),
    (each) => converted.get(each)!.fxPico,
  );
  return { bill: { documents: [...converted.keys()], fxPico, foreign, invoices }, missing };
}

function toNotCompared(left: readonly ReadDocument[]): Pick<ComparedBills, 'notCompared' | 'unconverted'> {
  return {
    notCompared: left.map(({ sent, rates }) => ({
      number: sent.number,
      format: sent.format,
      currency: sent.currency,
      billed: formatPico(amountOf(sent) ?? 0n),
      reason: rates.missing,
    })),
    unconverted: invoicesOf(left.map(({ sent }) => sent)).map(({ number, currency, documents }) => ({
      number,
      asset: `${currency}/12`,
      billedPico: documents.reduce((sum, each) => sum + (amountOf(each) ?? 0n), 0n),
    })),
  };
}
