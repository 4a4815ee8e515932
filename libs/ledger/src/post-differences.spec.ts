import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { LedgerTransaction } from '#model';
import { postDifferences } from './post-differences.ts';
import { targetBalances, type Balance, type CostShare, type PlacedCharge } from './target.ts';

// The worked examples of ledger.md 1.5, prices of pb-7: $3, $15 and $0.30 per million tokens; pb-8: $12 output.
const cost = (input: number, output: number, cached = 0, outputPrice = 15_000_000n) =>
  BigInt(input) * 3_000_000n + BigInt(output) * outputPrice + BigInt(cached) * 300_000n;

const share = (workItemRef: string, placement: string, weight = 1n): CostShare => ({
  workItemRef,
  attemptId: `${workItemRef}/attempt`,
  placement,
  weight,
});
const charge = (
  usageSpanId: string,
  amountPico: bigint,
  day: string,
  shares: CostShare[],
  priceId = 'pb-7',
): PlacedCharge => ({
  usageSpanId,
  usageDay: day,
  asset: 'USD/12',
  amountPico,
  provider: 'prov',
  callModel: 'm',
  priceId,
  overheadPool: null,
  writtenOff: null,
  shares,
});

/** A ledger in memory: posts a new target and remembers what stands. */
class Books {
  readonly transactions: LedgerTransaction[] = [];
  post(cause: string, ...charges: PlacedCharge[]): string[] {
    const made = postDifferences(charges.flatMap(targetBalances), this.standing(), {
      postingId: 'p',
      cause,
      transactionId: (code) => `${this.transactions.length}/${code}`,
      effectiveAtUs: () => 0n,
    });
    this.transactions.push(...made);
    return made.map(({ code }) => code);
  }
  standing(): Balance[] {
    return this.transactions.flatMap(({ entries }) => entries.map((entry) => ({ ...entry })));
  }
  balances(): Record<string, bigint> {
    const sums: Record<string, bigint> = {};
    for (const { account, workItemRef, amount } of this.standing()) {
      const key = workItemRef === null ? account : `${account} ${workItemRef}`;
      sums[key] = (sums[key] ?? 0n) + amount;
    }
    return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0n));
  }
}

test('Ex 1 to Ex 5: retry, shared trace, late outcome, reopened, re-priced', () => {
  const books = new Books();
  const [u1, u2, u3, u4] = [cost(2000, 300), cost(2400, 500), cost(2001, 266, 25), cost(1500, 300)];
  expect([u1, u2, u3, u4]).toEqual([10_500_000_000n, 14_700_000_000n, 10_000_500_000n, 9_000_000_000n]);
  const w1 = (placement: string) => [share('claim:1:W1', placement)];
  const w23 = (two: string, three: string) => [share('claim:1:W2', two, 1n), share('claim:1:W3', three, 2n)];
  const first = charge('u1', u1, '2026-10-03', w1('waste:retry'));

  // Ex 1: accrued, attributed, settled.
  expect(books.post('spans', charge('u1', u1, '2026-10-03', []), charge('u2', u2, '2026-10-03', []))).toEqual(
    ['C100'],
  );
  expect(
    books.post(
      'link',
      charge('u1', u1, '2026-10-03', w1('work')),
      charge('u2', u2, '2026-10-03', w1('work')),
    ),
  ).toEqual(['C200']);
  const second = charge('u2', u2, '2026-10-03', w1('outcome'));
  expect(books.post('outcome', first, second)).toEqual(['C300']);
  expect(books.balances()).toEqual({
    '2000:accrued:prov:2026-10': -25_200_000_000n,
    '5200:outcome claim:1:W1': 14_700_000_000n,
    '5300:waste:retry claim:1:W1': 10_500_000_000n,
  });

  // Ex 2 and 3: one call for two items by 1:2, one settled first, the other late.
  expect(books.post('spans', first, second, charge('u3', u3, '2026-10-20', w23('outcome', 'work')))).toEqual([
    'C100',
  ]);
  const third = charge('u3', u3, '2026-10-20', w23('outcome', 'outcome'));
  expect(books.post('late', first, second, third)).toEqual(['C300']);
  expect(books.balances()).toMatchObject({
    '2000:accrued:prov:2026-10': -35_200_500_000n,
    '5200:outcome claim:1:W2': 3_333_500_000n,
    '5200:outcome claim:1:W3': 6_667_000_000n,
  });

  // Ex 4: reopened, reworked, settled again.
  expect(books.post('reopened', first, charge('u2', u2, '2026-10-03', w1('work')), third)).toEqual(['C310']);
  const fourth = charge('u4', u4, '2026-11-11', w1('outcome'));
  const reopened = charge('u2', u2, '2026-10-03', w1('waste:reopened'));
  expect(books.post('settled again', first, reopened, third, fourth)).toEqual(['C100', 'C300']);
  expect(books.balances()).toMatchObject({
    '5200:outcome claim:1:W1': 9_000_000_000n,
    '5300:waste:reopened claim:1:W1': 14_700_000_000n,
    '5300:waste:retry claim:1:W1': 10_500_000_000n,
  });

  // Ex 5: output was $12 from 1 October; November is untouched. The new total of u3 is split anew.
  const repriced = [
    charge('u1', cost(2000, 300, 0, 12_000_000n), '2026-10-03', w1('waste:retry'), 'pb-8'),
    charge('u2', cost(2400, 500, 0, 12_000_000n), '2026-10-03', w1('waste:reopened'), 'pb-8'),
    charge('u3', cost(2001, 266, 25, 12_000_000n), '2026-10-20', w23('outcome', 'outcome'), 'pb-8'),
    fourth,
  ];
  expect(books.post('price.book', ...repriced)).toEqual(['C400']);
  expect(books.balances()).toEqual({
    '2000:accrued:prov:2026-10': -32_002_500_000n,
    '2000:accrued:prov:2026-11': -9_000_000_000n,
    '5200:outcome claim:1:W1': 9_000_000_000n,
    '5200:outcome claim:1:W2': 3_067_500_000n,
    '5200:outcome claim:1:W3': 6_135_000_000n,
    '5300:waste:reopened claim:1:W1': 13_200_000_000n,
    '5300:waste:retry claim:1:W1': 9_600_000_000n,
  });
  expect(books.post('again', ...repriced)).toEqual([]);
});

