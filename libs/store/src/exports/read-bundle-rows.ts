import { traceIdFromUuid, spanIdFromInt8 } from '../connection/hex-id.ts';
import { isSealedBatch } from '../trails/sealed-batch.ts';
import type { Client } from '../connection/database.ts';
import type { Ref, SpanId, TraceId } from '#model';

/** A leaf of the evidence log. */
export interface StoredLeaf {
  readonly index: number;
  readonly kind: string;
  readonly subjectId: string;
  readonly entry: Buffer;
}

/**
 * Leaves below a size: all of some kinds, those about some subjects, and some by their place; by place, each once.
 *
 * @param wanted.indexes places below the size
 */
export async function readLeavesAbout(
  client: Client,
  tenantId: bigint,
  wanted: {
    readonly kinds: readonly string[];
    readonly subjectIds: readonly string[];
    readonly indexes: readonly number[];
  },
  size: number,
): Promise<StoredLeaf[]> {
  const { rows } = await client.query<{ idx: bigint; kind: string; subject_id: string; entry: Buffer }>(
    `SELECT idx, kind, subject_id, entry FROM leaves
      WHERE tenant_id = $1 AND idx < $5
        AND (kind = ANY ($2::text[]) OR subject_id = ANY ($3::text[]) OR idx = ANY ($4::bigint[]))
      ORDER BY idx`,
    [tenantId, wanted.kinds, wanted.subjectIds, wanted.indexes, size],
  );
  return rows.map((row) => ({
    index: Number(row.idx),
    kind: row.kind,
    subjectId: row.subject_id,
    entry: row.entry,
  }));
}

/** Places of the leaves that `readLeavesAbout` reads, ascending. */
export async function readPlacesOfLeavesAbout(
  client: Client,
  tenantId: bigint,
  wanted: Parameters<typeof readLeavesAbout>[2],
  size: number,
): Promise<number[]> {
  const { rows } = await client.query<{ idx: bigint }>(
    `SELECT idx FROM leaves
      WHERE tenant_id = $1 AND idx < $5
        AND (kind = ANY ($2::text[]) OR subject_id = ANY ($3::text[]) OR idx = ANY ($4::bigint[]))
      ORDER BY idx`,
    [tenantId, wanted.kinds, wanted.subjectIds, wanted.indexes, size],
  );
  return rows.map(({ idx }) => Number(idx));
}

/** Of the month in $3. */
const NEXT_MONTH = `(($3 || '-01')::date + interval '1 month')::date::timestamptz`;

/**
 * Traces of which a revision stands below the size, by id.
 *
 * @param month only those whose first step of that revision began in it, `YYYY-MM`; null = all. A beginning that came later
 *   is not known to the size
 * @param limit one more than this is never read
 */
export async function readTracesBelow(
  client: Client,
  tenantId: bigint,
  size: number,
  month: string | null,
  limit: number,
): Promise<TraceId[]> {
  const { rows } = await client.query<{ trace_id: string }>(
    `SELECT t.trace_id FROM traces t
       CROSS JOIN LATERAL (
         SELECT count(*) AS revision FROM leaves l WHERE l.tenant_id = $1 AND l.idx < $2
            AND l.subject_id = replace(t.trace_id::text, '-', '') AND l.kind = 'trace.revision') AS newest
      WHERE t.tenant_id = $1 AND newest.revision > 0
        AND ($3::text IS NULL
          OR t.last_ended_at >= ($3 || '-01')::date::timestamptz AND t.first_started_at < ${NEXT_MONTH}
             AND (SELECT min(s.started_at) FROM steps s
                   WHERE s.tenant_id = $1 AND s.trace_id = t.trace_id AND s.revision <= newest.revision)
                 BETWEEN ($3 || '-01')::date::timestamptz AND ${NEXT_MONTH} - interval '1 microsecond')
      ORDER BY t.trace_id LIMIT $4`,
    [tenantId, size, month, limit + 1],
  );
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** A step record as it stands in a revision. */
export interface RevisionRecord {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly record: string;
}

/**
 * The step records of one revision of each trace, in no particular order.
 *
 * @param revisions number of the revision by trace
 */
export async function readRevisionRecords(
  client: Client,
  tenantId: bigint,
  revisions: ReadonlyMap<TraceId, number>,
): Promise<RevisionRecord[]> {
  const { rows } = await client.query<{ trace_id: string; span_id: bigint; record: string }>(
    `SELECT DISTINCT ON (s.trace_id, s.span_id, s.started_at) s.trace_id, s.span_id, s.record
       FROM unnest($2::uuid[], $3::integer[]) AS n (trace_id, revision)
       JOIN steps s ON s.tenant_id = $1 AND s.trace_id = n.trace_id AND s.revision <= n.revision
      ORDER BY s.trace_id, s.span_id, s.started_at, s.revision DESC`,
    [tenantId, [...revisions.keys()], [...revisions.values()]],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    spanId: spanIdFromInt8(row.span_id),
    record: row.record,
  }));
}

/** An export request with what opens its leaf; the salt is null once it was destroyed. */
export interface BatchToOpen {
  readonly batchId: string;
  readonly salt: Buffer | null;
  readonly received: number;
  readonly leafIndex: number;
}

