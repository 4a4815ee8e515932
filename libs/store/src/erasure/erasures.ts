import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A request to erase: asked for by one principal, decided by another, carried out by the worker. */
export interface Erasure {
  readonly erasureId: string;
  /** As asked; once it is done only counts and random ids are left of it. */
  readonly scope: unknown;
  /** A code, as gdpr_17_1_b. */
  readonly basis: string;
  /** Gone once it is done: who is written about there is the one to be forgotten. */
  readonly reason: string;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly decision: 'approved' | 'refused' | null;
  readonly decidedAtUs: bigint | null;
  readonly decidedBy: string | null;
  readonly decidedReason: string | null;
  readonly counts: unknown;
  readonly doneAtUs: bigint | null;
  readonly backupsClearAfterUs: bigint | null;
  /** Of the newest leaf about it, once that is sealed. */
  readonly leafIndex: bigint | null;
}

export async function insertErasure(
  client: Client,
  tenantId: bigint,
  request: Pick<Erasure, 'erasureId' | 'basis' | 'reason' | 'requestedAtUs' | 'requestedBy'> & {
    readonly scope: string;
  },
): Promise<void> {
  await client.query(
    `INSERT INTO erasures (tenant_id, erasure_id, scope, basis, reason, requested_at, requested_by)
     VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7)`,
    [
      tenantId,
      request.erasureId,
      request.scope,
      request.basis,
      request.reason,
      timestampFromUs(request.requestedAtUs),
      request.requestedBy,
    ],
  );
}

/** Requests, newest first, after one; or one by its id. */
export async function listErasures(
  db: Queryable,
  tenantId: bigint,
  filter: {
    readonly erasureId?: string;
    readonly after?: { readonly requestedAtUs: bigint; readonly erasureId: string } | undefined;
    readonly limit: number;
  },
): Promise<Erasure[]> {
  const { rows } = await db.query<{
    erasure_id: string;
    scope: unknown;
    basis: string;
    reason: string;
    requested_at: bigint;
    requested_by: string;
    decision: 'approved' | 'refused' | null;
    decided_at: bigint | null;
    decided_by: string | null;
    decided_reason: string | null;
    counts: unknown;
    done_at: bigint | null;
    backups_clear_after: bigint | null;
    leaf_index: bigint | null;
  }>(
    `SELECT erasure_id, scope, basis, reason, requested_at, requested_by, decision, decided_at, decided_by, decided_reason,
            counts, done_at, backups_clear_after,
            (SELECT max(idx) FROM leaves l WHERE l.tenant_id = $1 AND l.subject_id = e.erasure_id::text) AS leaf_index
       FROM erasures e
      WHERE tenant_id = $1 AND ($2::uuid IS NULL OR erasure_id = $2)
        AND ($3::timestamptz IS NULL OR (requested_at, erasure_id) < ($3, $4::uuid))
      ORDER BY requested_at DESC, erasure_id DESC LIMIT $5`,
    [
      tenantId,
      filter.erasureId ?? null,
      filter.after === undefined ? null : timestampFromUs(filter.after.requestedAtUs),
      filter.after?.erasureId ?? null,
      filter.limit,
    ],
  );
  return rows.map((row) => ({
    erasureId: row.erasure_id,
    scope: row.scope,
    basis: row.basis,
    reason: row.reason,
    requestedAtUs: row.requested_at,
    requestedBy: row.requested_by,
    decision: row.decision,
    decidedAtUs: row.decided_at,
    decidedBy: row.decided_by,
    decidedReason: row.decided_reason,
    counts: row.counts,
    doneAtUs: row.done_at,
    backupsClearAfterUs: row.backups_clear_after,
    leafIndex: row.leaf_index,
  }));
}

