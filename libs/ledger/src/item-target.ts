import type { Asset, Ref, SpanId } from '#model';
import { ACHIEVED, accountOfPlacement, accruedLinesAccount, CLAIMS, imputedAccount } from './accounts.ts';
import type { CostLine } from './cost-line.ts';
import type { ReversedAmount } from './reverse.ts';
import type { Balance } from './target.ts';

/** The outcome that stands for a work item. */
export interface StandingOutcome {
  /** Names this settlement among the usages of the posting: 64 bits, 16 hex digits. */
  readonly usageId: SpanId;
  readonly kind: string;
  readonly outcomeType: string;
  readonly achievedAtUs: bigint;
  /** In 10^-12 of the asset; null = no value was told. */
  readonly value: { readonly amountPico: bigint; readonly asset: string } | null;
}

/** A cost line with its price and its place. */
export interface PlacedLine extends ReversedAmount {
  readonly line: CostLine;
  readonly placement: string;
}

/**
 * Everything that is posted for a work item besides what its traces cost: the count of its standing outcome, its
 * value, and its cost lines. Depends on the facts alone.
 */
export function itemTarget(
  workItemRef: Ref,
  outcome: StandingOutcome | null,
  lines: readonly PlacedLine[],
): Balance[] {
  return [
    ...(outcome === null ? [] : outcomeBalances(workItemRef, outcome)),
    ...lines.flatMap((line) => lineBalances(workItemRef, line)),
  ];
}

function outcomeBalances(workItemRef: Ref, outcome: StandingOutcome): Balance[] {
  const base = {
    usageSpanId: outcome.usageId,
    usageDay: dayOf(outcome.achievedAtUs),
    provider: `outcome:${outcome.kind}`,
    callModel: outcome.outcomeType,
    attemptId: null,
    workItemRef,
    priceId: null,
  };
  const counted: { asset: Asset; amount: bigint }[] = [
    { asset: `OUT.${outcome.outcomeType}/0`, amount: 1n },
    ...(outcome.value === null ? [] : valueAmounts(outcome.value)),
  ];
  return counted.flatMap(({ asset, amount }) => [
    { ...base, account: ACHIEVED, asset, amount },
    { ...base, account: CLAIMS, asset, amount: -amount },
  ]);
}

const WHOLE = 1_000_000_000_000n;

/**
 * A ledger row holds 9.2 million units in pico; outcomes may be worth more. Whole units and the rest stand in two
 * assets (`VAL.USD/0`, `VAL.USD/12`), so that their sum is exact.
 */
function valueAmounts({ amountPico, asset }: NonNullable<StandingOutcome['value']>) {
  const code = asset.slice(0, asset.lastIndexOf('/'));
  const amounts: { asset: Asset; amount: bigint }[] = [
    { asset: `VAL.${code}/0`, amount: amountPico / WHOLE },
    { asset: `VAL.${code}/12`, amount: amountPico % WHOLE },
  ];
  return amounts.filter(({ amount }) => amount !== 0n);
}

function lineBalances(workItemRef: Ref, { line, asset, amountPico, placement }: PlacedLine): Balance[] {
  if (amountPico === 0n) return [];
  const day = dayOf(line.occurredAtUs);
  const base = {
    usageSpanId: line.usageId,
    usageDay: day,
    asset,
    provider: line.biller ?? `imputed:${line.source}`,
    callModel: line.kind,
    priceId: null,
  };
  return [
    {
      ...base,
      account: accountOfPlacement(placement, line.kind),
      attemptId: line.attemptId,
      workItemRef,
      amount: amountPico,
    },
    {
      ...base,
      account: line.biller === null ? imputedAccount(line.source) : accruedLinesAccount(line.biller, day),
      attemptId: null,
      workItemRef: null,
      amount: -amountPico,
    },
  ];
}

const dayOf = (atUs: bigint): string => new Date(Number(atUs / 1000n)).toISOString().slice(0, 10);
