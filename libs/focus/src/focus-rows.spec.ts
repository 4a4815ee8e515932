import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formatPico, parsePico, type ChargeLine } from '#model';
import { readFocusCsv } from '#reconciliation';
import { allocateLines } from './allocate-lines.ts';
import { FOCUS_COLUMNS } from './focus-columns.ts';
import { focusCsv, focusCsvHeader } from './focus-csv.ts';
import { focusRows, type FocusCharge, type FocusPart } from './focus-rows.ts';

const PRICE = 'a3c8de00-0000-4000-8000-000000000000';
const ATTEMPT = {
  attemptId: 'b0000000-0000-4000-8000-000000000000',
  workflow: 'claims',
  agent: 'adjuster',
  isEstimated: false,
  dimensions: { team: '=north' },
};
const ITEM = {
  kind: 'claim',
  key: 'C-17',
  surrogateId: 'c0000000-0000-4000-8000-000000000000',
  outcomeType: 'claim.processed',
  state: 'achieved',
};
const part = (amountPico: bigint, over: Partial<FocusPart> = {}): FocusPart => ({
  account: '5200:outcome',
  amountPico,
  attempt: ATTEMPT,
  workItem: ITEM,
  ...over,
});
const line = (lineClass: ChargeLine['class'], quantity: bigint, pricePico: bigint) => ({
  class: lineClass,
  quantity,
  pricePico,
  amountPico: quantity * pricePico,
  priceId: PRICE,
});
const charge = (over: Partial<FocusCharge>): FocusCharge => ({
  traceId: '0'.repeat(31) + '1',
  usageDay: '2026-12-31',
  provider: 'openai',
  callModel: 'gpt-5',
  asset: 'USD/12',
  lines: [],
  parts: [],
  ...over,
});

test('calls of a trace are one row for each price and place; the whole row', () => {
  const call = charge({ lines: [line('in_uncached', 1001n, 1_250_000n)], parts: [part(1_251_250_000n)] });
  const [row, ...rest] = focusRows([call, call], 'acme');
  expect(rest).toEqual([]);
  expect(row).toEqual({
    BilledCost: '0.0025025',
    BillingAccountId: 'acme',
    BillingAccountName: 'acme',
    BillingCurrency: 'USD',
    BillingPeriodEnd: '2027-01-01T00:00:00Z',
    BillingPeriodStart: '2026-12-01T00:00:00Z',
    ChargeCategory: 'Usage',
    ChargeClass: null,
    ChargeDescription: 'gpt-5: in_uncached (outcome)',
    ChargeFrequency: 'Usage-Based',
    ChargePeriodEnd: '2027-01-01T00:00:00Z',
    ChargePeriodStart: '2026-12-31T00:00:00Z',
    CommitmentDiscountStatus: null,
    ConsumedQuantity: '2002',
    ConsumedUnit: 'Tokens',
    ContractedCost: '0.0025025',
    ContractedUnitPrice: '0.00000125',
    EffectiveCost: '0.0025025',
    InvoiceId: null,
    InvoiceIssuerName: 'openai',
    ListCost: '0.0025025',
    ListUnitPrice: '0.00000125',
    PricingCategory: 'Standard',
    PricingCurrency: 'USD',
    PricingCurrencyContractedUnitPrice: '0.00000125',
    PricingCurrencyEffectiveCost: '0.0025025',
    PricingCurrencyListUnitPrice: '0.00000125',
    PricingQuantity: '2002',
    PricingUnit: 'Tokens',
    ProviderName: 'openai',
    PublisherName: 'openai',
    ResourceId: 'gpt-5',
    ResourceName: null,
    ResourceType: 'Model',
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: 'openai API',
    ServiceSubcategory: 'Generative AI',
    SkuId: 'openai/gpt-5/in_uncached',
    SkuMeter: 'in_uncached',
    SkuPriceDetails: { x_PriceId: PRICE },
    SkuPriceId: `openai/gpt-5/in_uncached@${PRICE}/1250000`,
    Tags: { team: '=north' },
    x_AgentName: 'adjuster',
    x_AttemptId: ATTEMPT.attemptId,
    x_CallCount: 2,
    x_EvidenceGrade: 'metered',
    x_LedgerAccount: '5200:outcome',
    x_Model: 'gpt-5',
    x_OutcomeId: ITEM.surrogateId,
    x_OutcomeState: 'achieved',
    x_OutcomeType: 'claim.processed',
    x_TokenType: 'in_uncached',
    x_TraceId: '0'.repeat(31) + '1',
    x_WorkflowName: 'claims',
    x_WorkItemKey: 'C-17',
    x_WorkItemKind: 'claim',
  });
  expect(Object.keys(row!).sort()).toEqual(FOCUS_COLUMNS.map(([name]) => name).sort());
});

