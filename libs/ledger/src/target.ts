import { splitExactly, type Asset, type Ref, type SpanId } from '#model';
import {
  accruedAccount,
  OUTCOME,
  overheadAccount,
  UNATTRIBUTED,
  wasteAccount,
  WORK_IN_PROGRESS,
} from './accounts.ts';

/** A place a part of a charge sits in. */
export interface CostShare {
  readonly workItemRef: Ref;
  readonly attemptId: string;
  /** `work`, `outcome` or `waste:<reason>`. */
  readonly placement: string;
  readonly weight: bigint;
}

/** A priced usage and what is known now of where it belongs. */
export interface PlacedCharge {
  readonly usageSpanId: SpanId;
  /** UTC day of the span's start, `YYYY-MM-DD`. */
  readonly usageDay: string;
  readonly asset: Asset;
  readonly amountPico: bigint;
  readonly provider: string;
  readonly callModel: string;
  readonly priceId: string;
  readonly overheadPool: string | null;
  readonly shares: readonly CostShare[];
}

/** A balance of one usage: everything an entry is told apart by, and its amount (+ debit, - credit). */
export interface Balance {
  readonly usageSpanId: SpanId;
  readonly usageDay: string;
  readonly account: string;
  readonly asset: Asset;
  readonly provider: string;
  readonly callModel: string;
  readonly attemptId: string | null;
  readonly workItemRef: Ref | null;
  readonly priceId: string | null;
  readonly amount: bigint;
}

/**
 * Where a charge must sit, given the facts known now (ledger.md 1.4): one credit to the provider's accrual,
 * and debits that sum to the same amount. A charge of 0 has no balances.
 */
export function targetBalances(charge: PlacedCharge): Balance[] {
  if (charge.amountPico === 0n) return [];
  const base = {
    usageSpanId: charge.usageSpanId,
    usageDay: charge.usageDay,
    asset: charge.asset,
    provider: charge.provider,
    callModel: charge.callModel,
  };
  const credit: Balance = {
    ...base,
    account: accruedAccount(charge.provider, charge.usageDay),
    attemptId: null,
    workItemRef: null,
    priceId: charge.priceId,
    amount: -charge.amountPico,
  };
  return [credit, ...debits(charge).map((debit): Balance => ({ ...base, ...debit, priceId: null }))].filter(
    ({ amount }) => amount !== 0n,
  );
}

function debits(charge: PlacedCharge): Pick<Balance, 'account' | 'attemptId' | 'workItemRef' | 'amount'>[] {
  const whole = { attemptId: null, workItemRef: null, amount: charge.amountPico };
  if (charge.overheadPool !== null) return [{ ...whole, account: overheadAccount(charge.overheadPool) }];
  if (charge.shares.length === 0) return [{ ...whole, account: UNATTRIBUTED }];
  const parts = splitExactly(
    charge.amountPico,
    charge.shares.map(({ workItemRef, attemptId, weight }) => ({
      id: `${workItemRef} ${attemptId}`,
      weight,
    })),
  );
  return charge.shares.map(({ workItemRef, attemptId, placement }, index) => ({
    account: accountOf(placement),
    attemptId,
    workItemRef,
    amount: parts[index]!,
  }));
}

function accountOf(placement: string): string {
  if (placement === 'work') return WORK_IN_PROGRESS;
  if (placement === 'outcome') return OUTCOME;
  const [kind, reason] = placement.split(':');
  if (kind !== 'waste' || reason === undefined)
    throw new RangeError(`no account for the placement ${placement}`);
  return wasteAccount(reason);
}
