import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A month that is closed, or being closed. */
export interface PeriodRow {
  readonly period: string;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly closedAtUs: bigint | null;
  /** Settled size of the log that holds all postings of the month; null while it is being closed. */
  readonly size: number | null;
  readonly root: Buffer | null;
  readonly trialBalance: unknown;
  readonly rules: unknown;
  readonly revisions: number | null;
  readonly revisionsRoot: Buffer | null;
}

/** Newest first. */
export async function readPeriods(db: Queryable, tenantId: bigint): Promise<PeriodRow[]> {
  const { rows } = await db.query<{
    period: string;
    requested_at: bigint;
    requested_by: string;
    closed_at: bigint | null;
    size: bigint | null;
    root: Buffer | null;
    trial_balance: unknown;
    rules: unknown;
    revisions: bigint | null;
    revisions_root: Buffer | null;
  }>(
    `SELECT period, requested_at, requested_by, closed_at, size, root, trial_balance, rules, revisions, revisions_root
       FROM periods WHERE tenant_id = $1 ORDER BY period DESC`,
    [tenantId],
  );
  return rows.map((row) => ({
    period: row.period,
    requestedAtUs: row.requested_at,
    requestedBy: row.requested_by,
    closedAtUs: row.closed_at,
    size: row.size === null ? null : Number(row.size),
    root: row.root,
    trialBalance: row.trial_balance,
    rules: row.rules,
    revisions: row.revisions === null ? null : Number(row.revisions),
    revisionsRoot: row.revisions_root,
  }));
}

/** What stands against closing a month, read while nobody posts. */
export interface PeriodState {
  /** First month with postings; null = there are none. */
  readonly firstPeriod: string | null;
  readonly waitingFacts: number;
  readonly openCauses: number;
  /** Traces that began before the end of the month and are still to be worked. */
  readonly dueTraces: number;
}

/** @param endDay UTC day after the last one of the month, `YYYY-MM-DD` */
export async function readPeriodState(
  client: Client,
  tenantId: bigint,
  endDay: string,
): Promise<PeriodState> {
  const { rows } = await client.query<{
    first_period: string | null;
    facts: bigint;
    causes: bigint;
    due: bigint;
  }>(
    `SELECT (SELECT min(period) FROM ledger_transactions WHERE tenant_id = $1) AS first_period,
            (SELECT count(*) FROM fact_inbox WHERE tenant_id = $1) AS facts,
            (SELECT count(*) FROM causes WHERE tenant_id = $1 AND mode = 'post' AND done_at IS NULL) AS causes,
            (SELECT count(*) FROM due_traces d JOIN traces t USING (tenant_id, trace_id)
              WHERE d.tenant_id = $1 AND t.first_started_at < $2::date::timestamptz) AS due`,
    [tenantId, endDay],
  );
  const row = rows[0]!;
  return {
    firstPeriod: row.first_period,
    waitingFacts: Number(row.facts),
    openCauses: Number(row.causes),
    dueTraces: Number(row.due),
  };
}

export interface PeriodRequest {
  readonly period: string;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly keyId: string;
}

/** Keeps postings out of a month from here on, in a transaction that holds `stopPosting`. */
export async function beginClose(client: Client, tenantId: bigint, request: PeriodRequest): Promise<void> {
  await client.query(
    `INSERT INTO periods (tenant_id, period, requested_at, requested_by, key_id, inbox_seq)
     VALUES ($1, $2, $3, $4, $5, coalesce((SELECT max(seq) FROM evidence_inbox WHERE tenant_id = $1), 0))`,
    [tenantId, request.period, timestampFromUs(request.requestedAtUs), request.requestedBy, request.keyId],
  );
}

/** A month that is being closed. */
export interface ClosingPeriod {
  readonly tenantId: bigint;
  readonly period: string;
  readonly requestedBy: string;
  readonly keyId: string;
}

/** Months whose last postings are sealed and signed, oldest first. */
export async function readClosablePeriods(db: Queryable): Promise<ClosingPeriod[]> {
  const { rows } = await db.query<{
    tenant_id: bigint;
    period: string;
    requested_by: string;
    key_id: string;
  }>(
    `SELECT p.tenant_id, p.period, p.requested_by, p.key_id FROM periods p
      WHERE p.closed_at IS NULL
        AND NOT EXISTS (SELECT FROM evidence_inbox i WHERE i.tenant_id = p.tenant_id AND i.seq <= p.inbox_seq)
      ORDER BY p.tenant_id, p.period`,
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    period: row.period,
    requestedBy: row.requested_by,
    keyId: row.key_id,
  }));
}

/** Whether all postings of the months up to `period` are among the first `size` leaves. */
export async function isPeriodSealed(
  client: Client,
  tenantId: bigint,
  period: string,
  size: number,
): Promise<boolean> {
  const { rows } = await client.query<{ is_sealed: boolean }>(
    `SELECT NOT EXISTS (
       SELECT FROM ledger_transactions t
         LEFT JOIN ledger_batches b ON b.tenant_id = t.tenant_id AND b.batch_id = t.batch_id
        WHERE t.tenant_id = $1 AND t.period = $2 AND (b.leaf_index IS NULL OR b.leaf_index >= $3)) AS is_sealed`,
    [tenantId, period, size],
  );
  return rows[0]!.is_sealed;
}

export interface PeriodClose {
  readonly closedAtUs: bigint;
  readonly size: number;
  readonly root: Buffer;
  readonly trialBalance: string;
  readonly rules: string;
  readonly revisions: number;
  readonly revisionsRoot: Buffer;
}

/** @returns false when another worker closed it */
export async function endClose(
  client: Client,
  tenantId: bigint,
  period: string,
  close: PeriodClose,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE periods SET closed_at = $3, size = $4, root = $5, trial_balance = $6, rules = $7, revisions = $8,
            revisions_root = $9
      WHERE tenant_id = $1 AND period = $2 AND closed_at IS NULL`,
    [
      tenantId,
      period,
      timestampFromUs(close.closedAtUs),
      close.size,
      close.root,
      close.trialBalance,
      close.rules,
      close.revisions,
      close.revisionsRoot,
    ],
  );
  return rowCount === 1;
}
