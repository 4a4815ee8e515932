import type { Asset } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A rule that is worked through the history of a tenant page by page; `post` moves the books, `preview` does not. */
export interface OpenCause {
  readonly tenantId: bigint;
  /** As it stands on the transactions it posts. */
  readonly causeId: string;
  readonly kind: string;
  readonly mode: 'post' | 'preview';
  readonly detail: unknown;
  /** The last page is out; what it made due may not be. */
  readonly isWorked: boolean;
  /** Of the last page that was committed; empty = none was. */
  readonly cursor: string;
  readonly tracesDone: number;
}

export interface NewCause {
  readonly causeId: string;
  readonly kind: string;
  readonly mode: 'post' | 'preview';
  readonly detail: unknown;
  readonly openedAtUs: bigint;
  /** Of a preview. */
  readonly expiresAtUs: bigint | null;
}

/** Opens a cause; one that was opened before stays as it is. @returns whether this call opened it */
export async function openCause(db: Queryable, tenantId: bigint, cause: NewCause): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'open-cause',
    text: `
INSERT INTO causes (tenant_id, cause_id, kind, mode, detail, opened_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id, cause_id) DO NOTHING`,
    values: [
      tenantId,
      cause.causeId,
      cause.kind,
      cause.mode,
      JSON.stringify(cause.detail),
      timestampFromUs(cause.openedAtUs),
      cause.expiresAtUs === null ? null : timestampFromUs(cause.expiresAtUs),
    ],
  });
  return rowCount === 1;
}

/**
 * Leases the oldest cause of a mode that is not done to this worker; others get others. A lease that runs out is taken
 * again.
 */
export async function claimCause(
  db: Queryable,
  leaseMs: number,
  mode: OpenCause['mode'] = 'post',
): Promise<OpenCause | null> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    cause_id: string;
    kind: string;
    mode: 'post' | 'preview';
    detail: unknown;
    is_worked: boolean;
    cursor: string;
    traces_done: number;
  }>({
    name: 'claim-cause',
    text: `
WITH o AS MATERIALIZED (
  SELECT tenant_id, cause_id FROM causes
   WHERE done_at IS NULL AND mode = $2 AND (leased_until IS NULL OR leased_until < clock_timestamp())
     AND (expires_at IS NULL OR expires_at > clock_timestamp())
     AND NOT EXISTS (SELECT FROM posting_halts h WHERE h.tenant_id = causes.tenant_id AND h.cleared_at IS NULL)
   ORDER BY opened_at, cause_id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE causes c SET leased_until = clock_timestamp() + make_interval(secs => $1::double precision / 1000)
  FROM o WHERE c.tenant_id = o.tenant_id AND c.cause_id = o.cause_id
RETURNING c.tenant_id, c.cause_id, c.kind, c.mode, c.detail, c.is_worked, c.cursor, c.traces_done`,
    values: [leaseMs, mode],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    tenantId: row.tenant_id,
    causeId: row.cause_id,
    kind: row.kind,
    mode: row.mode,
    detail: row.detail,
    isWorked: row.is_worked,
    cursor: row.cursor,
    tracesDone: row.traces_done,
  };
}

export interface CauseProgress {
  /** Of the page that is done; null = it was the last one. */
  readonly cursor: string | null;
  readonly traces: number;
  readonly failed: number;
  readonly leaseMs: number;
  readonly nowUs: bigint;
}

/**
 * Moves a cause past a page that is committed.
 * @returns false when another worker did: then the cause is its
 */
export async function advanceCause(
  db: Queryable,
  { tenantId, causeId, cursor }: OpenCause,
  progress: CauseProgress,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'advance-cause',
    text: `
UPDATE causes SET cursor = coalesce($4, cursor), is_worked = $4::text IS NULL, traces_done = traces_done + $5,
       traces_failed = traces_failed + $6, advanced_at = $7,
       leased_until = clock_timestamp() + make_interval(secs => $8::double precision / 1000)
 WHERE tenant_id = $1 AND cause_id = $2 AND cursor = $3 AND NOT is_worked AND done_at IS NULL`,
    values: [
      tenantId,
      causeId,
      cursor,
      progress.cursor,
      progress.traces,
      progress.failed,
      timestampFromUs(progress.nowUs),
      progress.leaseMs,
    ],
  });
  return rowCount === 1;
}

