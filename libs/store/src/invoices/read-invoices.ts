import { BILL_CLASSES, type BillCategory, type BillLine } from '#reconciliation';
import type { Queryable } from '../connection/database.ts';

export interface InvoiceHead {
  readonly invoiceId: string;
  readonly provider: string;
  readonly period: string;
  readonly number: string;
  readonly format: string;
  readonly version: number;
  readonly currency: string;
  readonly totalPico: bigint | null;
  /** Currency of the charges it is for, and the rate it states; null = it does not say. */
  readonly chargedIn: string | null;
  readonly statedRate: string | null;
  readonly lineCount: number;
  readonly roundedLines: number;
  readonly notes: readonly string[];
  readonly root: Buffer;
  readonly recordedAtUs: bigint;
  readonly recordedBy: string | null;
  /** A newer version of the same document stands. */
  readonly isSuperseded: boolean;
}

interface InvoiceRow {
  invoice_id: string;
  provider: string;
  period: string;
  number: string;
  format: string;
  version: number;
  currency: string;
  total_amount: string | null;
  charged_in: string | null;
  stated_rate: string | null;
  line_count: number;
  rounded_lines: number;
  notes: string[];
  root: Buffer;
  recorded_at: bigint;
  recorded_by: string | null;
  is_superseded: boolean;
}

/**
 * Documents of a tenant, newest first, of one provider and period where these are given.
 * @param after the `recordedAtUs` and id of the last one of the page before
 */
export async function readInvoices(
  db: Queryable,
  tenantId: bigint,
  filter: {
    readonly provider: string | null;
    readonly period: string | null;
    readonly after: { readonly invoiceId: string } | null;
    readonly limit: number;
  },
): Promise<InvoiceHead[]> {
  const { rows } = await db.query<InvoiceRow>({
    name: 'read-invoices',
    text: `
SELECT i.*, EXISTS (SELECT FROM invoices n
                     WHERE n.tenant_id = $1 AND n.provider = i.provider AND n.period = i.period AND n.number = i.number
                       AND n.format = i.format AND n.currency = i.currency AND n.version > i.version) AS is_superseded
  FROM invoices i
 WHERE i.tenant_id = $1 AND ($2::text IS NULL OR i.provider = $2) AND ($3::text IS NULL OR i.period = $3)
   AND ($4::uuid IS NULL OR i.invoice_id < $4)
 ORDER BY i.invoice_id DESC LIMIT $5`,
    values: [tenantId, filter.provider, filter.period, filter.after?.invoiceId ?? null, filter.limit],
  });
  return rows.map((row) => ({
    invoiceId: row.invoice_id,
    provider: row.provider,
    period: row.period,
    number: row.number,
    format: row.format,
    version: row.version,
    currency: row.currency,
    totalPico: row.total_amount === null ? null : BigInt(row.total_amount),
    chargedIn: row.charged_in,
    statedRate: row.stated_rate,
    lineCount: row.line_count,
    roundedLines: row.rounded_lines,
    notes: row.notes,
    root: row.root,
    recordedAtUs: row.recorded_at,
    recordedBy: row.recorded_by,
    isSuperseded: row.is_superseded,
  }));
}

/** The lines of documents, in their order. */
export async function readInvoiceLines(
  db: Queryable,
  tenantId: bigint,
  invoices: readonly InvoiceHead[],
): Promise<BillLine[]> {
  const { rows } = await db.query<{
    invoice_id: string;
    source_line: number;
    starts_at: bigint;
    ends_at: bigint;
    project: string | null;
    api_key_id: string | null;
    model: string | null;
    bill_class: string | null;
    service_tier: string | null;
    context_window: string | null;
    region: string | null;
    quantity: bigint | null;
    amount: string | null;
    category: BillCategory;
    description: string | null;
  }>({
    name: 'read-invoice-lines',
    text: `
SELECT invoice_id, source_line, starts_at, ends_at, project, api_key_id, model, bill_class, service_tier, context_window,
       region, quantity, amount, category, description
  FROM invoice_lines WHERE tenant_id = $1 AND invoice_id = ANY ($2::uuid[]) ORDER BY invoice_id, n`,
    values: [tenantId, invoices.map(({ invoiceId }) => invoiceId)],
  });
  const heads = new Map(invoices.map((head) => [head.invoiceId, head]));
  return rows.map((row): BillLine => {
    const { provider, currency, number } = heads.get(row.invoice_id)!;
    return {
      line: row.source_line,
      provider,
      startsAtUs: row.starts_at,
      endsAtUs: row.ends_at,
      project: row.project,
      apiKeyId: row.api_key_id,
      model: row.model,
      billClass: BILL_CLASSES.find((each) => each === row.bill_class) ?? null,
      serviceTier: row.service_tier,
      contextWindow: row.context_window,
      region: row.region,
      quantity: row.quantity,
      amountPico: row.amount === null ? null : BigInt(row.amount),
      currency,
      category: row.category,
      invoiceId: number === '' ? null : number,
      description: row.description,
    };
  });
}