test('what is no longer charged is taken back, overhead and a charge of nothing have their places', () => {
  const books = new Books();
  books.post('spans', charge('u1', 7n, '2026-10-03', []), charge('u0', 0n, '2026-10-03', []));
  expect(books.post('policy', { ...charge('u1', 7n, '2026-10-03', []), overheadPool: 'evals' })).toEqual([
    'C220',
  ]);
  expect(books.balances()).toEqual({ '2000:accrued:prov:2026-10': -7n, '5400:overhead:evals': 7n });
  expect(books.post('arbitration')).toEqual(['C410']);
  expect(books.balances()).toEqual({});
});

test('what another reading of the same spans moves has a code of its own, whatever it moves', () => {
  const books = new Books();
  const work = (amountPico: bigint) => charge('u', amountPico, '2026-10-20', [share('W', 'work')]);
  expect(books.post('spans', work(10n))).toEqual(['C100']);
  expect(books.post('renormalise:1', work(10n))).toEqual([]);
  expect(books.post('renormalise:2', work(7n))).toEqual(['C420']);
  expect(books.post('renormalise:3', work(7n), charge('v', 5n, '2026-10-20', []))).toEqual(['C420']);
  expect(books.balances()).toEqual({
    '2000:accrued:prov:2026-10': -12n,
    '5000:unattributed': 5n,
    '5100:work W': 7n,
  });
});

test('any path of targets ends where the last one says, balanced at every step', () => {
  const placements = ['work', 'outcome', 'waste:retry', 'waste:failed'];
  const anyCharge = fc.record({
    usage: fc.constantFrom('a', 'b', 'c'),
    amount: fc.bigInt(0n, 10n ** 12n),
    price: fc.constantFrom('p1', 'p2'),
    pool: fc.option(fc.constantFrom('evals')),
    shares: fc.uniqueArray(
      fc.record({
        item: fc.constantFrom('W1', 'W2', 'W3'),
        placement: fc.constantFrom(...placements),
        weight: fc.bigInt(0n, 5n),
      }),
      {
        selector: ({ item }) => item,
        maxLength: 3,
      },
    ),
  });
  const anyTarget = fc.uniqueArray(anyCharge, { selector: ({ usage }) => usage, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(anyTarget, { minLength: 1, maxLength: 5 }), (targets) => {
      const toCharges = (target: (typeof targets)[number]) =>
        target.map((each): PlacedCharge => ({
          ...charge(
            each.usage,
            each.amount,
            '2026-10-03',
            each.shares.map((s) => share(s.item, s.placement, s.weight)),
            each.price,
          ),
          overheadPool: each.pool,
        }));
      const wandering = new Books();
      for (const [step, target] of targets.entries()) wandering.post(String(step), ...toCharges(target));
      const direct = new Books();
      direct.post('at once', ...toCharges(targets.at(-1)!));
      expect(wandering.balances()).toEqual(direct.balances());
      expect(Object.values(wandering.balances()).reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
    }),
  );
});
