import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { roundHalfEven } from '#model';
import { allocatePool, poolTarget, type PoolMember } from './allocate-pool.ts';
import { poolsPolicySchema, type PoolRule } from './pools-policy.ts';
import { solvePools } from './solve-pools.ts';

const usd = (units: number): bigint => BigInt(Math.round(units * 1e6)) * 1_000_000n;
const member = (ref: string, units: bigint, outcomeType = 'ticket.resolved'): PoolMember => ({
  ref,
  outcomeType,
  units,
});
const ruleOf = (rule: object): PoolRule =>
  poolsPolicySchema.parse({ pools: [{ pool: 'p', ...rule }] }).pools[0]!;

test('[T2.6] $720 a day reserved, capacity 1 M units, 0.7 M used: $504 charged, $216 idle', () => {
  const rule = ruleOf({ practicalCapacityPerDay: '1000000', driver: 'retrievals' });
  const members = [member('a', 400_000n), member('b', 300_000n)];
  expect(allocatePool(usd(720), rule, members, 1)).toEqual({
    used: [
      { ref: 'a', amountPico: usd(288) },
      { ref: 'b', amountPico: usd(216) },
    ],
    idlePico: usd(216),
    leftPico: 0n,
  });
});

test('[T2.7] A 100 (20 % to B) and B 50 (10 % to A): x = (107.142857, 71.428571), outward 150', () => {
  const solved = solvePools([
    { pool: 'A', costPico: usd(100), serves: [{ pool: 'B', shareMicro: 200_000n }] },
    { pool: 'B', costPico: usd(50), serves: [{ pool: 'A', shareMicro: 100_000n }] },
  ])!;
  const sixPlaces = ({ numerator, denominator }: { numerator: bigint; denominator: bigint }) =>
    roundHalfEven(numerator, denominator * 1_000_000n);
  expect(solved.map(({ pool, gross }) => [pool, sixPlaces(gross)])).toEqual([
    ['A', 107_142_857n],
    ['B', 71_428_571n],
  ]);
  expect(solved.map(({ outwardPico }) => outwardPico)).toEqual([85_714_285_714_286n, 64_285_714_285_714n]);
  expect(solved.reduce((sum, { outwardPico }) => sum + outwardPico, 0n)).toBe(usd(150));
});

test.each<[string, object[], string]>([
  [
    'a pool that serves itself',
    [{ pool: 'a', serves: [{ pool: 'a', share: '0.1' }] }],
    'a serves a, which is itself',
  ],
  [
    'a pool that serves one unknown',
    [{ pool: 'a', serves: [{ pool: 'b', share: '0.1' }] }],
    'a serves b, which is no pool of this policy',
  ],
  [
    'pools that keep all of it going round',
    [
      { pool: 'a', serves: [{ pool: 'b', share: '1' }] },
      { pool: 'b', serves: [{ pool: 'a', share: '1' }] },
    ],
    'pools that serve each other must leave something for work items',
  ],
  [
    'a pool that gives away more than all',
    [
      {
        pool: 'a',
        serves: [
          { pool: 'b', share: '0.6' },
          { pool: 'c', share: '0.6' },
        ],
      },
      { pool: 'b' },
      { pool: 'c' },
    ],
    'pools that serve each other must leave something for work items',
  ],
  ['the same name twice', [{ pool: 'a' }, { pool: 'a' }], 'a pool is named twice'],
  [
    'fixed shares that do not sum to 1',
    [{ pool: 'a', method: 'fixed', fixedShares: { t: '0.5' } }],
    'the fixed shares must sum to 1',
  ],
  [
    'a capacity without a measure of use',
    [{ pool: 'a', method: 'even', practicalCapacityPerDay: '1' }],
    'a capacity goes with the method proportional',
  ],
])('refused: %s', (_, pools, message) => {
  const { error } = poolsPolicySchema.safeParse({ pools });
  expect(error?.issues.map((issue) => issue.message)).toContain(message);
});

