import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { BillClass, BillLine } from './bill-line.ts';
import { compareBill, type CompareOptions } from './compare-bill.ts';
import { labelVariance } from './label-variance.ts';
import type { OwnUsage } from './own-usage.ts';

const PICO = 1_000_000_000_000n;
const DAY_US = 86_400_000_000n;
const OCTOBER_US = BigInt(Date.UTC(2026, 9, 1)) * 1000n;

const bill = (line: Partial<BillLine>): BillLine => ({
  line: 1,
  provider: 'openai',
  startsAtUs: OCTOBER_US,
  endsAtUs: OCTOBER_US + DAY_US,
  project: null,
  apiKeyId: null,
  model: 'gpt-4o',
  billClass: 'in_uncached',
  serviceTier: null,
  contextWindow: null,
  region: null,
  quantity: null,
  amountPico: null,
  currency: 'USD',
  category: 'usage',
  invoiceId: null,
  description: null,
  ...line,
});
const own = (usage: Partial<OwnUsage>): OwnUsage => ({
  provider: 'openai',
  day: '2026-10-01',
  model: 'gpt-4o',
  billClass: 'in_uncached',
  serviceTier: null,
  quantity: 0n,
  amountPico: 0n,
  ...usage,
});
const OPTIONS: CompareOptions = {
  canonicalModel: (_, model) => model.replace(/-\d{4}-\d{2}-\d{2}$/, ''),
  bookAmountPico: () => null,
  totalPico: null,
};
const kinds = (comparison: { variancePico: ReadonlyMap<string, bigint> }) =>
  Object.fromEntries(comparison.variancePico);

test('[T10.1] [T10.2] coverage, rate and share of tokens traced', () => {
  const comparison = compareBill(
    [bill({ quantity: 1_050_000n, amountPico: (2_835n * PICO) / 1000n })],
    [own({ quantity: 1_000_000n, amountPico: 3n * PICO })],
    OPTIONS,
  );
  expect(kinds(comparison)).toEqual({
    coverage: (135n * PICO) / 1000n,
    rate: (-300n * PICO) / 1000n,
  });
  // 1.00 of 1.05 million: .952
  expect(labelVariance(comparison.keys)).toEqual([
    {
      provider: 'openai',
      model: 'gpt-4o',
      billedTokens: 1_050_000n,
      ownTokens: 1_000_000n,
      billedPico: (2_835n * PICO) / 1000n,
      ownPico: 3n * PICO,
      coverage: 9_523n,
      verdict: 'consistent',
      labels: [],
    },
  ]);
});

test('Ex 6: a usage line without a span is coverage at the book price, the cents of the invoice are rounding', () => {
  const priced = (quantity: bigint, pricePico: bigint): bigint => quantity * pricePico;
  const comparison = compareBill(
    [
      bill({ quantity: 6_000n + 800n, billClass: 'in_uncached' }),
      bill({ quantity: 1_000n + 100n, billClass: 'output', line: 2 }),
    ],
    [
      own({ quantity: 6_000n, amountPico: priced(6_000n, 3_000_000n) }),
      own({ quantity: 1_000n, amountPico: priced(1_000n, 12_000_000n), billClass: 'output' }),
    ],
    { ...OPTIONS, totalPico: (4n * PICO) / 100n },
  );
  // u5: 800 in + 100 out at $3 and $12 a million = $0.0036
  expect(kinds(comparison)).toEqual({
    coverage: 3_600_000_000n,
    rounding: 40_000_000_000n - 33_600_000_000n,
  });
  expect(comparison.ownPico).toBe(30_000_000_000n);
});

test('amounts and quantities of two reports meet in one key; snapshots are one model', () => {
  const comparison = compareBill(
    [
      bill({ model: 'gpt-4o-2024-08-06', amountPico: 30n }),
      bill({ model: 'gpt-4o-2024-08-06', quantity: 10n, project: 'p1' }),
      bill({ model: 'gpt-4o-2024-08-06', quantity: 5n, project: 'p2' }),
      bill({ model: 'gpt-4o-2024-08-06', quantity: 3n, billClass: 'request' }),
    ],
    [own({ quantity: 15n, amountPico: 30n })],
    OPTIONS,
  );
  expect(comparison.keys).toEqual([
    {
      provider: 'openai',
      day: '2026-10-01',
      model: 'gpt-4o',
      billClass: 'in_uncached',
      serviceTier: null,
      billedQuantity: 15n,
      billedPico: 30n,
      ownQuantity: 15n,
      ownPico: 30n,
      coveragePico: 0n,
      ratePico: 0n,
      unexplainedPico: 0n,
      isPricedByBook: false,
    },
    {
      provider: 'openai',
      day: '2026-10-01',
      model: 'gpt-4o',
      billClass: 'request',
      serviceTier: null,
      billedQuantity: 3n,
      billedPico: 0n,
      ownQuantity: 0n,
      ownPico: 0n,
      coveragePico: 0n,
      ratePico: 0n,
      unexplainedPico: 0n,
      isPricedByBook: false,
    },
  ]);
  expect(comparison.unpricedKeys).toEqual([]);
});

