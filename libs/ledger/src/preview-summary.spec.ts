import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { LedgerTransaction } from '#model';
import { addPage, chargesOf, previewSummarySchema, sumMoves } from './preview-summary.ts';

interface Leg {
  readonly posting: number;
  readonly span: number;
  readonly account: string;
  readonly asset: 'USD/12' | 'EUR/12';
  readonly day: number;
  readonly amount: bigint;
}
const leg: fc.Arbitrary<Leg> = fc.record({
  posting: fc.integer({ min: 0, max: 9 }),
  span: fc.integer({ min: 0, max: 3 }),
  account: fc.constantFrom('5000:unattributed', '5100:work', '5300:waste:retry', '2000:accrued:p:2026-01'),
  asset: fc.constantFrom('USD/12', 'EUR/12'),
  day: fc.integer({ min: 1, max: 2 }),
  amount: fc.bigInt({ min: -40n, max: 40n }),
});

/** One transaction of one leg: what it balances with is beside the point. A span is of one day. */
const transactionOf = ({ posting, span, account, asset, amount }: Leg): LedgerTransaction => ({
  transactionId: 't',
  postingId: `trace ${posting}`,
  code: 'C400',
  cause: 'c',
  effectiveAtUs: 0n,
  period: '2026-01',
  entries: [
    {
      account,
      asset,
      amount,
      usageSpanId: `span ${span}`,
      usageDay: `2026-0${1 + (span % 2)}-10`,
      provider: 'p',
      callModel: 'm',
      attemptId: null,
      workItemRef: posting % 3 === 0 ? null : `ticket:1:T${posting}`,
      priceId: null,
    },
  ],
});
const ALL = new Set(Array.from({ length: 10 }, (_, n) => `trace ${n}`));
const EMPTY = previewSummarySchema.parse({});
const isOdd = ({ posting }: Leg): boolean => posting % 2 === 1;

test('pages add up, however postings are dealt to them: counts, months and the largest moves are those of all', () => {
  fc.assert(
    fc.property(fc.array(leg, { maxLength: 120 }), (legs) => {
      const sums = (part: readonly Leg[]) => sumMoves(part.map(transactionOf), ALL);
      const page = (before: typeof EMPTY, part: readonly Leg[]) => {
        const moved = sums(part);
        return addPage(before, moved, chargesOf(part.map(transactionOf)), moved.workItemRefs.length);
      };
      const whole = page(EMPTY, legs);
      const odd = legs.filter(isOdd);
      const even = legs.filter((each) => !isOdd(each));
      expect(page(page(EMPTY, odd), even)).toEqual(whole);
      expect(page(page(EMPTY, even), odd)).toEqual(whole);
      expect(page(EMPTY, legs.toReversed())).toEqual(whole);
    }),
  );
});

test('equal moves of two assets stand in one order', () => {
  const of = (asset: Leg['asset']): Leg => ({
    posting: 9,
    span: 2,
    account: '5300:waste:retry',
    asset,
    day: 1,
    amount: -38n,
  });
  const movesOf = (legs: Leg[]) => addPage(EMPTY, sumMoves(legs.map(transactionOf), ALL), {}, 1).moves;
  expect(movesOf([of('USD/12'), of('EUR/12')])).toEqual(movesOf([of('EUR/12'), of('USD/12')]));
});

test('what goes there and comes back is nothing; the largest come first, and no more than 20 of each asset', () => {
  const of = (span: number, amount: bigint, account = '5100:work'): Leg => ({
    posting: 1,
    span,
    account,
    asset: 'USD/12',
    day: 1,
    amount,
  });
  const moved = sumMoves(
    [
      of(0, 5n),
      of(0, -5n),
      of(1, 3n, '5000:unattributed'),
      of(1, -3n),
      of(2, 7n, '2000:accrued:p:2026-01'),
      ...Array.from({ length: 30 }, (_, n) => of(10 + n, BigInt(n - 100))),
    ].map(transactionOf),
    ALL,
  );
  expect(moved).toMatchObject({ charges: 31, traces: 1, workItemRefs: ['ticket:1:T1'] });
  const amounts = addPage(EMPTY, moved, {}, 1).moves.map(({ amount }) => amount);
  expect(amounts).toEqual(Array.from({ length: 20 }, (_, n) => `${n - 100}`));
  expect(chargesOf([of(0, 5n), of(1, 2n, '2000:accrued:p:2026-01')].map(transactionOf))).toEqual({
    'USD/12': '5',
  });
});