test.each<[string, object, PoolMember[], object]>([
  [
    'even',
    { method: 'even' },
    [member('a', 9n), member('b', 1n), member('c', 0n)],
    {
      used: [
        ['a', 34n],
        ['b', 33n],
        ['c', 33n],
      ],
      idlePico: 0n,
      leftPico: 0n,
    },
  ],
  [
    'fixed by outcome type, even within one; the share of an absent type goes to the others',
    { method: 'fixed', fixedShares: { t: '0.6', u: '0.2', absent: '0.2' } },
    [member('a', 1n, 't'), member('b', 5n, 't'), member('c', 1n, 'u'), member('d', 1n, 'unnamed')],
    {
      used: [
        ['a', 38n],
        ['b', 37n],
        ['c', 25n],
      ],
      idlePico: 0n,
      leftPico: 0n,
    },
  ],
  [
    'proportional to members only',
    { outcomeTypes: ['t'] },
    [member('a', 1n, 't'), member('b', 3n, 't'), member('c', 96n, 'u')],
    {
      used: [
        ['a', 25n],
        ['b', 75n],
      ],
      idlePico: 0n,
      leftPico: 0n,
    },
  ],
  ['nobody used it', {}, [member('a', 0n)], { used: [], idlePico: 0n, leftPico: 100n }],
  ['no member at all', {}, [], { used: [], idlePico: 0n, leftPico: 100n }],
  [
    'nobody used its capacity: all of it is idle',
    { practicalCapacityPerDay: '10' },
    [],
    { used: [], idlePico: 100n, leftPico: 0n },
  ],
  [
    'used beyond its capacity: nothing is idle',
    { practicalCapacityPerDay: '10' },
    [member('a', 30n)],
    { used: [['a', 100n]], idlePico: 0n, leftPico: 0n },
  ],
])('allocation: %s', (_, rule, members, expected) => {
  const { used, ...rest } = allocatePool(100n, ruleOf(rule), members, 1);
  expect({ used: used.map(({ ref, amountPico }) => [ref, amountPico]), ...rest }).toEqual(expected);
});

test('law: used + idle + left is the amount, and what is posted balances, whatever the rule', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 15n), 10n ** 15n),
      fc.constantFrom(
        { method: 'even' },
        { method: 'fixed', fixedShares: { t: '0.3', u: '0.7' } },
        {},
        { practicalCapacityPerDay: '123.5' },
      ),
      fc.uniqueArray(
        fc.record({
          ref: fc.stringMatching(/^[a-z]{3}$/),
          outcomeType: fc.constantFrom('t', 'u', 'v'),
          units: fc.bigInt(0n, 1000n),
        }),
        { selector: ({ ref }) => ref, maxLength: 20 },
      ),
      fc.bigInt(-(10n ** 12n), 10n ** 12n),
      (amountPico, rule, members, fromPoolsPico) => {
        const allocation = allocatePool(amountPico, ruleOf(rule), members, 3);
        const used = allocation.used.reduce((sum, part) => sum + part.amountPico, 0n);
        expect(used + allocation.idlePico + allocation.leftPico).toBe(amountPico);
        const balances = poolTarget({
          pool: 'p',
          day: '2026-10-31',
          asset: 'USD/12',
          usageId: '0000000000000001',
          declared: [{ source: 'lease', amountPico: 7n }],
          fromPoolsPico,
          allocation,
        });
        expect(balances.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
      },
    ),
  );
});

test('law: reciprocal pools give outward exactly what they have', () => {
  const anyPools = fc.integer({ min: 1, max: 5 }).chain((count) =>
    fc.array(
      fc.record({
        cost: fc.bigInt(0n, 10n ** 15n),
        shares: fc.array(fc.integer({ min: 0, max: 190_000 }), { minLength: count, maxLength: count }),
      }),
      { minLength: count, maxLength: count },
    ),
  );
  fc.assert(
    fc.property(anyPools, (pools) => {
      const solved = solvePools(
        pools.map(({ cost, shares }, index) => ({
          pool: `p${index}`,
          costPico: cost,
          serves: shares.flatMap((micro, to) =>
            to === index ? [] : [{ pool: `p${to}`, shareMicro: BigInt(micro) }],
          ),
        })),
      )!;
      const total = pools.reduce((sum, { cost }) => sum + cost, 0n);
      expect(solved.reduce((sum, { outwardPico }) => sum + outwardPico, 0n)).toBe(total);
      expect(solved.every(({ outwardPico }) => outwardPico >= 0n)).toBe(true);
    }),
  );
});
