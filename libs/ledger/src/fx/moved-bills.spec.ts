import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { findRate, parseRate, type FxRate } from './convert.ts';
import { describeRate } from './describe-rate.ts';
import { SHIPPED_FX_POLICY, type FxPolicy } from './fx-policy.ts';
import { isBillMoved, type BillCurrency } from './moved-bills.ts';

let told = 0n;
const rate = (pair: string, text: string, day: string, source = 'ecb'): FxRate => ({
  base: pair.slice(0, 3),
  quote: pair.slice(4),
  ...parseRate(text)!,
  day,
  source,
  sequence: (told += 1n),
});
const BILL: BillCurrency = { currency: 'EUR', chargedIn: 'USD', period: '2025-10' };
const on = (more: Partial<FxPolicy>) => () => ({ ...SHIPPED_FX_POLICY, ...more });

test.each<
  [what: string, bill: Partial<BillCurrency>, known: FxRate[], fresh: FxRate, Partial<FxPolicy>, boolean]
>([
  ['the rate of its last day', {}, [], rate('USD/EUR', '0.9', '2025-10-31'), {}, true],
  ['a rate of the next day', {}, [], rate('USD/EUR', '0.9', '2025-11-01'), {}, false],
  ['another pair', {}, [], rate('GBP/EUR', '0.9', '2025-10-31'), {}, false],
  [
    'a pair of its, where it does not say for what it is',
    { chargedIn: null },
    [],
    rate('GBP/EUR', '0.9', '2025-10-31'),
    {},
    true,
  ],
  [
    'a bill in the currency of its charges',
    { currency: 'USD' },
    [],
    rate('USD/EUR', '0.9', '2025-10-31'),
    {},
    false,
  ],
  ['another source', {}, [], rate('USD/EUR', '0.9', '2025-10-31', 'desk'), { source: 'ecb' }, false],
  [
    'one that a later rate stands before',
    {},
    [rate('EUR/USD', '1.1', '2025-10-30')],
    rate('USD/EUR', '0.9', '2025-10-29'),
    {},
    false,
  ],
  [
    'the same of another day',
    {},
    [rate('EUR/USD', '1.1', '2025-10-29')],
    rate('EUR/USD', '1.1', '2025-10-30'),
    {},
    true,
  ],
  [
    'one too old, that the reason for having none names',
    {},
    [],
    rate('USD/EUR', '0.9', '2025-10-01'),
    {},
    true,
  ],
  [
    'one too old, beside one that is not',
    {},
    [rate('EUR/USD', '1.1', '2025-10-30')],
    rate('USD/EUR', '0.9', '2025-10-01'),
    {},
    false,
  ],
  [
    'one that the policy finds young enough',
    {},
    [],
    rate('USD/EUR', '0.9', '2025-10-01'),
    { maxAgeDays: 40 },
    true,
  ],
])('%s moves it or not', (_, bill, known, fresh, policy, moved) => {
  expect(isBillMoved({ ...BILL, ...bill }, known, [...known, fresh], on(policy))).toBe(moved);
});

const CURRENCIES = ['EUR', 'USD', 'GBP'] as const;
const currency = fc.constantFrom(...CURRENCIES);
const day = fc
  .integer({ min: 1, max: 31 })
  .chain((n) =>
    fc
      .constantFrom('09', '10', '11')
      .map((month) => `2025-${month}-${String(Math.min(n, 30)).padStart(2, '0')}`),
  );
const anyRate = fc
  .tuple(currency, currency, fc.constantFrom('0.8', '0.9', '1.25'), day, fc.constantFrom('ecb', 'desk'))
  .filter(([base, quote]) => base !== quote)
  .map(([base, quote, text, at, source]) => ({ base, quote, text, day: at, source }));
const anyPolicy = fc.record({
  basis: fc.constantFrom('usage_day' as const, 'month_end' as const),
  source: fc.constantFrom(null, 'ecb'),
  maxAgeDays: fc.integer({ min: 0, max: 40 }),
});

test('law: what is not said to move is converted as if it had been compared again, whatever it is for', () => {
  fc.assert(
    fc.property(
      fc.array(anyRate, { maxLength: 6 }),
      fc.array(anyRate, { minLength: 1, maxLength: 3 }),
      fc.record({
        currency,
        chargedIn: fc.option(currency),
        period: fc.constantFrom('2025-09', '2025-10', '2025-11'),
      }),
      anyPolicy,
      (known, fresh, bill, policy) => {
        const toRate = (
          { base, quote, text, day: at, source }: (typeof known)[number],
          n: number,
        ): FxRate => ({
          base,
          quote,
          ...parseRate(text)!,
          day: at,
          source,
          sequence: BigInt(n),
        });
        const after = [...known, ...fresh].map(toRate);
        const before = after.slice(0, known.length);
        const isMoved = isBillMoved(bill, before, after, () => policy);
        const last = { '2025-09': '2025-09-30', '2025-10': '2025-10-31', '2025-11': '2025-11-30' }[
          bill.period
        ];
        const chargedIn = bill.chargedIn === null ? CURRENCIES : [bill.chargedIn];
        const asCompared = (rates: readonly FxRate[]) =>
          chargedIn.map((to) => {
            const found = findRate(rates, bill.currency, to, last, policy);
            if (found.state === 'missing') return found.reason;
            const { numerator, denominator } = found;
            return `${numerator}/${denominator} ${found.rate === null ? '' : describeRate(found.rate)}`;
          });
        expect(isMoved).toBe(asCompared(before).join() !== asCompared(after).join());
      },
    ),
  );
});
