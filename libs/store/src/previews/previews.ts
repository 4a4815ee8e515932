import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { PreviewRule } from './preview-rule.ts';

export interface NewPreview {
  readonly previewId: string;
  /** As the request names it. */
  readonly kind: string;
  /** 32 bytes. */
  readonly digest: Buffer;
  /** JSON text, for people. */
  readonly body: string;
  readonly rule: PreviewRule;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly keyId: string;
  readonly expiresAtUs: bigint;
}

/**
 * Stores a preview and opens it as a cause that the worker rolls back, in the caller's transaction.
 *
 * @param maxOpen of the tenant that are not done
 * @returns false, storing nothing, where so many are open already
 */
export async function insertPreview(
  client: Client,
  tenantId: bigint,
  preview: NewPreview,
  maxOpen: number,
): Promise<boolean> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`previews ${tenantId}`]);
  const at = timestampFromUs(preview.requestedAtUs);
  const { rowCount } = await client.query(
    `INSERT INTO causes (tenant_id, cause_id, kind, mode, detail, opened_at, expires_at)
     SELECT $1, $2, $3, 'preview', '{}', $4, $5
      WHERE (SELECT count(*) FROM causes WHERE tenant_id = $1 AND mode = 'preview' AND done_at IS NULL
                AND expires_at > $4::timestamptz) < $6`,
    [tenantId, preview.previewId, preview.kind, at, timestampFromUs(preview.expiresAtUs), maxOpen],
  );
  if (rowCount !== 1) return false;
  await client.query(
    `INSERT INTO previews (tenant_id, preview_id, kind, digest, body, rule, requested_at, requested_by, key_id, from_size,
                           traces_known)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
             coalesce((SELECT size FROM log_heads WHERE tenant_id = $1), 0),
             (SELECT count(*) FROM traces WHERE tenant_id = $1))`,
    [
      tenantId,
      preview.previewId,
      preview.kind,
      preview.digest,
      preview.body,
      JSON.stringify(preview.rule),
      at,
      preview.requestedBy,
      preview.keyId,
    ],
  );
  return true;
}

/** A preview, how far it is, and who decided about it. */
export interface PreviewRow {
  readonly previewId: string;
  readonly kind: string;
  readonly digest: Buffer;
  readonly body: unknown;
  /** Of a price list: base64 root of the rows it would record. */
  readonly root: string | null;
  /** Of a setting: the canonical rule, and the newest version of its name when it was asked for. */
  readonly rule: string | null;
  readonly basedOn: number | null;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly fromSize: number;
  readonly toSize: number | null;
  readonly tracesKnown: number;
  readonly tracesDone: number;
  /** Passed over: what they move is not in the sums. */
  readonly tracesFailed: number;
  readonly summary: unknown;
  readonly doneAtUs: bigint | null;
  readonly expiresAtUs: bigint;
  readonly error: string | null;
  readonly decision: 'approved' | 'declined' | null;
  readonly decidedAtUs: bigint | null;
  readonly decidedBy: string | null;
}

interface StoredPreview {
  preview_id: string;
  kind: string;
  digest: Buffer;
  body: unknown;
  requested_at: bigint;
  requested_by: string;
  from_size: bigint;
  to_size: bigint | null;
  traces_known: bigint;
  traces_done: number;
  traces_failed: number;
  root: string | null;
  rule: string | null;
  based_on: number | null;
  summary: unknown;
  done_at: bigint | null;
  expires_at: bigint;
  error: string | null;
  decision: 'approved' | 'declined' | null;
  decided_at: bigint | null;
  decided_by: string | null;
}

const toRow = (row: StoredPreview): PreviewRow => ({
  previewId: row.preview_id,
  kind: row.kind,
  digest: row.digest,
  body: row.body,
  requestedAtUs: row.requested_at,
  requestedBy: row.requested_by,
  fromSize: Number(row.from_size),
  toSize: row.to_size === null ? null : Number(row.to_size),
  tracesKnown: Number(row.traces_known),
  tracesDone: row.traces_done,
  tracesFailed: row.traces_failed,
  root: row.root,
  rule: row.rule,
  basedOn: row.based_on,
  summary: row.summary,
  doneAtUs: row.done_at,
  expiresAtUs: row.expires_at,
  error: row.error,
  decision: row.decision,
  decidedAtUs: row.decided_at,
  decidedBy: row.decided_by,
});

/** Previews, newest first, after one; or one by its id. Those that are over stay until they are removed. */
export async function listPreviews(
  db: Queryable,
  tenantId: bigint,
  filter: {
    readonly previewId?: string;
    readonly after?: { readonly requestedAtUs: bigint; readonly previewId: string } | undefined;
    readonly limit: number;
  },
): Promise<PreviewRow[]> {
  const { rows } = await db.query<StoredPreview>(
    `SELECT p.preview_id, p.kind, p.digest, p.body, p.requested_at, p.requested_by, p.from_size, p.to_size, p.traces_known,
            c.traces_done, c.traces_failed, p.rule ->> 'root' AS root, p.rule ->> 'rule' AS rule,
            (p.rule ->> 'basedOn')::integer AS based_on, p.summary, c.done_at, c.expires_at, c.error, d.decision, d.decided_at, d.decided_by
       FROM previews p JOIN causes c ON c.tenant_id = p.tenant_id AND c.cause_id = p.preview_id::text
       LEFT JOIN preview_decisions d ON d.tenant_id = p.tenant_id AND d.preview_id = p.preview_id
      WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.preview_id = $2)
        AND ($3::timestamptz IS NULL OR (p.requested_at, p.preview_id) < ($3, $4::uuid))
      ORDER BY p.requested_at DESC, p.preview_id DESC LIMIT $5`,
    [
      tenantId,
      filter.previewId ?? null,
      filter.after === undefined ? null : timestampFromUs(filter.after.requestedAtUs),
      filter.after?.previewId ?? null,
      filter.limit,
    ],
  );
  return rows.map(toRow);
}

export interface PreviewDecision {
  readonly previewId: string;
  readonly decision: 'approved' | 'declined';
  readonly decidedAtUs: bigint;
  readonly decidedBy: string;
  readonly leaf: Buffer;
}

/** Records a decision with its evidence. @returns false where it was decided before; nothing is stored then */
export async function decidePreview(
  client: Client,
  tenantId: bigint,
  { previewId, decision, decidedAtUs, decidedBy, leaf }: PreviewDecision,
): Promise<boolean> {
  const at = timestampFromUs(decidedAtUs);
  const { rowCount } = await client.query(
    `INSERT INTO preview_decisions (tenant_id, preview_id, decision, decided_at, decided_by)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [tenantId, previewId, decision, at, decidedBy],
  );
  if (rowCount !== 1) return false;
  await client.query(
    `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, 'preview', $2, $3, $4)`,
    [tenantId, previewId, leaf, at],
  );
  return true;
}
