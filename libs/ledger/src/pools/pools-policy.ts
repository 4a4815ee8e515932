import { parsePico } from '#model';
import { z } from 'zod';
import { solvePools } from './solve-pools.ts';

const pool = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, "_" and "-"');
const decimal = z.string().regex(/^\d{1,9}(\.\d{1,12})?$/, 'must be a decimal string, as "720" or "0.2"');
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as "USD"');
const share = z.string().regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a decimal from 0 to 1, as "0.2"');

/** What the cost of a pool is divided by. */
export const POOL_DRIVERS = ['retrievals', 'model_calls', 'attempts', 'items', 'direct_cost'] as const;
export type PoolDriver = (typeof POOL_DRIVERS)[number];

const poolRule = z
  .strictObject({
    pool,
    method: z.enum(['proportional', 'even', 'fixed']).default('proportional').meta({
      description:
        'proportional: by the driver; even: the same for each work item; fixed: declared shares by outcome type',
    }),
    driver: z.enum(POOL_DRIVERS).default('items'),
    outcomeTypes: z
      .array(z.string().min(1).max(127))
      .max(200)
      .nullable()
      .default(null)
      .meta({ description: 'Work items that are members; null = all with an attempt in the period' }),
    fixedShares: z.record(z.string().min(1).max(127), share).default({}),
    declared: z
      .array(
        z.strictObject({
          source: z.string().min(1).max(200),
          amountPerDay: decimal,
          currency,
        }),
      )
      .max(50)
      .default([])
      .meta({
        description: 'Cost of the pool beside what was metered into it: reserved capacity, own machines',
      }),
    practicalCapacityPerDay: decimal
      .nullable()
      .default(null)
      .meta({ description: 'Units of the driver a day can serve; what is not used stands as idle' }),
    serves: z
      .array(z.strictObject({ pool, share }))
      .max(50)
      .default([])
      .meta({ description: 'Shares of this pool that other pools use' }),
  })
  .refine(
    (rule) => rule.method !== 'fixed' || sumOf(Object.values(rule.fixedShares)) === parsePico('1'),
    'the fixed shares must sum to 1',
  )
  .refine(
    (rule) => rule.practicalCapacityPerDay === null || rule.method === 'proportional',
    'a capacity goes with the method proportional',
  )
  .refine(
    (rule) => rule.practicalCapacityPerDay === null || /[1-9]/.test(rule.practicalCapacityPerDay),
    'a capacity must be more than 0',
  );

/** What `policies.rule` holds under the name `pools`: how the cost of each overhead pool reaches work items. */
export const poolsPolicySchema = z
  .strictObject({
    pools: z
      .array(poolRule)
      .max(100)
      .refine(
        (pools) => new Set(pools.map((each) => each.pool)).size === pools.length,
        'a pool is named twice',
      ),
  })
  .superRefine(({ pools }, context) => {
    const known = new Set(pools.map((each) => each.pool));
    const served = pools.flatMap((each) => each.serves.map((use) => ({ from: each.pool, to: use.pool })));
    for (const { from, to } of served) {
      if (!known.has(to) || from === to)
        context.addIssue({
          code: 'custom',
          path: ['pools'],
          message: `${from} serves ${to}, which is ${from === to ? 'itself' : 'no pool of this policy'}`,
        });
    }
    if (served.every(({ from, to }) => known.has(to) && from !== to) && solvePools(poolLinks(pools)) === null)
      context.addIssue({
        code: 'custom',
        path: ['pools'],
        message: 'pools that serve each other must leave something for work items',
      });
  })
  .meta({ id: 'PoolsPolicyRule' });
export type PoolsPolicy = z.infer<typeof poolsPolicySchema>;
export type PoolRule = PoolsPolicy['pools'][number];

/** The pools as the solver takes them, with no cost in any of them. */
export const poolLinks = (pools: readonly Pick<PoolRule, 'pool' | 'serves'>[]) =>
  pools.map((each) => ({
    pool: each.pool,
    costPico: 0n,
    serves: each.serves.map((use) => ({ pool: use.pool, shareMicro: shareMicro(use.share) })),
  }));

/** `"0.2"` -> 200000 millionths. */
const shareMicro = (text: string): bigint => parsePico(text)! / 1_000_000n;

const sumOf = (shares: readonly string[]): bigint =>
  shares.reduce((sum, each) => sum + (parsePico(each) ?? 0n), 0n);
