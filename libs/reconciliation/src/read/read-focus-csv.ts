import { z } from 'zod';
import type { BillCategory, BillClass, BillLine, ReadBill } from '../bill-line.ts';
import { readPicoAmount } from '../pico-amount.ts';
import { firstIssue } from './bill-json.ts';
import { readCsvBill } from './csv-records.ts';

const label = z.string().max(512).nullable().default(null);
const instant = z.string().transform((text, context) => {
  // FOCUS writes ISO 8601 in UTC; providers also write a blank between date and time.
  const ms = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(ms)) {
    context.addIssue('must be a date and time of ISO 8601');
    return z.NEVER;
  }
  return BigInt(ms) * 1000n;
});

const record = z.looseObject({
  BilledCost: z.string().max(100),
  BillingCurrency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217'),
  ChargePeriodStart: instant,
  ChargePeriodEnd: instant,
  ChargeCategory: z.enum(['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']),
  ProviderName: label,
  ServiceProviderName: label,
  InvoiceIssuerName: label,
  InvoiceId: label,
  ChargeDescription: label,
  ConsumedQuantity: label,
  ConsumedUnit: label,
  ResourceName: label,
  SkuMeter: label,
  RegionId: label,
  SubAccountId: label,
  x_Model: label,
  x_TokenType: label,
  x_ServiceTier: label,
});
const CATEGORIES: Readonly<Record<FocusRecord['ChargeCategory'], BillCategory>> = {
  Usage: 'usage',
  Purchase: 'purchase',
  Tax: 'tax',
  Credit: 'credit',
  Adjustment: 'adjustment',
};
type FocusRecord = z.infer<typeof record>;

const CLASSES: readonly [RegExp, BillClass][] = [
  [/uncached/i, 'in_uncached'],
  [/cache.*(write|creation).*1.?h/i, 'cache_write_1h'],
  [/cache.*(write|creation)/i, 'cache_write_5m'],
  [/cache/i, 'cache_read'],
  [/audio.*out/i, 'audio_out'],
  [/audio/i, 'audio_in'],
  [/image.*out/i, 'image_out'],
  [/image/i, 'image_in'],
  [/(^|[^a-z])(output|out|completion)([^a-z]|$)/i, 'output'],
  [/(^|[^a-z])(input|in|prompt)([^a-z]|$)/i, 'in_uncached'],
];

/**
 * Reads a FOCUS 1.0 to 1.4 cost and usage file as CSV. Columns it needs: BilledCost, BillingCurrency, ChargePeriodStart
 * (inclusive), ChargePeriodEnd (exclusive), ChargeCategory, and one of ServiceProviderName (1.3), ProviderName or
 * InvoiceIssuerName. The model is `x_Model`, else ResourceName; the class is read from `x_TokenType`, else SkuMeter; a
 * quantity counts only where ConsumedUnit is tokens, thousands or millions of them.
 *
 * @throws SyntaxError when it is no CSV; a line that breaks a rule is refused
 */
export function readFocusCsv(text: string): ReadBill {
  return readCsvBill(text, (cells) => {
    const read = record.safeParse(cells);
    if (!read.success) return { reason: firstIssue(read.error) };
    const { ServiceProviderName, ProviderName, InvoiceIssuerName, BilledCost } = read.data;
    const provider = ServiceProviderName ?? ProviderName ?? InvoiceIssuerName;
    if (provider === null)
      return { reason: 'ServiceProviderName: give it, or ProviderName, or InvoiceIssuerName' };
    const amount = readPicoAmount(BilledCost);
    if (amount === null) return { reason: `BilledCost: not an amount: ${BilledCost}` };
    return { line: { ...toLine(read.data, provider), amountPico: amount.pico }, isRounded: amount.isRounded };
  });
}

function toLine(row: FocusRecord, provider: string): Omit<BillLine, 'line' | 'amountPico'> {
  const isUsage = row.ChargeCategory === 'Usage';
  return {
    provider,
    startsAtUs: row.ChargePeriodStart,
    endsAtUs: row.ChargePeriodEnd,
    project: row.SubAccountId,
    apiKeyId: null,
    model: isUsage ? (row.x_Model ?? row.ResourceName) : null,
    billClass: isUsage ? classOf(row.x_TokenType ?? row.SkuMeter) : null,
    serviceTier: row.x_ServiceTier === 'standard' ? null : row.x_ServiceTier,
    contextWindow: null,
    region: row.RegionId,
    quantity: isUsage ? tokensOf(row.ConsumedQuantity, row.ConsumedUnit) : null,
    currency: row.BillingCurrency,
    category: CATEGORIES[row.ChargeCategory],
    invoiceId: row.InvoiceId,
    description: row.ChargeDescription,
  };
}

const classOf = (text: string | null): BillClass | null =>
  text === null ? null : (CLASSES.find(([pattern]) => pattern.test(text))?.[1] ?? null);

/** Whole tokens; a quantity that is none in its unit is not told. */
function tokensOf(quantity: string | null, unit: string | null): bigint | null {
  const match = /^(?:(1k|1m|k|m|thousand|million)\s*)?tokens?$/i.exec(unit ?? '');
  if (match === null || quantity === null) return null;
  const amount = readPicoAmount(quantity);
  if (amount === null) return null;
  const prefix = match[1]?.toLowerCase() ?? '';
  const each = /k|thousand/.test(prefix) ? 1_000n : /m/.test(prefix) ? 1_000_000n : 1n;
  const picoTokens = amount.pico * each;
  return picoTokens >= 0n && picoTokens % 1_000_000_000_000n === 0n ? picoTokens / 1_000_000_000_000n : null;
}
