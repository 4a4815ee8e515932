import { z } from 'zod';
import { BILL_CLASSES, type BillLine, type ReadBill } from '../bill-line.ts';
import { readPicoAmount } from '../pico-amount.ts';
import { firstIssue } from './bill-json.ts';
import { readCsvBill } from './csv-records.ts';

const DAY_US = 86_400_000_000n;
const label = z.string().max(512).nullable().default(null);
const day = z.iso.date().transform((text) => BigInt(Date.parse(text)) * 1000n);

const record = z.strictObject({
  provider: z.string().min(1).max(100),
  date: day,
  /** Last day of the line, inclusive; default the first one. */
  end_date: day.nullable().default(null),
  model: label,
  token_class: z.enum(BILL_CLASSES).nullable().default(null),
  quantity: z
    .string()
    .regex(/^\d{1,18}$/, 'must be a whole number of at most 18 digits')
    .transform(BigInt)
    .nullable()
    .default(null),
  amount: z.string().max(100).nullable().default(null),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217')
    .nullable()
    .default(null)
    .transform((text) => text ?? 'USD'),
  category: z
    .enum(['usage', 'purchase', 'tax', 'credit', 'adjustment', 'minimum', 'rounding'])
    .nullable()
    .default(null)
    .transform((text) => text ?? 'usage'),
  project: label,
  api_key: label,
  service_tier: label,
  context_window: label,
  region: label,
  invoice: label,
  description: label,
});

/**
 * Reads a bill as plain CSV with a header line. Columns: `provider` and `date` (required, `2026-10-01`); `end_date`,
 * `model`, `token_class`, `quantity`, `amount` (a credit negative), `currency`, `category`, `project`, `api_key`,
 * `service_tier`, `context_window`, `region`, `invoice`, `description`. A line needs a quantity or an amount.
 *
 * @throws SyntaxError when it is no CSV; a line that breaks a rule, or a column of another name, is refused
 */
export function readBillCsv(text: string): ReadBill {
  return readCsvBill(text, (cells) => {
    const read = record.safeParse(cells);
    if (!read.success) return { reason: firstIssue(read.error) };
    const { amount: amountText, ...row } = read.data;
    const amount = amountText === null ? null : readPicoAmount(amountText);
    if (amountText !== null && amount === null) return { reason: `amount: not an amount: ${amountText}` };
    if (amount === null && row.quantity === null)
      return { reason: 'amount: give an amount, a quantity, or both' };
    if (row.end_date !== null && row.end_date < row.date) return { reason: 'end_date: before date' };
    return {
      line: { ...toLine(row), amountPico: amount?.pico ?? null },
      isRounded: amount?.isRounded ?? false,
    };
  });
}

function toLine(row: Omit<z.infer<typeof record>, 'amount'>): Omit<BillLine, 'line' | 'amountPico'> {
  return {
    provider: row.provider,
    startsAtUs: row.date,
    endsAtUs: (row.end_date ?? row.date) + DAY_US,
    project: row.project,
    apiKeyId: row.api_key,
    model: row.model,
    billClass: row.token_class,
    serviceTier: row.service_tier === 'standard' ? null : row.service_tier,
    contextWindow: row.context_window,
    region: row.region,
    quantity: row.quantity,
    currency: row.currency,
    category: row.category,
    invoiceId: row.invoice,
    description: row.description,
  };
}
