import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { invoiceTarget, unconvertedInvoiceTarget, type InvoiceMonth } from './invoice-target.ts';
import type { Balance } from './target.ts';

const usd = (text: string): bigint => {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole! + fraction.padEnd(12, '0'));
};
const MONTH: InvoiceMonth = {
  provider: 'prov',
  invoice: 'INV-1042',
  day: '2026-10-31',
  asset: 'USD/12',
  usageId: '00000000000003e8',
  billedPico: usd('0.04'),
  chargedPico: usd('0.0320025'),
  variance: [{ kind: 'coverage', amountPico: usd('0.0036') }],
  foreign: null,
};
const shown = (balances: readonly Balance[]) =>
  Object.fromEntries(balances.map(({ account, asset, amount }) => [`${account} ${asset}`, amount]));

test('Ex 6: a provider line without a span is coverage variance, the rest rounding, and the accrual is cleared', () => {
  const balances = shown(invoiceTarget(MONTH));
  expect(balances).toEqual({
    '2000:accrued:prov:2026-10 USD/12': usd('0.0320025'),
    '5900:variance:prov:coverage USD/12': usd('0.0036'),
    '5900:variance:prov:rounding USD/12': usd('0.0043975'),
    '2100:payable:prov:INV-1042 USD/12': -usd('0.04'),
  });
  // O2 + O3 + retry + reopened + variance = invoice; the accrual of the charges is cleared.
  const placed = usd('0.0030675') + usd('0.0061350') + usd('0.0096') + usd('0.0132');
  expect(placed).toBe(MONTH.chargedPico);
  expect(placed + usd('0.0036') + usd('0.0043975')).toBe(usd('0.04'));
});

test('Ex 6: a late span moves variance, not what is payable', () => {
  const late = invoiceTarget({ ...MONTH, chargedPico: MONTH.chargedPico + usd('0.0036'), variance: [] });
  expect(shown(late)).toEqual({
    '2000:accrued:prov:2026-10 USD/12': usd('0.0356025'),
    '5900:variance:prov:rounding USD/12': usd('0.0043975'),
    '2100:payable:prov:INV-1042 USD/12': -usd('0.04'),
  });
});

test('Ex 7: an invoice in euros balances in each currency through its position', () => {
  const foreign = { asset: 'EUR/12', billedPico: usd('0.0368'), rate: 'EUR/USD 0.92' } as const;
  expect(shown(invoiceTarget({ ...MONTH, foreign }))).toEqual({
    '2000:accrued:prov:2026-10 USD/12': usd('0.0320025'),
    '5900:variance:prov:coverage USD/12': usd('0.0036'),
    '5900:variance:prov:rounding USD/12': usd('0.0043975'),
    '2900:fx:USD/12 USD/12': -usd('0.04'),
    '2900:fx:EUR/12 EUR/12': usd('0.0368'),
    '2100:payable:prov:INV-1042 EUR/12': -usd('0.0368'),
  });
});

test('Ex 7: without any rate it is payable, the position is open and no variance is claimed', () => {
  const { provider, invoice, day, usageId } = MONTH;
  const month = { provider, invoice, day, usageId, asset: 'EUR/12', billedPico: usd('0.0368') } as const;
  expect(shown(unconvertedInvoiceTarget(month))).toEqual({
    '2900:fx:EUR/12 EUR/12': usd('0.0368'),
    '2100:payable:prov:INV-1042 EUR/12': -usd('0.0368'),
  });
});

test('law: charges and variance sum to the invoice and every currency balances', () => {
  const amount = fc.bigInt(-(10n ** 15n), 10n ** 15n);
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.array(
        fc.record({ kind: fc.constantFrom('coverage', 'rate', 'tax', 'rounding'), amountPico: amount }),
        { maxLength: 8 },
      ),
      fc.option(amount),
      (billedPico, chargedPico, variance, foreignPico) => {
        const foreign =
          foreignPico === null
            ? null
            : ({ asset: 'EUR/12', billedPico: foreignPico, rate: 'EUR/USD 0.92' } as const);
        const balances = invoiceTarget({ ...MONTH, billedPico, chargedPico, variance, foreign });
        for (const asset of ['USD/12', 'EUR/12'])
          expect(
            balances.filter((each) => each.asset === asset).reduce((sum, each) => sum + each.amount, 0n),
          ).toBe(0n);
        const explained = balances.filter(({ account }) => account.startsWith('5900:'));
        expect(explained.reduce((sum, each) => sum + each.amount, 0n)).toBe(billedPico - chargedPico);
      },
    ),
  );
});