/** @returns false where it was decided before: nothing is changed then */
export async function decideErasure(
  client: Client,
  tenantId: bigint,
  decision: {
    readonly erasureId: string;
    readonly decision: 'approved' | 'refused';
    readonly reason: string | null;
    readonly decidedAtUs: bigint;
    readonly decidedBy: string;
  },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE erasures SET decision = $3, decided_reason = $4, decided_at = $5, decided_by = $6
      WHERE tenant_id = $1 AND erasure_id = $2 AND decision IS NULL`,
    [
      tenantId,
      decision.erasureId,
      decision.decision,
      decision.reason,
      timestampFromUs(decision.decidedAtUs),
      decision.decidedBy,
    ],
  );
  return rowCount === 1;
}

/** Approved and not carried out. */
export interface OpenErasure {
  readonly tenantId: bigint;
  readonly erasureId: string;
  readonly scope: unknown;
  readonly basis: string;
  readonly requestedBy: string;
  readonly approvedBy: string;
}

/** The oldest approved erasures of all tenants that are not done. */
export async function readOpenErasures(db: Queryable, limit: number): Promise<OpenErasure[]> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    erasure_id: string;
    scope: unknown;
    basis: string;
    requested_by: string;
    decided_by: string;
  }>({
    name: 'read-open-erasures',
    text: `
SELECT tenant_id, erasure_id, scope, basis, requested_by, decided_by FROM erasures
 WHERE decision = 'approved' AND done_at IS NULL ORDER BY decided_at LIMIT $1`,
    values: [limit],
  });
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    erasureId: row.erasure_id,
    scope: row.scope,
    basis: row.basis,
    requestedBy: row.requested_by,
    approvedBy: row.decided_by,
  }));
}

/**
 * Holds the erasures of a tenant until the transaction ends: one at a time, so that keys are destroyed one after
 * another.
 *
 * @returns false where this one was carried out meanwhile
 */
export async function holdErasure(client: Client, tenantId: bigint, erasureId: string): Promise<boolean> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('erasures ' || $1::text, 0))`, [
    tenantId,
  ]);
  const { rows } = await client.query<{ is_open: boolean }>(
    `SELECT done_at IS NULL AS is_open FROM erasures WHERE tenant_id = $1 AND erasure_id = $2`,
    [tenantId, erasureId],
  );
  return rows[0]?.is_open === true;
}

/** Ends an erasure: nothing is left of what it was about but random ids. */
export async function finishErasure(
  client: Client,
  tenantId: bigint,
  done: {
    readonly erasureId: string;
    readonly subjects: readonly string[];
    readonly surrogates: readonly string[];
    readonly counts: string;
    readonly doneAtUs: bigint;
    readonly backupsClearAfterUs: bigint;
  },
): Promise<void> {
  await client.query(
    `UPDATE erasures SET scope = '{}', reason = '[cut]', subjects = $3, surrogates = $4, counts = $5::jsonb, done_at = $6, backups_clear_after = $7
      WHERE tenant_id = $1 AND erasure_id = $2`,
    [
      tenantId,
      done.erasureId,
      done.subjects,
      done.surrogates,
      done.counts,
      timestampFromUs(done.doneAtUs),
      timestampFromUs(done.backupsClearAfterUs),
    ],
  );
}

/** Every subject whose key a finished erasure destroyed: a key store restored from before has to be told again. */
export async function readErasedSubjects(db: Queryable): Promise<ReadonlyMap<bigint, string[]>> {
  const { rows } = await db.query<{ tenant_id: bigint; subjects: string[] }>({
    name: 'read-erased-subjects',
    text: `
SELECT tenant_id, array_agg(DISTINCT subject::text) AS subjects
  FROM erasures CROSS JOIN LATERAL unnest(subjects) AS subject WHERE done_at IS NOT NULL GROUP BY tenant_id`,
  });
  return new Map(rows.map((row) => [row.tenant_id, row.subjects]));
}

/** Of subjects, those whose content was erased, with the place of the leaf that says so (null until it is sealed). */
export async function readErasuresOf(
  db: Queryable,
  tenantId: bigint,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, bigint | null>> {
  const { rows } = await db.query<{ subject: string; leaf_index: bigint | null }>({
    name: 'read-erasures-of-subjects',
    text: `
SELECT subject::text AS subject, min(l.idx) AS leaf_index
  FROM erasures e CROSS JOIN LATERAL unnest(e.subjects) AS subject
  LEFT JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = e.erasure_id::text
 WHERE e.tenant_id = $1 AND e.done_at IS NOT NULL AND subject = ANY ($2::uuid[]) GROUP BY subject`,
    values: [tenantId, subjectIds],
  });
  return new Map(rows.map((row) => [row.subject, row.leaf_index]));
}
