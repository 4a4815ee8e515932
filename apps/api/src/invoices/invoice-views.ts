import { parseRate } from '#ledger';
import { formatPico } from '#model';
import { notComparedSchema, reconciliationResultSchema } from '#reconciliation';
import type { InvoiceHead } from '#store';
import { z } from 'zod';
import { formatWireTime, Money, PageSize, Time } from '../wire.ts';
import { BillFormat } from './read-bill.ts';

const Period = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month: 2026-10')
  .meta({ description: 'Usage month, 2026-10' });
const Provider = z.string().min(1).max(100);
const Currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217');

export const InvoiceQuery = z.object({
  format: BillFormat,
  period: Period.optional(),
  number: z.string().min(1).max(200).optional().meta({
    description: 'Of the invoice; without one the file is a report: compared, and nothing is booked',
  }),
  total: Money.optional().meta({ description: 'What the invoice bills in all, where its lines do not say' }),
  provider: Provider.optional().meta({ description: 'Who billed; needed with format=total' }),
  currency: Currency.optional().meta({ description: 'Of the total; default USD' }),
  charged_in: Currency.optional().meta({
    description:
      'Currency of the charges it is for, where that is another one. Default: its own where something was charged in ' +
      'it, else the only other one',
  }),
  rate: z
    .string()
    .refine((text) => parseRate(text) !== null, 'must be a positive decimal, as 0.92')
    .optional()
    .meta({
      description:
        'The rate that the invoice states: units of its currency for one of charged_in. What it differs from the rate ' +
        'of our books by is variance of the kind fx',
    }),
  dry_run: z.enum(['true', 'false']).default('false'),
});

const Document = z.object({
  invoiceId: z.guid().nullable().meta({ description: 'null in a dry run' }),
  provider: z.string(),
  period: z.string(),
  number: z.string().nullable(),
  format: z.string(),
  version: z.int().nullable(),
  currency: z.string(),
  total: Money.nullable(),
  chargedIn: z.string().nullable(),
  statedRate: z.string().nullable(),
  lines: z.int(),
  isKnown: z.boolean().meta({ description: 'The newest version of it says the same: nothing was stored' }),
});

export const InvoiceAnswer = z
  .object({
    documents: z.array(Document),
    refused: z.array(z.object({ line: z.int(), reason: z.string() })),
    roundedLines: z.int().meta({ description: 'Amounts with digits below 10^-12, rounded half-even' }),
    notes: z.array(z.string()).meta({ description: 'What this kind of file never says' }),
  })
  .meta({ id: 'InvoiceAnswer' });

export const InvoicesQuery = z.object({
  provider: Provider.optional(),
  period: Period.optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});

export const InvoiceView = z
  .object({
    invoiceId: z.guid(),
    provider: z.string(),
    period: z.string(),
    number: z.string().nullable(),
    format: z.string(),
    version: z.int(),
    isSuperseded: z.boolean(),
    currency: z.string(),
    total: Money.nullable(),
    chargedIn: z.string().nullable(),
    statedRate: z.string().nullable(),
    lines: z.int(),
    roundedLines: z.int(),
    notes: z.array(z.string()),
    root: z.base64().meta({ description: 'RFC 6962 root over its canonical lines' }),
    recordedAt: Time,
    recordedBy: z.guid().nullable(),
  })
  .meta({ id: 'Invoice' });
export const InvoicePage = z
  .object({ items: z.array(InvoiceView), next: z.string().nullable() })
  .meta({ id: 'InvoicePage' });

export const ReconciliationQuery = z.object({ provider: Provider.optional(), period: Period.optional() });

export const Reconciliations = z
  .object({
    items: z.array(
      z.object({
        provider: z.string(),
        period: z.string(),
        isBooked: z.boolean().meta({ description: 'An invoice with a number stands in the ledger' }),
        isDue: z
          .boolean()
          .meta({ description: 'Something changed since; the comparison is being made again' }),
        reconciledAt: Time,
        comparisons: z
          .array(reconciliationResultSchema)
          .meta({ description: 'One for each currency of the charges' }),
        notCompared: z
          .array(notComparedSchema)
          .meta({ description: 'Documents in a currency nobody told a rate for: payable, and nothing more' }),
      }),
    ),
  })
  .meta({ id: 'Reconciliations' });

export const toInvoiceView = (head: InvoiceHead): z.infer<typeof InvoiceView> => ({
  invoiceId: head.invoiceId,
  provider: head.provider,
  period: head.period,
  number: head.number === '' ? null : head.number,
  format: head.format,
  version: head.version,
  isSuperseded: head.isSuperseded,
  currency: head.currency,
  total: head.totalPico === null ? null : formatPico(head.totalPico),
  chargedIn: head.chargedIn,
  statedRate: head.statedRate,
  lines: head.lineCount,
  roundedLines: head.roundedLines,
  notes: [...head.notes],
  root: head.root.toString('base64'),
  recordedAt: formatWireTime(head.recordedAtUs),
  recordedBy: head.recordedBy,
});