/** Export requests sealed below the size, by place in the log. */
export async function readBatchesToOpen(
  client: Client,
  tenantId: bigint,
  batchIds: readonly string[],
  size: number,
): Promise<BatchToOpen[]> {
  const { rows } = await client.query<{
    batch_id: string;
    salt: Buffer | null;
    received: number;
    leaf_index: bigint;
  }>(
    `SELECT batch_id, salt, received, leaf_index FROM batches
      WHERE tenant_id = $1 AND batch_id = ANY ($2::uuid[]) AND leaf_index < $3 ORDER BY leaf_index`,
    [tenantId, batchIds, size],
  );
  return rows.map((row) => ({
    batchId: row.batch_id,
    salt: row.salt,
    received: row.received,
    leafIndex: Number(row.leaf_index),
  }));
}

/** An outcome event with what opens its leaf. */
export interface OutcomeToOpen {
  readonly surrogateId: string;
  readonly leafIndex: number;
  readonly salt: Buffer | null;
  readonly contentHash: Buffer | null;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly subject: string;
  readonly occurredAtUs: bigint;
  readonly sequence: string | null;
  readonly attributes: unknown;
}

/** Events of the work items whose leaf stands below the size, by place in the log. */
export async function readOutcomesToOpen(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  size: number,
): Promise<OutcomeToOpen[]> {
  const { rows } = await client.query<{
    surrogate_id: string;
    idx: bigint;
    salt: Buffer | null;
    content_hash: Buffer | null;
    source: string;
    event_id: string;
    kind: string;
    verb: string;
    key: string;
    occurred_at: bigint;
    sequence: string | null;
    attributes: unknown;
  }>(
    `SELECT e.surrogate_id, l.idx, e.salt, r.content_hash, e.source, e.event_id, e.kind, e.verb, e.key, e.occurred_at,
            e.sequence, e.attributes
       FROM outcome_events e
       JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = e.surrogate_id::text AND l.kind = 'outcome.event' AND l.idx < $3
       LEFT JOIN outcome_receipts r ON r.tenant_id = $1 AND r.source = e.source AND r.event_id = e.event_id
      WHERE e.tenant_id = $1 AND e.ref = ANY ($2::text[]) ORDER BY l.idx`,
    [tenantId, refs, size],
  );
  return rows.map((row) => ({
    surrogateId: row.surrogate_id,
    leafIndex: Number(row.idx),
    salt: row.salt,
    contentHash: row.content_hash,
    source: row.source,
    eventId: row.event_id,
    type: `${row.kind}.${row.verb}`,
    subject: row.key,
    occurredAtUs: row.occurred_at,
    sequence: row.sequence,
    attributes: row.attributes,
  }));
}

/**
 * Posting commits below the size that hold transactions of these postings, of anything posted about these work items,
 * or, for a month, posted to it, about it or of usage in it; all below the size for a tenant. By place in the log, with the
 * transactions of the scope.
 *
 * @param after only commits behind this place
 * @param limit commits
 */
export async function readCommitsOf(
  client: Client,
  tenantId: bigint,
  scope:
    | { readonly postingIds: readonly string[]; readonly refs: readonly Ref[] }
    | { readonly month: string | null },
  size: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ batchId: string; leafIndex: number; transactionIds: ReadonlySet<string> }[]> {
  const isItems = 'postingIds' in scope;
  const { rows } = await client.query<{ batch_id: string; leaf_index: bigint; txn_ids: string[] }>(
    `SELECT b.batch_id, b.leaf_index, array_agg(t.txn_id::text) AS txn_ids
       FROM ledger_batches b JOIN ledger_transactions t ON t.tenant_id = $1 AND t.batch_id = b.batch_id
      WHERE b.tenant_id = $1 AND b.leaf_index < $2 AND b.leaf_index > $7
        AND (NOT $3::boolean OR t.posting_id = ANY ($4::uuid[])
             OR t.posting_id IN (SELECT i.posting_id FROM item_positions i WHERE i.tenant_id = $1 AND i.ref = ANY ($5::text[])))
        AND ($6::text IS NULL OR t.period = $6 OR to_char(t.effective_at AT TIME ZONE 'UTC', 'YYYY-MM') = $6
             OR t.txn_id IN (SELECT e.txn_id FROM ledger_entries e WHERE e.tenant_id = $1
                               AND e.usage_day >= ($6 || '-01')::date
                               AND e.usage_day < (($6 || '-01')::date + interval '1 month')::date))
      GROUP BY b.batch_id, b.leaf_index ORDER BY b.leaf_index LIMIT $8`,
    [
      tenantId,
      size,
      isItems,
      isItems ? scope.postingIds : [],
      isItems ? scope.refs : [],
      isItems ? null : scope.month,
      after,
      limit,
    ],
  );
  return rows.map((row) => ({
    batchId: row.batch_id,
    leafIndex: Number(row.leaf_index),
    transactionIds: new Set(row.txn_ids),
  }));
}

/** Work items that these traces stood at as the books were at a size of the log, by ref. The answer never changes. */
export async function readRefsBelow(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<Ref[]> {
  const { rows } = await client.query<{ work_item_ref: Ref }>(
    `SELECT work_item_ref FROM attempts a
      WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND ${isSealedBatch('a.since_batch', '$3')}
     UNION
     SELECT h.was ->> 'work_item_ref' FROM attempt_history h
      WHERE h.tenant_id = $1 AND h.trace_id = ANY ($2::uuid[])
        AND ${isSealedBatch('h.from_batch', '$3')} AND NOT ${isSealedBatch('h.to_batch', '$3')} ORDER BY 1`,
    [tenantId, traceIds, size],
  );
  return rows.map((row) => row.work_item_ref);
}
