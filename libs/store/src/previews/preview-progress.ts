import type { Ref, TraceId } from '#model';
import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { previewRuleSchema, type PreviewRule } from './preview-rule.ts';

/** What the worker works through. */
export interface OpenPreview {
  readonly rule: PreviewRule;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly summary: unknown;
}

export async function readOpenPreview(
  db: Queryable,
  tenantId: bigint,
  previewId: string,
): Promise<OpenPreview> {
  const { rows } = await db.query<{
    rule: unknown;
    requested_at: bigint;
    requested_by: string;
    summary: unknown;
  }>(
    'SELECT rule, requested_at, requested_by, summary FROM previews WHERE tenant_id = $1 AND preview_id = $2',
    [tenantId, previewId],
  );
  const row = rows[0];
  if (row === undefined) throw new TypeError(`there is no preview ${previewId}`);
  return {
    rule: previewRuleSchema.parse(row.rule),
    requestedAtUs: row.requested_at,
    requestedBy: row.requested_by,
    summary: row.summary,
  };
}

/** Replaces what is summed so far, in the transaction that moves the cause past the page. @param summary JSON text */
export async function saveSummary(
  client: Client,
  tenantId: bigint,
  previewId: string,
  summary: string,
): Promise<void> {
  await client.query('UPDATE previews SET summary = $3 WHERE tenant_id = $1 AND preview_id = $2', [
    tenantId,
    previewId,
    summary,
  ]);
}

/** Ends a preview and forgets what only its pages needed. @returns whether this call ended it */
export async function endPreview(
  client: Client,
  tenantId: bigint,
  previewId: string,
  nowUs: bigint,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE causes SET done_at = $3, is_worked = true, leased_until = NULL, error = NULL
      WHERE tenant_id = $1 AND cause_id = $2 AND mode = 'preview' AND done_at IS NULL`,
    [tenantId, previewId, timestampFromUs(nowUs)],
  );
  if (rowCount !== 1) return false;
  await client.query(
    `UPDATE previews SET to_size = coalesce((SELECT size FROM log_heads WHERE tenant_id = $1), 0)
      WHERE tenant_id = $1 AND preview_id = $2`,
    [tenantId, previewId],
  );
  await forgetPages(client, tenantId, previewId);
  return true;
}

async function forgetPages(client: Client, tenantId: bigint, previewId: string): Promise<void> {
  const key = [tenantId, previewId];
  await client.query('DELETE FROM preview_marks WHERE tenant_id = $1 AND preview_id = $2', key);
  await client.query('DELETE FROM preview_namings WHERE tenant_id = $1 AND preview_id = $2', key);
}

/**
 * Removes previews that are over and that nobody decided about; those that were decided are evidence and stay.
 *
 * @returns how many
 */
export async function removeExpiredPreviews(client: Client, nowUs: bigint): Promise<number> {
  const { rows } = await client.query<{ tenant_id: bigint; cause_id: string }>(
    `SELECT c.tenant_id, c.cause_id FROM causes c
      WHERE c.mode = 'preview' AND c.expires_at <= $1
        AND NOT EXISTS (SELECT FROM preview_decisions d WHERE d.tenant_id = c.tenant_id AND d.preview_id::text = c.cause_id)
      ORDER BY c.tenant_id, c.cause_id LIMIT 100`,
    [timestampFromUs(nowUs)],
  );
  for (const { tenant_id: tenantId, cause_id: previewId } of rows) {
    await forgetPages(client, tenantId, previewId);
    const key = [tenantId, previewId];
    await client.query('DELETE FROM previews WHERE tenant_id = $1 AND preview_id = $2', key);
    await client.query('DELETE FROM cause_deltas WHERE tenant_id = $1 AND cause_id = $2', key);
    await client.query('DELETE FROM causes WHERE tenant_id = $1 AND cause_id = $2', key);
  }
  return rows.length;
}

/** Says that pages to come need not look at these again. @returns those that were not said before */
export async function addMarks(
  client: Client,
  tenantId: bigint,
  previewId: string,
  marks: readonly string[],
): Promise<string[]> {
  if (marks.length === 0) return [];
  const { rows } = await client.query<{ mark: string }>(
    `INSERT INTO preview_marks (tenant_id, preview_id, mark) SELECT $1, $2, mark FROM unnest($3::text[]) AS t (mark)
     ON CONFLICT DO NOTHING RETURNING mark`,
    [tenantId, previewId, marks],
  );
  return rows.map(({ mark }) => mark);
}

/** Which of these an earlier page has worked already. */
export async function readMarks(
  db: Queryable,
  tenantId: bigint,
  previewId: string,
  marks: readonly string[],
): Promise<Set<string>> {
  const { rows } = await db.query<{ mark: string }>(
    'SELECT mark FROM preview_marks WHERE tenant_id = $1 AND preview_id = $2 AND mark = ANY ($3::text[])',
    [tenantId, previewId, marks],
  );
  return new Set(rows.map(({ mark }) => mark));
}

export interface PreviewNaming {
  readonly ref: Ref;
  readonly traceId: TraceId;
}

/** Keeps keys that traces have under the rule and do not have without it. */
export async function addNamings(
  client: Client,
  tenantId: bigint,
  previewId: string,
  namings: readonly PreviewNaming[],
): Promise<void> {
  if (namings.length === 0) return;
  await client.query(
    `INSERT INTO preview_namings (tenant_id, preview_id, ref, trace_id)
     SELECT $1, $2, ref, trace_id FROM unnest($3::text[], $4::uuid[]) AS t (ref, trace_id) ON CONFLICT DO NOTHING`,
    [tenantId, previewId, namings.map(({ ref }) => ref), namings.map(({ traceId }) => traceId)],
  );
}

/** Every key of these traces but those of customers, which only suggest. */
export async function readNamings(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<PreviewNaming[]> {
  const { rows } = await db.query<{ ref: string; trace_id: string }>(
    `SELECT ref, trace_id FROM trace_refs
      WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND NOT starts_with(ref, 'customer:')`,
    [tenantId, traceIds],
  );
  return rows.map((row) => ({ ref: row.ref, traceId: traceIdFromUuid(row.trace_id) }));
}
