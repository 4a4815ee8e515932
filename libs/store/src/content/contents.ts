import type { SpanId, TraceId } from '#model';
import { bigintArray, byteaArray, textArray, timestampArray, uuidArray } from '../connection/binary-array.ts';
import { BinaryRows } from '../connection/binary-rows.ts';
import { copyNew } from '../connection/copy-in.ts';
import type { Client, Queryable } from '../connection/database.ts';
import { spanIdFromInt8, spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** One encrypted part of what a step said or saw. */
export interface ContentRow {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly part: string;
  readonly subjectId: string;
  readonly mediaType: string;
  /** Names only: attribute keys and events. */
  readonly sources: readonly string[];
  /** As `encryptContent` made it. */
  readonly sealed: Buffer;
}

const COLUMNS =
  'tenant_id, trace_id, span_id, started_at, part, subject_id, media_type, sources, sealed, recorded_at';

/** Sealed bytes that go to the server at a time: what a batch holds in all is bounded by its spans alone. */
const BYTES_AT_A_TIME = 4 << 20;

/** Adds content of steps that are new; what stands is left. Idempotent. */
export async function insertContents(
  client: Client,
  tenantId: bigint,
  contents: readonly ContentRow[],
  recordedAtUs: bigint,
): Promise<void> {
  for (let start = 0; start < contents.length;) {
    let bytes = 0;
    let end = start;
    for (; end < contents.length && bytes < BYTES_AT_A_TIME; end += 1) bytes += contents[end]!.sealed.length;
    await insertSome(client, tenantId, contents.slice(start, end), recordedAtUs);
    start = end;
  }
}

async function insertSome(
  client: Client,
  tenantId: bigint,
  contents: readonly ContentRow[],
  recordedAtUs: bigint,
): Promise<void> {
  const rows = new BinaryRows(10);
  for (const content of contents)
    rows
      .begin()
      .bigint(tenantId)
      .uuid(content.traceId)
      .spanId(content.spanId)
      .timestamp(content.startedAtUs)
      .text(content.part)
      .uuid(content.subjectId)
      .text(content.mediaType)
      .texts(content.sources)
      .bytea(content.sealed)
      .timestamp(recordedAtUs);
  await copyNew(client, `contents (${COLUMNS})`, rows, () =>
    insertMissing(client, tenantId, contents, recordedAtUs),
  );
}

async function insertMissing(
  db: Queryable,
  tenantId: bigint,
  rows: readonly ContentRow[],
  recordedAtUs: bigint,
): Promise<void> {
  const separator = notWithin(rows.flatMap(({ sources }) => sources));
  await db.query({
    name: 'insert-contents',
    text: `
INSERT INTO contents (${COLUMNS})
SELECT $1, c.trace_id, c.span_id, c.started_at, c.part, c.subject_id, c.media_type,
       string_to_array(c.sources, $11), c.sealed, $10
  FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::bytea[])
       AS c (trace_id, span_id, started_at, part, subject_id, media_type, sources, sealed)
ON CONFLICT DO NOTHING`,
    values: [
      tenantId,
      uuidArray(rows.map(({ traceId }) => traceId)),
      bigintArray(rows.map(({ spanId }) => spanIdToInt8(spanId))),
      timestampArray(rows.map(({ startedAtUs }) => startedAtUs)),
      textArray(rows.map(({ part }) => part)),
      uuidArray(rows.map(({ subjectId }) => subjectId)),
      textArray(rows.map(({ mediaType }) => mediaType)),
      textArray(rows.map(({ sources }) => sources.join(separator))),
      byteaArray(rows.map(({ sealed }) => sealed)),
      timestampFromUs(recordedAtUs),
      separator,
    ],
  });
}

/** A text that none of these holds, to join them by: a list within a list has no array of its own. */
function notWithin(texts: readonly string[]): string {
  let separator = '\u001f';
  while (texts.some((text) => text.includes(separator))) separator += '\u001f';
  return separator;
}

/** The content of traces, or of one span of one, by trace, start, span and part. */
export async function readContentRows(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  spanId: SpanId | null = null,
): Promise<ContentRow[]> {
  const { rows } = await db.query<{
    trace_id: string;
    span_id: bigint;
    started_at: bigint;
    part: string;
    subject_id: string;
    media_type: string;
    sources: string[];
    sealed: Buffer;
  }>({
    name: 'read-contents',
    text: `
SELECT trace_id, span_id, started_at, part, subject_id, media_type, sources, sealed
  FROM contents WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) AND ($3::bigint IS NULL OR span_id = $3)
 ORDER BY trace_id, started_at, span_id, part`,
    values: [tenantId, traceIds, spanId === null ? null : spanIdToInt8(spanId)],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    spanId: spanIdFromInt8(row.span_id),
    startedAtUs: row.started_at,
    part: row.part,
    subjectId: row.subject_id,
    mediaType: row.media_type,
    sources: row.sources,
    sealed: row.sealed,
  }));
}
