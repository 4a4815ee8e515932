import type { Ref, SpanId, TraceId } from '#model';
import type { Client } from '../connection/database.ts';
import { spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { loosePatternOf, patternOf, type Replacement } from './replace-words.ts';

/** A span whose bytes are replaced: the only change of a record there is. */
export interface CutSpan {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  /** null: it stays. */
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

/**
 * Replaces the bytes of spans by the same spans with their content cut, and destroys the salts of the batches they came
 * in: what those leaves commit to can no longer be opened, and is said to be so.
 *
 * @returns spans changed, and batches whose salt is gone
 */
export async function replaceSpanBytes(
  client: Client,
  tenantId: bigint,
  spans: readonly CutSpan[],
  cutAtUs: bigint,
): Promise<{ spans: number; batches: number }> {
  const { rows } = await client.query<{ batch_id: string }>({
    name: 'replace-span-bytes',
    text: `
UPDATE spans s SET bytes = c.bytes, name = coalesce(c.name, s.name), cut_at = coalesce(s.cut_at, $7)
  FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], $6::bytea[]) AS c (trace_id, span_id, started_at, name, bytes)
 WHERE s.tenant_id = $1 AND s.trace_id = c.trace_id AND s.span_id = c.span_id AND s.started_at = c.started_at
RETURNING s.batch_id`,
    values: [
      tenantId,
      spans.map(({ traceId }) => traceId),
      spans.map(({ spanId }) => spanIdToInt8(spanId)),
      spans.map(({ startedAtUs }) => timestampFromUs(startedAtUs)),
      spans.map(({ name }) => name),
      spans.map(({ bytes }) => bytes),
      timestampFromUs(cutAtUs),
    ],
  });
  const { rowCount } = await client.query(
    `UPDATE batches SET salt = NULL WHERE tenant_id = $1 AND batch_id = ANY ($2::uuid[]) AND salt IS NOT NULL`,
    [tenantId, [...new Set(rows.map((row) => row.batch_id))]],
  );
  return { spans: rows.length, batches: rowCount ?? 0 };
}

/** Step records of traces, every revision. */
export async function readRecordsOf(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<{ traceId: TraceId; revision: number; spanId: bigint; startedAtUs: bigint; record: string }[]> {
  const { rows } = await client.query<{
    trace_id: string;
    revision: number;
    span_id: bigint;
    started_at: bigint;
    record: string;
  }>(
    `SELECT trace_id, revision, span_id, started_at, record FROM steps
      WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) ORDER BY 1, 2, 3, 4`,
    [tenantId, traceIds],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    revision: row.revision,
    spanId: row.span_id,
    startedAtUs: row.started_at,
    record: row.record,
  }));
}

/** Replaces what records say of persons; what leaves hold of them is not touched by it. */
export async function replaceRecords(
  client: Client,
  tenantId: bigint,
  records: Awaited<ReturnType<typeof readRecordsOf>>,
): Promise<void> {
  await client.query({
    name: 'replace-step-records',
    text: `
UPDATE steps s SET record = c.record
  FROM unnest($2::uuid[], $3::integer[], $4::bigint[], $5::timestamptz[], $6::text[])
       AS c (trace_id, revision, span_id, started_at, record)
 WHERE s.tenant_id = $1 AND s.trace_id = c.trace_id AND s.revision = c.revision AND s.span_id = c.span_id
   AND s.started_at = c.started_at`,
    values: [
      tenantId,
      records.map(({ traceId }) => traceId),
      records.map(({ revision }) => revision),
      records.map(({ spanId }) => spanId),
      records.map(({ startedAtUs }) => timestampFromUs(startedAtUs)),
      records.map(({ record }) => record),
    ],
  });
}

/** Removes encrypted content of subjects, and the random ids of work items. @returns rows of content removed */
export async function removeContents(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  subjectIds: readonly string[],
  refs: readonly Ref[],
): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM contents WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND subject_id = ANY ($3::uuid[])`,
    [tenantId, traceIds, subjectIds],
  );
  await client.query(`DELETE FROM content_subjects WHERE tenant_id = $1 AND ref = ANY ($2::text[])`, [
    tenantId,
    refs,
  ]);
  return rowCount ?? 0;
}

/** Resources that spans of traces hang under, as stored. */
export async function readResourcesOf(
  client: Client,
  tenantId: bigint,
  resourceIds: readonly string[],
): Promise<{ resourceId: string; bytes: Buffer }[]> {
  const { rows } = await client.query<{ resource_id: string; bytes: Buffer }>(
    `SELECT resource_id, bytes FROM resources WHERE tenant_id = $1 AND resource_id = ANY ($2::uuid[])`,
    [tenantId, resourceIds],
  );
  return rows.map((row) => ({ resourceId: row.resource_id, bytes: row.bytes }));
}

export async function replaceResource(
  client: Client,
  tenantId: bigint,
  resourceId: string,
  bytes: Uint8Array,
): Promise<void> {
  await client.query(`UPDATE resources SET bytes = $3 WHERE tenant_id = $1 AND resource_id = $2`, [
    tenantId,
    resourceId,
    bytes,
  ]);
}

/**
 * What systems and people told of work items, without what it says of anybody: texts of outcome events and cost lines,
 * notes and reasons, hashes of what was told without a salt, and the salts of all else; what was set aside of traces.
 *
 * @returns rows changed
 */
export async function eraseTold(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  traceIds: readonly TraceId[],
  words: readonly Replacement[],
): Promise<number> {
  let changed = 0;
  for (const { word, by } of words)
    for (const text of REPLACE_IDS) await client.query(text, [tenantId, refs, loosePatternOf(word), by]);
  for (const { word, by } of words)
    await client.query(REPLACE_REPORT_IDS, [tenantId, traceIds, loosePatternOf(word), by]);
  for (const { word } of words)
    await client.query(`UPDATE access_log SET salt = ${NO_HASH} WHERE tenant_id = $1 AND subject ~ $2`, [
      tenantId,
      patternOf(word),
    ]);
  for (const [text, values] of [
    [ERASE_EVENTS, [tenantId, refs]],
    [ERASE_EVENT_RECEIPTS, [tenantId, refs]],
    [ERASE_COST_LINES, [tenantId, refs]],
    [ERASE_COST_RECEIPTS, [tenantId, refs]],
    [ERASE_DECISIONS, [tenantId, refs]],
    [ERASE_LINK_DECISIONS, [tenantId, refs, traceIds]],
    [ERASE_LINK_AUDITS, [tenantId, traceIds]],
    [ERASE_VERDICTS, [tenantId, refs]],
    [ERASE_USAGE_REPORTS, [tenantId, traceIds]],
    [ERASE_SET_ASIDE, [tenantId, refs, traceIds, bytesOf(traceIds, words)]],
    [DROP_ARCHIVES, [tenantId]],
    [SAY_DROPPED, [tenantId]],
  ] as const) {
    const { rowCount } = await client.query(text, [...values]);
    changed += rowCount ?? 0;
  }
  return changed;
}

/** By which bytes that could not be read are known to be about them: trace ids as they stand in spans, and words. */
const bytesOf = (traceIds: readonly TraceId[], words: readonly Replacement[]): Buffer[] => [
  ...traceIds.map((traceId) => Buffer.from(traceId, 'hex')),
  ...words.map(({ word }) => Buffer.from(word)),
];

/** Ids that a system made of the key: everywhere alike, because events and lines refer to one another by them. */
const REPLACE_IDS = [
  `UPDATE outcome_events SET event_id = regexp_replace(event_id, $3, $4, 'g'),
          refers_to = regexp_replace(refers_to::text, $3, $4, 'g')::jsonb
    WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND (event_id ~ $3 OR refers_to::text ~ $3)`,
  `UPDATE outcome_receipts SET event_id = regexp_replace(event_id, $3, $4, 'g')
    WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND event_id ~ $3`,
  `UPDATE cost_lines SET line_id = regexp_replace(line_id, $3, $4, 'g'), supersedes = regexp_replace(supersedes, $3, $4, 'g')
    WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND (line_id ~ $3 OR supersedes ~ $3)`,
  `UPDATE cost_line_receipts SET line_id = regexp_replace(line_id, $3, $4, 'g')
    WHERE tenant_id = $1 AND ref = ANY ($2::text[]) AND line_id ~ $3`,
];
const REPLACE_REPORT_IDS = `
UPDATE usage_reports SET report_id = regexp_replace(report_id, $3, $4, 'g')
 WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND report_id ~ $3`;
/** Numbers and truths stay: they move money and settle outcomes. */
const BARE = (column: string): string => `coalesce((
  SELECT jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) IN ('number', 'boolean', 'null') THEN value ELSE '"[cut]"' END)
    FROM jsonb_each(${column})), '{}')`;
const NO_HASH = `'\\x'::bytea`;

const ERASE_EVENTS = `
UPDATE outcome_events SET attributes = ${BARE('attributes')}, salt = NULL WHERE tenant_id = $1 AND ref = ANY ($2::text[])`;
const ERASE_EVENT_RECEIPTS = `UPDATE outcome_receipts SET content_hash = ${NO_HASH} WHERE tenant_id = $1 AND ref = ANY ($2::text[])`;
const ERASE_COST_LINES = `
UPDATE cost_lines SET salt = NULL WHERE tenant_id = $1 AND ref = ANY ($2::text[])`;
const ERASE_COST_RECEIPTS = `UPDATE cost_line_receipts SET content_hash = ${NO_HASH} WHERE tenant_id = $1 AND ref = ANY ($2::text[])`;
const ERASE_DECISIONS = `
UPDATE decisions SET note = NULL, salt = NULL, content_hash = ${NO_HASH} WHERE tenant_id = $1 AND ref = ANY ($2::text[])`;
const ERASE_LINK_DECISIONS = `
UPDATE link_decisions SET reason = '[cut]', salt = NULL
 WHERE tenant_id = $1 AND (work_item_ref = ANY ($2::text[]) OR trace_id = ANY ($3::uuid[]))`;
const ERASE_LINK_AUDITS = `UPDATE link_audits SET note = NULL, salt = NULL WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`;
const ERASE_USAGE_REPORTS = `UPDATE usage_reports SET content_hash = ${NO_HASH}, salt = NULL WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`;
const ERASE_VERDICTS = `UPDATE outcome_audit_verdicts SET note = NULL WHERE tenant_id = $1 AND ref = ANY ($2::text[])`;
/** Ids there are made of what was set aside: they are made anew; of a trace that fails it is the trace's own. */
const ERASE_SET_ASIDE = `
UPDATE set_aside SET bytes = NULL, detail = detail - 'attributes' - 'error' - 'cause',
       id = CASE WHEN reason IN ('trace_fails', 'trace_too_long', 'spans_let_go') THEN id ELSE gen_random_uuid() END
 WHERE tenant_id = $1 AND kind IN ('conflicting', 'rejected')
   AND (left(subject, 32) = ANY (SELECT replace(t::text, '-', '') FROM unnest($3::uuid[]) AS t)
     OR (detail ->> 'kind') || ':' || $1::text || ':' || (detail ->> 'key') = ANY ($2::text[])
     OR EXISTS (SELECT FROM unnest($4::bytea[]) AS w WHERE position(w IN bytes) > 0))`;
/** Bundles hold opened content; they can be made again, without what is gone. */
const DROP_ARCHIVES = `DELETE FROM export_chunks WHERE tenant_id = $1`;
const SAY_DROPPED = `UPDATE exports SET state = 'dropped' WHERE tenant_id = $1 AND state = 'ready'`;
