import { parsePico, roundHalfEven, splitExactly, type Asset, type Ref, type SpanId } from '#model';
import {
  allocatedAccount,
  appliedAccount,
  BETWEEN_POOLS,
  declaredAccount,
  idleAccount,
  imputedAccount,
} from '../accounts.ts';
import type { Balance } from '../target.ts';
import type { PoolRule } from './pools-policy.ts';

/** A work item that uses a pool in a period, and how much of each driver. */
export interface PoolMember {
  readonly ref: Ref;
  readonly outcomeType: string;
  /** Units of the pool's driver; for `direct_cost` pico. */
  readonly units: bigint;
}

/** What goes out of a pool in one currency. */
export interface Allocation {
  readonly used: readonly { readonly ref: Ref; readonly amountPico: bigint }[];
  /** Practical capacity that nobody used. */
  readonly idlePico: bigint;
  /** No member used it and it has no capacity to stand idle: it stays in the pool. */
  readonly leftPico: bigint;
}

/**
 * Divides what a pool has by its rule: to its members in exact parts, the unused share of its practical capacity to
 * idle (methods.md 2.7). `used + idle + left` is the amount, to the pico.
 *
 * @param days of the period that the pool's capacity stood ready
 */
export function allocatePool(
  amountPico: bigint,
  rule: PoolRule,
  members: readonly PoolMember[],
  days: number,
): Allocation {
  const isMember = ({ outcomeType }: PoolMember): boolean =>
    rule.outcomeTypes === null || rule.outcomeTypes.includes(outcomeType);
  const own = members.filter(isMember);
  const units = own.reduce((sum, member) => sum + member.units, 0n);
  const idlePico =
    rule.practicalCapacityPerDay === null
      ? 0n
      : idleOf(amountPico, rule.practicalCapacityPerDay, units, days);
  const chargedPico = amountPico - idlePico;
  const parts = chargedPico === 0n ? null : partsOf(chargedPico, rule, own, units);
  if (parts === null) return { used: [], idlePico, leftPico: chargedPico };
  const used = own.map(({ ref }, index) => ({ ref, amountPico: parts[index]! }));
  return { used: used.filter((part) => part.amountPico !== 0n), idlePico, leftPico: 0n };
}

function idleOf(amountPico: bigint, capacityPerDay: string, units: bigint, days: number): bigint {
  const capacityPico = parsePico(capacityPerDay)! * BigInt(days);
  const usedPico = units * 1_000_000_000_000n;
  if (usedPico >= capacityPico) return 0n;
  return amountPico - roundHalfEven(amountPico * usedPico, capacityPico);
}

/** @returns the parts of the members, in their order; null where nobody can bear the amount */
function partsOf(
  amountPico: bigint,
  rule: PoolRule,
  members: readonly PoolMember[],
  units: bigint,
): bigint[] | null {
  if (members.length === 0) return null;
  if (rule.method === 'even')
    return splitExactly(
      amountPico,
      members.map(({ ref }) => ({ id: ref, weight: 1n })),
    );
  if (rule.method === 'proportional')
    return units === 0n
      ? null
      : splitExactly(
          amountPico,
          members.map(({ ref, units: weight }) => ({ id: ref, weight })),
        );
  return fixedParts(amountPico, rule.fixedShares, members);
}

/** Declared shares by outcome type, even among its items; a type without items leaves its share to the others. */
function fixedParts(
  amountPico: bigint,
  shares: Readonly<Record<string, string>>,
  members: readonly PoolMember[],
): bigint[] | null {
  const types = [...new Set(members.map(({ outcomeType }) => outcomeType))]
    .filter((type) => Object.hasOwn(shares, type))
    .map((type) => ({ id: type, weight: parsePico(shares[type]!)! }))
    .filter(({ weight }) => weight > 0n);
  if (types.length === 0) return null;
  const amounts = splitExactly(amountPico, types);
  const parts = new Map<Ref, bigint>();
  for (const [index, { id }] of types.entries()) {
    const items = members.filter(({ outcomeType }) => outcomeType === id);
    const ofType = splitExactly(
      amounts[index]!,
      items.map(({ ref }) => ({ id: ref, weight: 1n })),
    );
    for (const [at, { ref }] of items.entries()) parts.set(ref, ofType[at]!);
  }
  return members.map(({ ref }) => parts.get(ref) ?? 0n);
}

/** A pool in a period, in one currency, with all that is to stand for it. */
export interface PoolPeriod {
  readonly pool: string;
  /** UTC day the entries stand under: the last of the period. */
  readonly day: string;
  readonly asset: Asset;
  /** Names the pool's period among the usages of its posting: 64 bits, 16 hex digits. */
  readonly usageId: SpanId;
  readonly declared: readonly { readonly source: string; readonly amountPico: bigint }[];
  /** What other pools charged it less what it charged them. */
  readonly fromPoolsPico: bigint;
  readonly allocation: Allocation;
}

/** The balances of a pool's period: declared cost in (C220), used and idle parts out (C210). */
export function poolTarget(period: PoolPeriod): Balance[] {
  const base = {
    usageSpanId: period.usageId,
    usageDay: period.day,
    asset: period.asset,
    provider: `imputed:pool:${period.pool}`,
    callModel: 'overhead',
    attemptId: null,
    priceId: null,
  };
  const { used, idlePico } = period.allocation;
  const out = used.reduce((sum, { amountPico }) => sum + amountPico, idlePico);
  const whole = { ...base, workItemRef: null };
  return [
    ...period.declared.flatMap(({ source, amountPico }) => [
      { ...whole, account: declaredAccount(period.pool), amount: amountPico },
      { ...whole, account: imputedAccount(source), amount: -amountPico },
    ]),
    ...used.map(({ ref, amountPico }) => ({
      ...base,
      account: appliedAccount(period.pool),
      workItemRef: ref,
      amount: amountPico,
    })),
    { ...whole, account: idleAccount(period.pool), amount: idlePico },
    { ...whole, account: allocatedAccount(period.pool), amount: period.fromPoolsPico - out },
    { ...whole, account: BETWEEN_POOLS, amount: -period.fromPoolsPico },
  ].filter(({ amount }) => amount !== 0n);
}
