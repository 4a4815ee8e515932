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
  const sorted = [...rows].sort((a, b) =>
    a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : a.attemptId < b.attemptId ? -1 : 1,
  );
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
