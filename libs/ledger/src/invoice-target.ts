import type { Asset, SpanId, VarianceKind } from '#model';
import { accruedAccount, fxAccount, payableAccount, varianceAccount } from './accounts.ts';
import type { Balance } from './target.ts';

/** What an invoice says of one usage month of a provider, and what the ledger says of it now. */
export interface InvoiceMonth {
  readonly provider: string;
  readonly invoice: string;
  /** UTC day the entries stand under: the last of the usage month, `YYYY-MM-DD`. */
  readonly day: string;
  /** The currency charges are in. */
  readonly asset: Asset;
  /** Names this part of the invoice among the usages of its posting: 64 bits, 16 hex digits. */
  readonly usageId: SpanId;
  /** What the invoice bills for the month, in the currency of the charges. */
  readonly billedPico: bigint;
  /** Σ charges of the provider and month that stand now. */
  readonly chargedPico: bigint;
  /** Explained parts of `billed - charged`; what they leave is rounding. */
  readonly variance: readonly { readonly kind: VarianceKind; readonly amountPico: bigint }[];
  /** The amount as it was billed, where that is another currency: it balances through the position of each. */
  readonly foreign: {
    readonly asset: Asset;
    readonly billedPico: bigint;
    /** Stands on the legs of the positions: the rate, who told it and of which day. */
    readonly rate: string;
  } | null;
}

/**
 * The balances of an invoice (ledger.md Ex 6 and 7): the accrual of the month is cleared into what is payable, and
 * what the invoice says beyond the charges stands as variance by kind. A later charge moves variance, not what is
 * payable: make the target again and post the difference.
 *
 * Charges and variance sum to the invoice, and the accrual of the month to 0, whatever the kinds given.
 */
export function invoiceTarget(month: InvoiceMonth): Balance[] {
  const { provider, invoice, day, billedPico, chargedPico, foreign } = month;
  const explained = new Map<VarianceKind, bigint>();
  for (const { kind, amountPico } of month.variance)
    explained.set(kind, (explained.get(kind) ?? 0n) + amountPico);
  const sum = [...explained.values()].reduce((total, amount) => total + amount, 0n);
  explained.set('rounding', (explained.get('rounding') ?? 0n) + billedPico - chargedPico - sum);
  const base = {
    usageSpanId: month.usageId,
    usageDay: day,
    provider,
    callModel: 'invoice',
    attemptId: null,
    workItemRef: null,
    priceId: null,
  };
  const payable = payableAccount(provider, invoice);
  const own = { ...base, asset: month.asset };
  return [
    { ...own, account: accruedAccount(provider, day), amount: chargedPico },
    ...[...explained].map(([kind, amount]) => ({ ...own, account: varianceAccount(provider, kind), amount })),
    ...(foreign === null
      ? [{ ...own, account: payable, amount: -billedPico }]
      : [
          { ...own, callModel: foreign.rate, account: fxAccount(month.asset), amount: -billedPico },
          {
            ...base,
            callModel: foreign.rate,
            asset: foreign.asset,
            account: fxAccount(foreign.asset),
            amount: foreign.billedPico,
          },
          { ...base, asset: foreign.asset, account: payable, amount: -foreign.billedPico },
        ]),
  ].filter(({ amount }) => amount !== 0n);
}

/**
 * The balances of an invoice whose amount cannot be brought into the currency of the charges, because nobody told a
 * rate: what is payable is known, and stands against the open position of its currency. No variance is claimed.
 */
export function unconvertedInvoiceTarget(
  month: Pick<InvoiceMonth, 'provider' | 'invoice' | 'day' | 'asset' | 'usageId' | 'billedPico'>,
): Balance[] {
  const { provider, invoice, day, asset, usageId, billedPico } = month;
  const base = {
    usageSpanId: usageId,
    usageDay: day,
    provider,
    attemptId: null,
    workItemRef: null,
    priceId: null,
    asset,
  };
  return [
    { ...base, callModel: 'no rate', account: fxAccount(asset), amount: billedPico },
    { ...base, callModel: 'invoice', account: payableAccount(provider, invoice), amount: -billedPico },
  ].filter(({ amount }) => amount !== 0n);
}
