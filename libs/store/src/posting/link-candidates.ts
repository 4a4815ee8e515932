import type { Ref, TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { valuesOf, type Column } from './column.ts';

/** USD/12 of a trace that is on no work item: in all, or as far as it may be one item's. */
export interface LinkCandidateRow {
  readonly traceId: TraceId;
  /** Null = all of it. */
  readonly workItemRef: Ref | null;
  readonly tier: string;
  /** Decimal text with 4 places. */
  readonly confidence: string;
  readonly state: 'candidate' | 'dangling' | 'unlinked';
  readonly amountPico: bigint;
  /** Σ amount x confidence in ten-thousandths. */
  readonly expectedBpsPico: bigint;
  readonly startedAtUs: bigint;
  readonly workflow: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Everything a row says: what is written, compared and kept. */
const COLUMNS: readonly Column<LinkCandidateRow>[] = [
  ['trace_id', 'uuid', (row) => row.traceId],
  ['work_item_ref', 'text', (row) => row.workItemRef ?? ''],
  ['tier', 'text', (row) => row.tier],
  ['confidence', 'numeric', (row) => row.confidence],
  ['state', 'text', (row) => row.state],
  ['amount', 'numeric', (row) => row.amountPico],
  ['expected_bps', 'numeric', (row) => row.expectedBpsPico],
  ['started_at', 'timestamptz', (row) => timestampFromUs(row.startedAtUs)],
  ['workflow', 'text', (row) => row.workflow],
  ['agent', 'text', (row) => row.agent],
  ['model', 'text', (row) => row.model],
  ['provider', 'text', (row) => row.provider],
  ['dimensions', 'jsonb', (row) => JSON.stringify(row.dimensions)],
];
const names = COLUMNS.map(([name]) => name).join(', ');
/** @param first number of the first of their parameters */
const given = (first: number): string =>
  `unnest(${COLUMNS.map(([, type], n) => `$${first + n}::${type}[]`).join(', ')}) AS n (${names})`;
const setOf = (from: string): string =>
  `SELECT trace_id, jsonb_agg(to_jsonb(c) ORDER BY work_item_ref COLLATE "C") AS its
     FROM (SELECT ${names} FROM ${from}) c GROUP BY trace_id`;

const CHANGED = `
SELECT t.trace_id FROM unnest($2::uuid[]) AS t (trace_id)
  LEFT JOIN (${setOf('link_candidates l WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])')}) standing USING (trace_id)
  LEFT JOIN (${setOf(given(3))}) wanted USING (trace_id)
 WHERE standing.its IS DISTINCT FROM wanted.its`;

const KEEP = `
INSERT INTO link_candidate_history (tenant_id, trace_id, from_batch, to_batch, was)
SELECT $1, t.trace_id, coalesce((array_agg(c.since_batch))[1], '00000000-0000-0000-0000-000000000000'), $2,
       coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.work_item_ref COLLATE "C") FILTER (WHERE c.trace_id IS NOT NULL), '[]')
  FROM unnest($3::uuid[]) AS t (trace_id)
  LEFT JOIN link_candidates c ON c.tenant_id = $1 AND c.trace_id = t.trace_id GROUP BY t.trace_id`;

const REMOVE = 'DELETE FROM link_candidates WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])';

const WRITE = `
INSERT INTO link_candidates (tenant_id, since_batch, ${names})
SELECT $1, $2, n.* FROM ${given(3)}`;

/**
 * Makes the candidates of these traces be exactly `rows`, in the transaction that holds their postings. Those of a trace
 * that change are kept as they were; those that say the same are left alone.
 *
 * @param postedTraceIds those of the traces that may have candidates already
 * @param batchId the posting commit this is part of
 * @returns of how many traces they are others than before
 */
export async function replaceLinkCandidates(
  db: Queryable,
  tenantId: bigint,
  postedTraceIds: readonly TraceId[],
  rows: readonly LinkCandidateRow[],
  batchId: string,
): Promise<number> {
  const known = new Set(postedTraceIds);
  const changed = await readChanged(db, tenantId, postedTraceIds, rows);
  if (changed.length > 0) {
    await db.query({ name: 'keep-link-candidates', text: KEEP, values: [tenantId, batchId, changed] });
    await db.query({ name: 'remove-link-candidates', text: REMOVE, values: [tenantId, changed] });
  }
  const moved = new Set(changed);
  const fresh = rows.filter(({ traceId }) => !known.has(traceId) || moved.has(traceId));
  if (fresh.length > 0)
    await db.query({
      name: 'write-link-candidates',
      text: WRITE,
      values: [tenantId, batchId, ...valuesOf(COLUMNS, fresh)],
    });
  return new Set([...moved, ...fresh.map(({ traceId }) => traceId)]).size;
}

async function readChanged(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  rows: readonly LinkCandidateRow[],
): Promise<TraceId[]> {
  if (traceIds.length === 0) return [];
  const found = await db.query<{ trace_id: string }>({
    name: 'read-changed-link-candidates',
    text: CHANGED,
    values: [tenantId, traceIds, ...valuesOf(COLUMNS, rows)],
  });
  return found.rows.map((row) => traceIdFromUuid(row.trace_id));
}

/**
 * Of candidates that are gone: the commit that wrote them. The newest of their history names it; those that never
 * changed came with the first commit that posted for the trace, because there is a candidate only where there is cost.
 */
const REBUILD = `
INSERT INTO link_candidates (tenant_id, since_batch, ${names})
SELECT $1, coalesce(
  (SELECT since FROM unnest($2::uuid[], $3::uuid[]) AS s (trace_id, since) WHERE s.trace_id = n.trace_id),
  (SELECT to_batch FROM link_candidate_history h
    WHERE h.tenant_id = $1 AND h.trace_id = n.trace_id ORDER BY to_batch DESC LIMIT 1),
  (SELECT batch_id FROM ledger_transactions t WHERE t.tenant_id = $1 AND t.posting_id = n.trace_id
    ORDER BY batch_id LIMIT 1)), n.* FROM ${given(4)}`;

/** Writes what the candidates of these traces are by their records, over whatever stands: no change of the books. */
export async function rebuildLinkCandidates(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  rows: readonly LinkCandidateRow[],
): Promise<void> {
  const { rows: since } = await db.query<{ trace_id: string; since_batch: string }>(
    `SELECT DISTINCT ON (trace_id) trace_id, since_batch FROM link_candidates
      WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) ORDER BY trace_id, work_item_ref`,
    [tenantId, traceIds],
  );
  await db.query(REMOVE, [tenantId, traceIds]);
  if (rows.length === 0) return;
  const known = [since.map((row) => row.trace_id), since.map((row) => row.since_batch)];
  await db.query(REBUILD, [tenantId, ...known, ...valuesOf(COLUMNS, rows)]);
}