test.each<[string, BillLine[], OwnUsage[], bigint | null, Record<string, bigint>]>([
  [
    'tax, credit and minimum are kinds of their own',
    [
      bill({ quantity: 10n, amountPico: 100n }),
      bill({ category: 'tax', amountPico: 19n, model: null, billClass: null }),
      bill({ category: 'credit', amountPico: -40n, model: null, billClass: null }),
      bill({ category: 'minimum', amountPico: 7n, model: null, billClass: null }),
    ],
    [own({ quantity: 10n, amountPico: 100n })],
    null,
    { tax: 19n, credit: -40n, minimum: 7n },
  ],
  [
    'a day of which only the amount is told is not split',
    [bill({ amountPico: 120n, model: null, billClass: null })],
    [own({ quantity: 10n, amountPico: 100n })],
    null,
    { unexplained: 20n },
  ],
  [
    'a total far from its lines is unexplained',
    [bill({ quantity: 10n, amountPico: 100n })],
    [own({ quantity: 10n, amountPico: 100n })],
    5n * PICO,
    { unexplained: 5n * PICO - 100n },
  ],
  [
    'a span after midnight of the provider: both days are coverage, and cancel out',
    [bill({ quantity: 10n, amountPico: 100n })],
    [own({ quantity: 9n, amountPico: 90n }), own({ day: '2026-10-02', quantity: 1n, amountPico: 10n })],
    null,
    { coverage: 0n },
  ],
  [
    'a total close to the charges is rounding',
    [],
    [own({ quantity: 10n, amountPico: 100n })],
    110n,
    { rounding: 10n },
  ],
  [
    'monthly lines are compared by month',
    [bill({ quantity: 10n, amountPico: 100n, endsAtUs: OCTOBER_US + 31n * DAY_US })],
    [own({ quantity: 9n, amountPico: 90n }), own({ day: '2026-10-02', quantity: 1n, amountPico: 10n })],
    null,
    {},
  ],
])('%s', (_, lines, usage, totalPico, expected) => {
  const comparison = compareBill(lines, usage, { ...OPTIONS, totalPico });
  expect(kinds(comparison)).toEqual(expected);
});

test('a quantity that nobody has a price for is named, and in no kind', () => {
  const comparison = compareBill([bill({ quantity: 10n, model: 'new-model' })], [], OPTIONS);
  expect({ variance: kinds(comparison), unpriced: comparison.unpricedKeys }).toEqual({
    variance: {},
    unpriced: [
      {
        provider: 'openai',
        day: '2026-10-01',
        model: 'new-model',
        billClass: 'in_uncached',
        serviceTier: null,
      },
    ],
  });
});

test.each<[string, BillLine[], OwnUsage[], string, string[]]>([
  [
    'nothing of it is traced',
    [bill({ quantity: 10n, amountPico: 3n * PICO })],
    [],
    'not_covered',
    ['untraced'],
  ],

  [
    'cached tokens taken for uncached ones',
    [
      bill({ quantity: 20n, amountPico: 40n * PICO }),
      bill({ quantity: 80n, amountPico: 16n * PICO, billClass: 'cache_read' }),
    ],
    [own({ quantity: 100n, amountPico: 200n * PICO })],
    'differs',
    ['cache_class_split'],
  ],
  [
    'half price for everything: batch',
    [
      bill({ quantity: 1000n, amountPico: 50n * PICO }),
      bill({ quantity: 1000n, amountPico: 100n * PICO, billClass: 'output' }),
    ],
    [
      own({ quantity: 1000n, amountPico: 100n * PICO }),
      own({ quantity: 1000n, amountPico: 200n * PICO, billClass: 'output' }),
    ],
    'differs',
    ['uniform_rate'],
  ],
  [
    'spans sent twice',
    [bill({ quantity: 10n, amountPico: 10n * PICO })],
    [own({ quantity: 20n, amountPico: 20n * PICO })],
    'differs',
    ['counted_twice'],
  ],
])('the pattern suggests: %s', (_, lines, usage, verdict, labels) => {
  const [model] = labelVariance(compareBill(lines, usage, OPTIONS).keys);
  expect({ verdict: model?.verdict, labels: model?.labels }).toEqual({ verdict, labels });
});

test('whatever is billed and used, the kinds sum to total - own, in any order of lines', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 16n });
  const common = {
    model: fc.constantFrom('a', 'b'),
    billClass: fc.constantFrom<BillClass>('in_uncached', 'cache_read', 'output'),
    quantity: amount,
  };
  const lines = fc.array(
    fc.record({
      ...common,
      amountPico: fc.option(amount),
      category: fc.constantFrom<BillLine['category']>('usage', 'tax', 'credit'),
    }),
    { maxLength: 12 },
  );
  const usage = fc.array(fc.record({ ...common, amountPico: amount }), { maxLength: 12 });
  fc.assert(
    fc.property(lines, usage, fc.option(amount), (some, ours, totalPico) => {
      const billed = some.map(bill);
      const used = ours.map(own);
      const options = {
        ...OPTIONS,
        totalPico,
        bookAmountPico: (_: unknown, quantity: bigint) => quantity * 7n,
      };
      const comparison = compareBill(billed, used, options);
      const sum = [...comparison.variancePico.values()].reduce((total, each) => total + each, 0n);
      expect(sum).toBe(comparison.totalPico - comparison.ownPico);
      expect(compareBill([...billed].reverse(), [...used].reverse(), options)).toEqual(comparison);
    }),
  );
});
