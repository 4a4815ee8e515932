import type { Asset } from './money.ts';
import type { SpanId } from './span.ts';
import type { Ref } from './work-item.ts';

/**
 * Transaction codes of ledger.md 1.3. They say which kind of fact moved the balance; the balances
 * themselves never depend on the code.
 */
export type TransactionCode =
  | 'C100' // usage accrued
  | 'C110' // estimate pending
  | 'C111' // pending estimate posted
  | 'C112' // pending estimate voided
  | 'C200' // attributed to a work item
  | 'C210' // shared cost allocated
  | 'C220' // put into an overhead pool
  | 'C300' // outcome settled
  | 'C310' // outcome reopened
  | 'C400' // re-priced
  | 'C410' // re-attributed
  | 'C420' // re-normalised
  | 'C500' // invoice booked
  | 'C510' // variance against an invoice
  | 'C600' // written off
  | 'C700' // moved between currencies
  | 'C900'; // reversed by hand

/** One leg. Positive is debit, negative is credit. */
export interface LedgerEntry {
  /** `5100:work`, `5300:waste:retry`, `2000:accrued:openai:2026-10`, ... */
  readonly account: string;
  readonly asset: Asset;
  readonly amount: bigint;
  /** The leaf whose charge this is part of. */
  readonly usageSpanId: SpanId;
  /** UTC day of the span's start, `YYYY-MM-DD`. */
  readonly usageDay: string;
  readonly provider: string;
  readonly callModel: string;
  readonly attemptId: string | null;
  readonly workItemRef: Ref | null;
  /** The price row of the charge, on the 2000 side. */
  readonly priceId: string | null;
}

/** Balanced per asset; never changed once written. */
export interface LedgerTransaction {
  readonly transactionId: string;
  readonly postingId: string;
  readonly code: TransactionCode;
  readonly cause: string;
  /** When it took effect in the business, microseconds since the epoch. */
  readonly effectiveAtUs: bigint;
  /** Posting period `YYYY-MM`. */
  readonly period: string;
  readonly entries: readonly LedgerEntry[];
}
