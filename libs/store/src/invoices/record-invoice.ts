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
  /** Currency of the charges it is for; null = it does not say. */
  readonly chargedIn: string | null;
  /** Units of its currency for one of `chargedIn`, a decimal as it states it; null = none. */
  readonly statedRate: string | null;
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
 * Stores a document as the next version of its (provider, period, number, format, currency), with its `invoice` leaf, in
 * the caller's transaction. Idempotent: the same lines, total and rate again store nothing. Documents of one number in
 * two currencies stand beside each other; their versions are counted together.
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
  const { newest, versions } = await readNewestVersion(client, tenantId, invoice);
  const total = totalPico === null ? null : totalPico.toString();
  const { chargedIn, statedRate } = invoice;
  if (
    newest?.root.equals(root) === true &&
    newest.total_amount === total &&
    newest.charged_in === chargedIn &&
    newest.stated_rate === statedRate
  )
    return { invoiceId: newest.invoice_id, version: newest.version, isKnown: true };
  const version = versions + 1;
  await client.query({
    name: 'insert-invoice',
    text: `
INSERT INTO invoices (tenant_id, invoice_id, provider, period, number, format, version, currency, total_amount,
                      line_count, rounded_lines, notes, root, recorded_at, recorded_by, charged_in, stated_rate)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::numeric, $10, $11, $12, $13, $14, $15, $16, $17)`,
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
      chargedIn,
      statedRate,
    ],
  });
  await insertLines(client, tenantId, invoice);
  await insertLeaf(client, tenantId, invoice, { version, root, atUs: recorded.atUs });
  return { invoiceId: invoice.invoiceId, version, isKnown: false };
}

interface VersionRow {
  invoice_id: string;
  version: number;
  currency: string;
  total_amount: string | null;
  charged_in: string | null;
  stated_rate: string | null;
  root: Buffer;
}

async function readNewestVersion(
  client: Client,
  tenantId: bigint,
  { provider, period, number, format, currency }: NewInvoice,
): Promise<{ newest: VersionRow | undefined; versions: number }> {
  const { rows } = await client.query<VersionRow>({
    name: 'read-newest-invoice-version',
    text: `
SELECT DISTINCT ON (currency) invoice_id, version, currency, total_amount, charged_in, stated_rate, root FROM invoices
 WHERE tenant_id = $1 AND provider = $2 AND period = $3 AND number = $4 AND format = $5
 ORDER BY currency, version DESC`,
    values: [tenantId, provider, period, number, format],
  });
  return {
    newest: rows.find((row) => row.currency === currency),
    versions: rows.reduce((most, { version }) => (version > most ? version : most), 0),
  };
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
    chargedIn: invoice.chargedIn ?? undefined,
    statedRate: invoice.statedRate ?? undefined,
    lines: { count: lines.length, root: root.toString('base64') },
  });
  await insertEvidence(client, tenantId, [{ kind: 'invoice', subjectId: invoiceId, body }], atUs);
}