test.each<
  [string, Partial<FocusCharge>, (readonly [string, string | null, string | null, string | null, string])[]]
>([
  [
    'a split call: lines and parts keep their sums, the quantity follows the amount',
    {
      lines: [line('in_uncached', 10n, 3n), line('out_text', 1n, 5n)],
      parts: [part(17n), part(18n, { account: '5100:work', attempt: null, workItem: null })],
    },
    [
      ['0.000000000015', '5', 'in_uncached', '0.000000000003', 'allocated'],
      ['0.000000000003', '0.6', 'out_text', '0.000000000005', 'allocated'],
      ['0.000000000015', '5', 'in_uncached', '0.000000000003', 'allocated'],
      ['0.000000000002', '0.4', 'out_text', '0.000000000005', 'allocated'],
    ],
  ],
  [
    'a free line: its quantity is told, without a cost',
    { lines: [line('in_uncached', 10n, 1n), line('cache_read', 7n, 0n)], parts: [part(10n)] },
    [
      ['0', '7', 'cache_read', '0', 'metered'],
      ['0.00000000001', '10', 'in_uncached', '0.000000000001', 'metered'],
    ],
  ],
  [
    'an amount that no quantity explains is an adjustment',
    { lines: null, parts: [part(10n, { attempt: { ...ATTEMPT, isEstimated: true } })] },
    [['0.00000000001', null, null, null, 'estimated']],
  ],
  [
    'lines that are not the amount explain nothing',
    { lines: [line('in_uncached', 10n, 2n)], parts: [part(19n)] },
    [['0.000000000019', null, null, null, 'metered']],
  ],
  [
    'a part that was taken back explains nothing',
    {
      lines: [line('in_uncached', 10n, 2n)],
      parts: [part(-1n, { account: '5000:unattributed' }), part(21n)],
    },
    [
      ['-0.000000000001', null, null, null, 'allocated'],
      ['0.000000000021', null, null, null, 'allocated'],
    ],
  ],
])('%s', (_, over, expected) => {
  const rows = focusRows([charge(over)], 'acme').map((row) => [
    row.BilledCost,
    row.PricingQuantity,
    row.x_TokenType,
    row.ListUnitPrice,
    row.x_EvidenceGrade,
  ]);
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  expect(rows.sort(byText)).toEqual([...expected].sort(byText));
});

const amount = fc.bigInt(0n, 10n ** 15n);
const anyLines = fc.array(
  fc.record({
    quantity: fc.bigInt(0n, 10n ** 7n),
    pricePico: fc.oneof(fc.constant(0n), fc.bigInt(1n, 10n ** 8n)),
  }),
  { minLength: 1, maxLength: 6 },
);
const CLASSES = ['in_uncached', 'cache_read', 'out_text', 'reasoning', 'image', 'tool_call'] as const;
const linesOf = (drawn: readonly { readonly quantity: bigint; readonly pricePico: bigint }[]) =>
  drawn.map(({ quantity, pricePico }, index) => line(CLASSES[index]!, quantity, pricePico));

/** Cuts a total into parts. */
function cut(total: bigint, cuts: readonly bigint[]): bigint[] {
  const at = cuts.map((each) => (total === 0n ? 0n : each % (total + 1n))).sort((a, b) => (a < b ? -1 : 1));
  return [...at, total].map((end, index) => end - (at[index - 1] ?? 0n));
}

