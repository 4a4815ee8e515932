import { splitExactly, type Asset, type Ref, type SpanId } from '#model';
import {
  accountOfPlacement,
  accruedAccount,
  overheadAccount,
  PENDING,
  PENDING_ESTIMATES,
  UNATTRIBUTED,
  writtenOffAccount,
} from './accounts.ts';

/** A place a part of a charge sits in. */
export interface CostShare {
  readonly workItemRef: Ref;
  readonly attemptId: string;
  /** `work`, `outcome`, `carried:<reason>`, `waste:<reason>` or `overhead:<pool>`. */
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
  /** Null where a provider's report gave the amount of a call whose usage is unknown. */
  readonly priceId: string | null;
  readonly overheadPool: string | null;
  /** The reason for which it is written off as long as nothing links it; null = it is not. */
  readonly writtenOff: string | null;
  readonly shares: readonly CostShare[];
}

/** A call whose usage is not known, and what it may have cost. */
export type PendingEstimate = Pick<
  PlacedCharge,
  'usageSpanId' | 'usageDay' | 'asset' | 'amountPico' | 'provider' | 'callModel'
>;

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

// Members that are new stand before a spread, not behind it: there each copy would get a hidden class of its own.

/**
 * Where a charge must sit, given the facts known now (ledger.md 1.4): one credit to the provider's accrual,
 * and debits that sum to the same amount. A charge of 0 has no balances.
 */
export function targetBalances(charge: PlacedCharge): Balance[] {
  if (charge.amountPico === 0n) return [];
  const base = dimensionsOf(charge);
  const credit: Balance = {
    account: accruedAccount(charge.provider, charge.usageDay),
    attemptId: null,
    workItemRef: null,
    priceId: charge.priceId,
    amount: -charge.amountPico,
    ...base,
  };
  return [credit, ...debits(charge).map((debit): Balance => ({ priceId: null, ...debit, ...base }))].filter(
    ({ amount }) => amount !== 0n,
  );
}

/**
 * Memorandum balances of an estimate (ledger.md Ex 8): they stand until the charge is known or is known never to
 * come, and are in no balance of cost.
 */
export function pendingBalances(estimate: PendingEstimate): Balance[] {
  if (estimate.amountPico === 0n) return [];
  const base = { attemptId: null, workItemRef: null, priceId: null, ...dimensionsOf(estimate) };
  return [
    { account: PENDING, amount: estimate.amountPico, ...base },
    { account: PENDING_ESTIMATES, amount: -estimate.amountPico, ...base },
  ];
}

const dimensionsOf = (usage: PendingEstimate) => ({
  usageSpanId: usage.usageSpanId,
  usageDay: usage.usageDay,
  asset: usage.asset,
  provider: usage.provider,
  callModel: usage.callModel,
});

function debits(charge: PlacedCharge): Pick<Balance, 'account' | 'attemptId' | 'workItemRef' | 'amount'>[] {
  const whole = { attemptId: null, workItemRef: null, amount: charge.amountPico };
  if (charge.overheadPool !== null) return [{ account: overheadAccount(charge.overheadPool), ...whole }];
  if (charge.shares.length === 0) {
    const account = charge.writtenOff === null ? UNATTRIBUTED : writtenOffAccount(charge.writtenOff);
    return [{ account, ...whole }];
  }
  const parts = splitExactly(
    charge.amountPico,
    charge.shares.map(({ workItemRef, attemptId, weight }) => ({
      id: `${workItemRef} ${attemptId}`,
      weight,
    })),
  );
  return charge.shares.map(({ workItemRef, attemptId, placement }, index) => ({
    account: accountOfPlacement(placement),
    attemptId,
    // Overhead is borne by the attempt's workflow, not by the item.
    workItemRef: placement.startsWith('overhead:') ? null : workItemRef,
    amount: parts[index]!,
  }));
}
