import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import type { BillLine } from '#reconciliation';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { insertEvidence } from '../posting/evidence-rows.ts';

/** One document of a provider for one usage month. */
export interface NewInvoice {
  readonly invoiceId: string;
  readonly provider: string;
  /** Usage month, `YYYY-MM`. */
  readonly period: string;
  /** Empty = a report: it is compared, and nothing is booked. */
  readonly number: string;
  readonly format: string;
  readonly currency: string;
  /** null = the sum of its lines. */
  readonly totalPico: bigint | null;
  readonly lines: readonly BillLine[];
  readonly roundedLines: number;
  readonly notes: readonly string[];
}

export interface RecordedInvoice {
  readonly invoiceId: string;
  readonly version: number;
  /** The newest version of the same document says the same: nothing was stored. */
  readonly isKnown: boolean;
}

/**
 * Stores a document as the next version of its (provider, period, number, format), with its `invoice` leaf, and makes
 * its comparison due, all in the caller's transaction. Idempotent: the same lines and total again store nothing.
 *
 * Postings that run meanwhile either are read by the comparison or make it due themselves: this waits for those that
 * have begun, and holds back those that begin, until it commits.
 */
export async function recordInvoice(
  client: Client,
  tenantId: bigint,
  invoice: NewInvoice,
  recorded: { readonly atUs: bigint; readonly by: string | null },
): Promise<RecordedInvoice> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [invoiceLock(tenantId)]);
  const { provider, period, number, format, currency, totalPico } = invoice;
  const root = merkleRoot(invoice.lines.map((line) => Buffer.from(canonicalJson({ ...line }))));
  const newest = await readNewestVersion(client, tenantId, invoice);
  const total = totalPico === null ? null : totalPico.toString();
  if (newest?.root.equals(root) === true && newest.currency === currency && newest.total_amount === total)
    return { invoiceId: newest.invoice_id, version: newest.version, isKnown: true };
  const version = (newest?.version ?? 0) + 1;
  await client.query({
    name: 'insert-invoice',
    text: `
INSERT INTO invoices (tenant_id, invoice_id, provider, period, number, format, version, currency, total_amount,
                      line_count, rounded_lines, notes, root, recorded_at, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::numeric, $10, $11, $12, $13, $14, $15)`,
    values: [
      tenantId,
      invoice.invoiceId,
      provider,
      period,
      number,
      format,
      version,
      currency,
      total,
      invoice.lines.length,
      invoice.roundedLines,
      invoice.notes,
      root,
      timestampFromUs(recorded.atUs),
      recorded.by,
    ],
  });
  await insertLines(client, tenantId, invoice);
  await insertLeaf(client, tenantId, invoice, { version, root, atUs: recorded.atUs });
  return { invoiceId: invoice.invoiceId, version, isKnown: false };
}

interface NewestVersion {
  invoice_id: string;
  version: number;
  currency: string;
  total_amount: string | null;
  root: Buffer;
}

async function readNewestVersion(
  client: Client,
  tenantId: bigint,
  { provider, period, number, format }: NewInvoice,
): Promise<NewestVersion | undefined> {
  const { rows } = await client.query<NewestVersion>({
    name: 'read-newest-invoice-version',
    text: `
SELECT invoice_id, version, currency, total_amount, root FROM invoices
 WHERE tenant_id = $1 AND provider = $2 AND period = $3 AND number = $4 AND format = $5
 ORDER BY version DESC LIMIT 1`,
    values: [tenantId, provider, period, number, format],
  });
  return rows[0];
}

/** What invoices are recorded under exclusively, and postings share. */
export const invoiceLock = (tenantId: bigint): string => `invoices ${tenantId}`;

async function insertLines(
  client: Client,
  tenantId: bigint,
  { invoiceId, lines }: NewInvoice,
): Promise<void> {
  await client.query({
    name: 'insert-invoice-lines',
    text: `
INSERT INTO invoice_lines (tenant_id, invoice_id, n, source_line, starts_at, ends_at, project, api_key_id, model,
                           bill_class, service_tier, context_window, region, quantity, amount, category, description)
SELECT $1, $2, row_number() OVER (ORDER BY t.ordinality), source_line, starts_at, ends_at, project, api_key_id, model,
       bill_class, service_tier, context_window, region, quantity, amount, category, description
  FROM unnest($3::integer[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[],
              $10::text[], $11::text[], $12::text[], $13::bigint[], $14::numeric[], $15::text[], $16::text[])
       WITH ORDINALITY
       AS t (source_line, starts_at, ends_at, project, api_key_id, model, bill_class, service_tier, context_window,
             region, quantity, amount, category, description, ordinality)`,
    values: [
      tenantId,
      invoiceId,
      lines.map(({ line }) => line),
      lines.map(({ startsAtUs }) => timestampFromUs(startsAtUs)),
      lines.map(({ endsAtUs }) => timestampFromUs(endsAtUs)),
      lines.map(({ project }) => project),
      lines.map(({ apiKeyId }) => apiKeyId),
      lines.map(({ model }) => model),
      lines.map(({ billClass }) => billClass),
      lines.map(({ serviceTier }) => serviceTier),
      lines.map(({ contextWindow }) => contextWindow),
      lines.map(({ region }) => region),
      lines.map(({ quantity }) => quantity),
      lines.map(({ amountPico }) => amountPico),
      lines.map(({ category }) => category),
      lines.map(({ description }) => description),
    ],
  });
}

async function insertLeaf(
  client: Client,
  tenantId: bigint,
  invoice: NewInvoice,
  { version, root, atUs }: { readonly version: number; readonly root: Buffer; readonly atUs: bigint },
): Promise<void> {
  const { invoiceId, provider, period, number, format, currency, totalPico, lines } = invoice;
  const body = encodeLeaf('invoice', atUs, {
    invoiceId,
    provider,
    period,
    number,
    format,
    version,
    currency,
    total: totalPico,
    lines: { count: lines.length, root: root.toString('base64') },
  });
  await insertEvidence(client, tenantId, [{ kind: 'invoice', subjectId: invoiceId, body }], atUs);
}
