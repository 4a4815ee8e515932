import { parsePico, type Asset, type Ref, type SpanId } from '#model';
import type { Balance } from '../target.ts';
import { allocatePool, poolTarget, type PoolMember } from './allocate-pool.ts';
import { poolLinks, type PoolDriver, type PoolsPolicy } from './pools-policy.ts';
import { solvePools } from './solve-pools.ts';

/** A month of a tenant's pools. */
export interface PoolMonth {
  /** UTC day the entries stand under: the last of the month, `YYYY-MM-DD`. */
  readonly day: string;
  /** The policy in force on each UTC day of the month that has begun; null = none. */
  readonly policies: readonly (PoolsPolicy | null)[];
  /** What agents metered into each pool. */
  readonly metered: readonly { readonly pool: string; readonly asset: Asset; readonly amountPico: bigint }[];
  readonly items: readonly {
    readonly ref: Ref;
    readonly outcomeType: string;
    readonly units: Readonly<Record<PoolDriver, bigint>>;
  }[];
  /** Names a pool's month in one currency among the usages of its posting. */
  readonly usageIdOf: (pool: string, asset: Asset) => SpanId;
}

interface DeclaredCost {
  readonly pool: string;
  readonly source: string;
  readonly asset: Asset;
  readonly amountPico: bigint;
}

/**
 * What must be posted for each pool of a month: the cost declared for its days, what pools charge each other, the
 * used part by work item, the idle part. Rules are those of the last day; cost is declared day by day, so that a
 * version that begins within the month counts for its days.
 *
 * @returns balances by pool; every pool of the last day has an entry
 */
export function targetOfPools(month: PoolMonth): Map<string, Balance[]> {
  const policy = month.policies.at(-1) ?? { pools: [] };
  const targets = new Map<string, Balance[]>(policy.pools.map(({ pool }) => [pool, []]));
  const declared = declaredCosts(month.policies).filter(({ pool }) => targets.has(pool));
  const assets = new Set([...month.metered, ...declared].map(({ asset }) => asset));
  for (const asset of [...assets].sort()) {
    const sumOf = (
      costs: readonly { pool: string; asset: Asset; amountPico: bigint }[],
      pool: string,
    ): bigint =>
      costs.reduce(
        (sum, each) => (each.pool === pool && each.asset === asset ? sum + each.amountPico : sum),
        0n,
      );
    const owned = poolLinks(policy.pools).map((link) => ({
      ...link,
      costPico: sumOf(month.metered, link.pool) + sumOf(declared, link.pool),
    }));
    const solved = solvePools(owned);
    if (solved === null) throw new Error('pools that were accepted cannot be solved');
    for (const [index, rule] of policy.pools.entries()) {
      const { outwardPico } = solved[index]!;
      const members = month.items.map(({ ref, outcomeType, units }): PoolMember => ({
        ref,
        outcomeType,
        units: units[rule.driver],
      }));
      const target = poolTarget({
        pool: rule.pool,
        day: month.day,
        asset,
        usageId: month.usageIdOf(rule.pool, asset),
        declared: declared.filter((each) => each.pool === rule.pool && each.asset === asset),
        fromPoolsPico: outwardPico - owned[index]!.costPico,
        allocation: allocatePool(outwardPico, rule, members, month.policies.length),
      });
      targets.get(rule.pool)!.push(...target);
    }
  }
  return targets;
}

function declaredCosts(policies: readonly (PoolsPolicy | null)[]): DeclaredCost[] {
  const sums = new Map<string, DeclaredCost>();
  for (const policy of policies) {
    for (const { pool, declared } of policy?.pools ?? []) {
      for (const { source, amountPerDay, currency } of declared) {
        const asset: Asset = `${currency}/12`;
        const key = `${pool}\n${source}\n${asset}`;
        const amountPico = (sums.get(key)?.amountPico ?? 0n) + parsePico(amountPerDay)!;
        sums.set(key, { pool, source, asset, amountPico });
      }
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cost]) => cost);
}
