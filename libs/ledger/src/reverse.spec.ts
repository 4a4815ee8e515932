import { expect, test } from '@jest/globals';
import { postWithReversals, reversedAmounts, takeBack, type ApprovedReversal } from './reverse.ts';
import { targetBalances, type Balance, type PlacedCharge } from './target.ts';

const charge = (amountPico: bigint, placement: string): PlacedCharge => ({
  usageSpanId: 'u1',
  usageDay: '2026-10-03',
  asset: 'USD/12',
  amountPico,
  provider: 'prov',
  callModel: 'm',
  priceId: 'p1',
  overheadPool: null,
  writtenOff: null,
  shares: [{ workItemRef: 'claim:1:C1', attemptId: 'a', placement, weight: 1n }],
});
const reversal = (isPosted: boolean): ApprovedReversal => ({
  postingId: 'p',
  reversingId: 'r1',
  cause: 'adjustment:a',
  decidedAtUs: 1_793_000_000_000_000n,
  isPosted,
  amounts: reversedAmounts(targetBalances(charge(10n, 'work'))),
});
const context = {
  postingId: 'p',
  cause: 'spans',
  transactionId: (code: string) => code,
  effectiveAtUs: () => 0n,
};
/** Posts a charge over what stands. */
const post = (now: PlacedCharge, posted: readonly Balance[], reversals: readonly ApprovedReversal[]) =>
  postWithReversals(
    (taken) => takeBack([now], taken).flatMap(targetBalances),
    posted,
    reversals,
    context,
  ).map(({ code, entries }) => [code, ...entries.map(({ account, amount }) => `${account} ${amount}`)]);
const stands = (amountPico: bigint, placement: string) => targetBalances(charge(amountPico, placement));

test.each<[string, PlacedCharge, readonly Balance[], boolean, string[][]]>([
  [
    'is posted once',
    charge(10n, 'work'),
    stands(10n, 'work'),
    false,
    [['C900', '2000:accrued:prov:2026-10 10', '5100:work -10']],
  ],
  ['and stands', charge(10n, 'work'), [], true, []],
  [
    'after what else is new',
    charge(10n, 'outcome'),
    stands(10n, 'work'),
    false,
    [
      ['C300', '5100:work -10', '5200:outcome 10'],
      ['C900', '2000:accrued:prov:2026-10 10', '5200:outcome -10'],
    ],
  ],
  ['of a charge that moved goes with it', charge(10n, 'outcome'), [], true, []],
  [
    'of a charge that another price row prices since leaves the difference',
    { ...charge(12n, 'work'), priceId: 'p2' },
    [],
    true,
    [['C100', '2000:accrued:prov:2026-10 -2', '5100:work 2']],
  ],
  ['takes no more than is charged now', { ...charge(7n, 'work'), priceId: 'p2' }, [], true, []],
  [
    'of a charge whose price row says more now leaves the difference',
    charge(12n, 'work'),
    [],
    true,
    [['C100', '2000:accrued:prov:2026-10 -2', '5100:work 2']],
  ],
])('a reversal %s', (_, now, posted, isPosted, expected) => {
  expect(post(now, posted, [reversal(isPosted)])).toEqual(expected);
});

test('a charge that is gone has nothing to take back', () => {
  const transactions = postWithReversals(
    (taken) => takeBack<PlacedCharge>([], taken).flatMap(targetBalances),
    [],
    [reversal(false)],
    context,
  );
  expect(transactions).toEqual([]);
});

test.each<[string, [string, bigint][], [string, bigint][], [string, bigint][]]>([
  [
    'of the same price row first',
    [
      ['a', 5n],
      ['b', 5n],
    ],
    [['b', 5n]],
    [
      ['a', 5n],
      ['b', 0n],
    ],
  ],
  [
    'of a re-pricing gives back what it had taken',
    [['b', 7n]],
    [
      ['a', -10n],
      ['b', 7n],
    ],
    [['b', 10n]],
  ],
  [
    'of more than one row',
    [['c', 9n]],
    [
      ['a', 4n],
      ['b', 3n],
    ],
    [['c', 2n]],
  ],
])('what is taken back %s', (_, charges, taken, left) => {
  const of = (rows: [string, bigint][]) =>
    rows.map(([priceId, amountPico]) => ({
      usageSpanId: 'u1',
      asset: 'USD/12' as const,
      priceId,
      amountPico,
    }));
  expect(takeBack(of(charges), [{ ...reversal(true), amounts: of(taken) }])).toEqual(of(left));
});
