import type { Asset, LedgerEntry } from '#model';
import { spanIdFromInt8 } from '../connection/hex-id.ts';

/** The columns of `ledger_entries` that an entry is made of. */
export interface LedgerEntryRow {
  readonly account: string;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly usage_span_id: bigint;
  readonly usage_day: string;
  readonly provider: string;
  readonly call_model: string;
  readonly attempt_id: string | null;
  readonly work_item_ref: string | null;
  readonly price_id: string | null;
}

export const toLedgerEntry = (row: LedgerEntryRow): LedgerEntry => ({
  account: row.account,
  asset: row.asset,
  amount: row.amount,
  usageSpanId: spanIdFromInt8(row.usage_span_id),
  usageDay: row.usage_day,
  provider: row.provider,
  callModel: row.call_model,
  attemptId: row.attempt_id,
  workItemRef: row.work_item_ref,
  priceId: row.price_id,
});
