import type { Ref, TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { valuesOf, type Column } from './column.ts';

/** The part of an attempt that stands in one trace, with what reports group it by. */
export interface AttemptRow {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly workItemRef: Ref;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
  readonly keyKind: string;
  readonly grade: string;
  readonly placement: string;
  readonly workflow: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly modelCalls: number;
  readonly unpricedCalls: number;
  readonly callsWithoutUsage: number;
  /** Part of its cost was split by a declared rule. */
  readonly isAllocated: boolean;
  /** Its USD/12 on links of a confidence under 0.95. */
  readonly belowLowPico: bigint;
  /** Σ USD/12 x (10,000 - confidence in ten-thousandths). */
  readonly doubtBpsPico: bigint;
  readonly retrievals: number;
  /** Time of its human steps. */
  readonly humanMs: bigint;
}

/** Everything a row says beside its key: what is written, compared and kept. */
const COLUMNS: readonly Column<AttemptRow>[] = [
  ['work_item_ref', 'text', (row) => row.workItemRef],
  ['started_at', 'timestamptz', (row) => timestampFromUs(row.startedAtUs)],
  ['ended_at', 'timestamptz', (row) => timestampFromUs(row.endedAtUs)],
  ['key_kind', 'text', (row) => row.keyKind],
  ['grade', 'text', (row) => row.grade],
  ['placement', 'text', (row) => row.placement],
  ['workflow', 'text', (row) => row.workflow],
  ['agent', 'text', (row) => row.agent],
  ['model', 'text', (row) => row.model],
  ['provider', 'text', (row) => row.provider],
  ['dimensions', 'jsonb', (row) => JSON.stringify(row.dimensions)],
  ['model_calls', 'integer', (row) => row.modelCalls],
  ['unpriced_calls', 'integer', (row) => row.unpricedCalls],
  ['calls_without_usage', 'integer', (row) => row.callsWithoutUsage],
  ['is_allocated', 'boolean', (row) => row.isAllocated],
  ['below_low', 'numeric', (row) => row.belowLowPico],
  ['doubt_bps', 'numeric', (row) => row.doubtBpsPico],
  ['retrievals', 'integer', (row) => row.retrievals],
  ['human_ms', 'bigint', (row) => row.humanMs],
];
const names = COLUMNS.map(([name]) => name);
const of = (alias: string): string => `(${names.map((name) => `${alias}.${name}`).join(', ')})`;
const GIVEN = `unnest($3::uuid[], $4::uuid[], ${COLUMNS.map(([, type], n) => `$${n + 5}::${type}[]`).join(', ')})
       AS n (trace_id, attempt_id, ${names.join(', ')})`;

const KEEP = `
INSERT INTO attempt_history (tenant_id, trace_id, attempt_id, from_batch, to_batch, was)
SELECT $1, a.trace_id, a.attempt_id, a.since_batch, $2, to_jsonb(a)
  FROM attempts a LEFT JOIN ${GIVEN} ON n.trace_id = a.trace_id AND n.attempt_id = a.attempt_id
 WHERE a.tenant_id = $1 AND a.trace_id = ANY ($${COLUMNS.length + 5}::uuid[])
   AND (n.attempt_id IS NULL OR ${of('a')} IS DISTINCT FROM ${of('n')})`;

const REMOVE = `
DELETE FROM attempts a
 WHERE a.tenant_id = $1 AND a.trace_id = ANY ($2::uuid[])
   AND NOT EXISTS (SELECT FROM unnest($3::uuid[], $4::uuid[]) AS k (trace_id, attempt_id)
                    WHERE k.trace_id = a.trace_id AND k.attempt_id = a.attempt_id)`;

const WRITE = `
INSERT INTO attempts AS a (tenant_id, since_batch, trace_id, attempt_id, ${names.join(', ')})
SELECT $1, $2, n.* FROM ${GIVEN}
ON CONFLICT (tenant_id, trace_id, attempt_id) DO UPDATE SET
  since_batch = excluded.since_batch, ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
 WHERE ${of('a')} IS DISTINCT FROM ${of('excluded')}`;

/**
 * Makes the attempts of these traces be exactly `rows`, in the caller's transaction that holds their postings. A row
 * that changes or goes is kept as it was; one that says the same is left alone.
 *
 * @param postedTraceIds those of `traceIds` that may have attempts already
 * @param batchId the posting commit this is part of
 * @returns how many rows were written or removed
 */
export async function replaceAttempts(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  postedTraceIds: readonly TraceId[],
  rows: readonly AttemptRow[],
  batchId: string,
): Promise<number> {
  const sorted = sortedByKey(rows);
  const keys = [sorted.map((row) => row.traceId), sorted.map((row) => row.attemptId)];
  const given = [...keys, ...valuesOf(COLUMNS, sorted)];
  let removed = 0;
  if (postedTraceIds.length > 0) {
    await db.query({
      name: 'keep-attempts',
      text: KEEP,
      values: [tenantId, batchId, ...given, postedTraceIds],
    });
    const { rowCount } = await db.query({
      name: 'remove-attempts',
      text: REMOVE,
      values: [tenantId, traceIds, ...keys],
    });
    removed = rowCount ?? 0;
  }
  if (rows.length === 0) return removed;
  const { rowCount } = await db.query({
    name: 'write-attempts',
    text: WRITE,
    values: [tenantId, batchId, ...given],
  });
  return removed + (rowCount ?? 0);
}

/**
 * Of a row that is gone: the commit that wrote it last. The newest row of its history names it; one that never changed
 * came with the first commit that posted to it, or to its trace; where nothing was posted, with the first one after the
 * trace had steps: never before it could be known.
 */
const SINCE = `coalesce(
  (SELECT to_batch FROM attempt_history h
    WHERE h.tenant_id = $1 AND h.trace_id = n.trace_id AND h.attempt_id = n.attempt_id ORDER BY to_batch DESC LIMIT 1),
  (SELECT t.batch_id FROM ledger_transactions t JOIN ledger_entries e USING (tenant_id, posting_id, txn_id)
    WHERE t.tenant_id = $1 AND e.tenant_id = $1 AND e.posting_id = n.trace_id AND e.attempt_id = n.attempt_id
    ORDER BY t.batch_id LIMIT 1),
  (SELECT batch_id FROM ledger_transactions t WHERE t.tenant_id = $1 AND t.posting_id = n.trace_id
    ORDER BY batch_id LIMIT 1),
  (SELECT b.batch_id FROM ledger_batches b
    WHERE b.tenant_id = $1 AND b.leaf_index > (SELECT min(idx) FROM leaves l WHERE l.tenant_id = $1
            AND l.subject_id = replace(n.trace_id::text, '-', '') AND l.kind = 'trace.revision')
    ORDER BY b.leaf_index LIMIT 1))`;

const REBUILD = `
INSERT INTO attempts AS a (tenant_id, since_batch, trace_id, attempt_id, ${names.join(', ')})
SELECT $1, ${SINCE}, n.* FROM ${GIVEN.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) - 1}`)}
ON CONFLICT (tenant_id, trace_id, attempt_id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
 WHERE ${of('a')} IS DISTINCT FROM ${of('excluded')}`;

/**
 * Writes what the attempts of these traces are by their records, over whatever stands: a projection that was made again,
 * not a change of the books. So nothing is kept in the history, and a row keeps the commit it is since.
 *
 * @returns how many rows were missing, too many, or other than they are now
 */
export async function rebuildAttempts(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  rows: readonly AttemptRow[],
): Promise<number> {
  const sorted = sortedByKey(rows);
  const keys = [sorted.map((row) => row.traceId), sorted.map((row) => row.attemptId)];
  const removed = await db.query(REMOVE, [tenantId, traceIds, ...keys]);
  const written = await db.query(REBUILD, [tenantId, ...keys, ...valuesOf(COLUMNS, sorted)]);
  return (removed.rowCount ?? 0) + (written.rowCount ?? 0);
}

const sortedByKey = (rows: readonly AttemptRow[]): AttemptRow[] =>
  [...rows].sort((a, b) =>
    a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : a.attemptId < b.attemptId ? -1 : 1,
  );