/** Gives a cause back, for others to take in `waitMs`; `error` is shown with it until it moves on. */
export async function releaseCause(
  db: Queryable,
  { tenantId, causeId }: OpenCause,
  waitMs: number,
  error: string | null,
): Promise<void> {
  await db.query({
    name: 'release-cause',
    text: `
UPDATE causes SET error = $4, leased_until = clock_timestamp() + make_interval(secs => $3::double precision / 1000)
 WHERE tenant_id = $1 AND cause_id = $2 AND done_at IS NULL`,
    values: [tenantId, causeId, waitMs, error],
  });
}

/**
 * Ends a worked cause of which no trace is due any more, in the caller's transaction. A trace that failed again and
 * again no longer holds it up: it stands in the worklist.
 *
 * @returns whether this call ended it
 */
export async function endCause(
  db: Queryable,
  { tenantId, causeId }: OpenCause,
  doneAtUs: bigint,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'end-cause',
    text: `
UPDATE causes SET done_at = $3, leased_until = NULL, error = NULL
 WHERE tenant_id = $1 AND cause_id = $2 AND is_worked AND done_at IS NULL
   AND NOT EXISTS (SELECT FROM due_traces WHERE tenant_id = $1 AND cause = $2 AND failures <= 3)`,
    values: [tenantId, causeId, timestampFromUs(doneAtUs)],
  });
  return rowCount === 1;
}

/** What a cause moved on one account by one code in one posting period. */
export interface CauseDelta {
  readonly asset: Asset;
  readonly code: string;
  readonly period: string;
  readonly account: string;
  /** '' where the cost belongs to no attempt. */
  readonly workflow: string;
  readonly amount: bigint;
  readonly entries: number;
}

/** Adds to what a cause has moved, in the transaction that moved it. */
export async function addCauseDeltas(
  db: Queryable,
  tenantId: bigint,
  causeId: string,
  deltas: readonly CauseDelta[],
): Promise<void> {
  if (deltas.length === 0) return;
  await db.query({
    name: 'add-cause-deltas',
    text: `
INSERT INTO cause_deltas AS d (tenant_id, cause_id, asset, code, period, account, workflow, amount, entries)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::bigint[])
ON CONFLICT (tenant_id, cause_id, asset, code, period, account, workflow) DO UPDATE
   SET amount = d.amount + excluded.amount, entries = d.entries + excluded.entries`,
    values: [
      tenantId,
      causeId,
      deltas.map(({ asset }) => asset),
      deltas.map(({ code }) => code),
      deltas.map(({ period }) => period),
      deltas.map(({ account }) => account),
      deltas.map(({ workflow }) => workflow),
      deltas.map(({ amount }) => amount),
      deltas.map(({ entries }) => entries),
    ],
  });
}

/** In the order of its key; amounts of 0 are left out. */
export async function readCauseDeltas(
  db: Queryable,
  tenantId: bigint,
  causeId: string,
): Promise<CauseDelta[]> {
  const { rows } = await db.query<{
    asset: Asset;
    code: string;
    period: string;
    account: string;
    workflow: string;
    amount: string;
    entries: bigint;
  }>({
    name: 'read-cause-deltas',
    text: `
SELECT asset, code, period, account, workflow, amount, entries FROM cause_deltas
 WHERE tenant_id = $1 AND cause_id = $2 AND amount <> 0
 ORDER BY asset COLLATE "C", code COLLATE "C", period COLLATE "C", account COLLATE "C", workflow COLLATE "C"`,
    values: [tenantId, causeId],
  });
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount), entries: Number(row.entries) }));
}
