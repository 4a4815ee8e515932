import { expect, test } from '@jest/globals';
import type { BillLine } from './bill-line.ts';
import { chooseLines, invoicesOf, type BillDocument } from './choose-lines.ts';

const line = (given: Partial<BillLine>): BillLine => ({
  line: 1,
  provider: 'openai',
  startsAtUs: 0n,
  endsAtUs: 1n,
  project: null,
  apiKeyId: null,
  model: 'm',
  billClass: null,
  serviceTier: null,
  contextWindow: null,
  region: null,
  quantity: null,
  amountPico: null,
  currency: 'USD',
  category: 'usage',
  invoiceId: null,
  description: null,
  ...given,
});
const document = (given: Partial<BillDocument>): BillDocument => ({
  format: 'csv',
  number: null,
  currency: 'USD',
  totalPico: null,
  recordedAtUs: 0n,
  lines: [],
  ...given,
});
const COSTS = document({ format: 'openai_costs', recordedAtUs: 1n, lines: [line({ amountPico: 7n })] });
const USAGE = document({ format: 'openai_usage/completions', lines: [line({ quantity: 5n })] });
const EMBEDDINGS = document({
  format: 'openai_usage/embeddings',
  recordedAtUs: 2n,
  lines: [line({ quantity: 9n })],
});
const TOTAL = document({ number: 'INV-1', totalPico: 8n });
const FULL = document({
  number: 'INV-2',
  lines: [line({ amountPico: 20n, quantity: 4n }), line({ amountPico: 2n, category: 'tax' })],
});

const shown = ({ lines, totalPico }: ReturnType<typeof chooseLines>) => ({
  totalPico,
  lines: lines.map(({ amountPico, quantity }) => ({ amountPico, quantity })),
});

test.each<[string, BillDocument[], ReturnType<typeof shown>]>([
  ['nothing', [], { totalPico: null, lines: [] }],
  [
    'reports alone: amounts of the one, quantities of all parts of the other',
    [COSTS, USAGE, EMBEDDINGS],
    {
      totalPico: null,
      lines: [
        { amountPico: 7n, quantity: null },
        { amountPico: null, quantity: 5n },
        { amountPico: null, quantity: 9n },
      ],
    },
  ],
  [
    'an invoice that is only a total takes its lines from the reports',
    [TOTAL, COSTS],
    { totalPico: 8n, lines: [{ amountPico: 7n, quantity: null }] },
  ],
  [
    'an invoice with lines: what the reports say of the same usage is not added',
    [FULL, COSTS, USAGE],
    {
      totalPico: 22n,
      lines: [
        { amountPico: 20n, quantity: 4n },
        { amountPico: 2n, quantity: null },
      ],
    },
  ],
  [
    'two invoices of a month are one total',
    [FULL, TOTAL],
    {
      totalPico: 30n,
      lines: [
        { amountPico: 20n, quantity: 4n },
        { amountPico: 2n, quantity: null },
      ],
    },
  ],
  [
    'a total and a file with the lines of one invoice are the same money',
    [FULL, document({ number: 'INV-2', format: 'total', totalPico: 23n })],
    {
      totalPico: 23n,
      lines: [
        { amountPico: 20n, quantity: 4n },
        { amountPico: 2n, quantity: null },
      ],
    },
  ],
  [
    'two kinds of cost reports: the one that came last',
    [COSTS, document({ format: 'focus', recordedAtUs: 5n, lines: [line({ amountPico: 9n })] })],
    { totalPico: null, lines: [{ amountPico: 9n, quantity: null }] },
  ],
  [
    'tax and credits of a document without usage count beside a report',
    [COSTS, document({ recordedAtUs: 9n, lines: [line({ amountPico: 1n, category: 'tax' })] })],
    {
      totalPico: null,
      lines: [
        { amountPico: 7n, quantity: null },
        { amountPico: 1n, quantity: null },
      ],
    },
  ],
])('%s', (_, documents, expected) => {
  expect(shown(chooseLines(documents))).toEqual(expected);
});

test('one number in two currencies is two invoices; the total that was told last counts', () => {
  const older = document({ number: 'A', totalPico: 1n });
  const newer = document({ number: 'A', format: 'total', totalPico: 2n, recordedAtUs: 1n });
  const euros = document({ number: 'A', currency: 'EUR', lines: [line({ amountPico: 3n })] });
  expect(invoicesOf([newer, euros, older, COSTS])).toEqual([
    { number: 'A', currency: 'EUR', documents: [euros] },
    { number: 'A', currency: 'USD', documents: [newer] },
  ]);
});