test('law: every line and every part keeps its sum, and price times quantity is the amount to a pico', () => {
  fc.assert(
    fc.property(anyLines, fc.array(amount, { maxLength: 4 }), (drawn, cuts) => {
      const lines = linesOf(drawn);
      const parts = cut(
        lines.reduce((sum, { amountPico }) => sum + amountPico, 0n),
        cuts,
      );
      const allocated = allocateLines(lines, parts);
      for (const [place, ofPart] of allocated.entries()) {
        expect(ofPart.reduce((sum, { amountPico }) => sum + amountPico, 0n)).toBe(parts[place]);
        for (const [index, { amountPico, quantityPico }] of ofPart.entries()) {
          expect(amountPico >= 0n && quantityPico >= 0n).toBe(true);
          const product = quantityPico * lines[index]!.pricePico;
          const apart = product - amountPico * 10n ** 12n;
          expect(apart < 0n ? -apart : apart).toBeLessThan(10n ** 12n);
        }
      }
      for (const [index, { amountPico, quantity }] of lines.entries()) {
        const ofLine = allocated.map((ofPart) => ofPart[index]!);
        expect(ofLine.reduce((sum, each) => sum + each.amountPico, 0n)).toBe(amountPico);
        expect(ofLine.reduce((sum, each) => sum + each.quantityPico, 0n)).toBe(quantity * 10n ** 12n);
      }
    }),
  );
});

test('law: the rows sum to the charges, in any order of them; our own reader of FOCUS takes the file', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyLines, fc.array(amount, { maxLength: 2 })), { minLength: 1 }),
      (drawn) => {
        const charges = drawn.map(([lines, cuts], n) => {
          const priced = linesOf(lines);
          const total = priced.reduce((sum, { amountPico }) => sum + amountPico, 0n);
          const parts = cut(total, cuts).map((each, place) => part(each, { account: `5300:waste:${place}` }));
          return charge({ traceId: n.toString().padStart(32, '0'), lines: priced, parts });
        });
        const rows = focusRows(charges, 'acme');
        expect(focusRows([...charges].reverse(), 'acme')).toEqual(rows);
        const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n);
        const owed = sum(charges.flatMap(({ parts }) => parts.map(({ amountPico }) => amountPico)));
        expect(sum(rows.map(({ BilledCost }) => parsePico(BilledCost!)!))).toBe(owed);
        const read = readFocusCsv(focusCsvHeader() + focusCsv(rows));
        expect(read.refused).toEqual([]);
        expect(formatPico(sum(read.lines.map(({ amountPico }) => amountPico!)))).toBe(formatPico(owed));
      },
    ),
    { numRuns: 10 },
  );
});

test('CSV: quoted, null is empty, what a spreadsheet would run is text', () => {
  const [row] = focusRows(
    [charge({ lines: null, parts: [part(-5n, { workItem: { ...ITEM, key: '=A1,"x"' } })] })],
    'acme',
  );
  const cells = focusCsv([row!]).trimEnd();
  expect(cells).toBe(
    '-0.000000000005,acme,acme,USD,2027-01-01T00:00:00Z,2026-12-01T00:00:00Z,Adjustment,,' +
      'gpt-5: amount without a quantity (outcome),One-Time,2027-01-01T00:00:00Z,2026-12-31T00:00:00Z,,,,-0.000000000005,,' +
      '-0.000000000005,,openai,-0.000000000005,,,USD,,-0.000000000005,,,,openai,openai,gpt-5,,Model,AI and Machine Learning,openai API,' +
      `Generative AI,,,,,"{""team"":""=north""}",adjuster,${ATTEMPT.attemptId},1,metered,5200:outcome,gpt-5,` +
      `${ITEM.surrogateId},achieved,claim.processed,,${'0'.repeat(31)}1,claims,"'=A1,""x""",claim`,
  );
  expect(focusCsvHeader().split(',').length).toBe(FOCUS_COLUMNS.length);
});
