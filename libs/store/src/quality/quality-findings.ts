import type { SpanId, TraceId } from '#model';
import { spanIdFromInt8, spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { Queryable } from '../connection/database.ts';

/** Spans of one emitter in one trace that show one finding, with the first of them. */
export interface FindingRow {
  readonly traceId: TraceId;
  readonly emitterId: string;
  readonly day: string;
  readonly code: string;
  readonly spans: number;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
}

/**
 * Makes the findings of traces be exactly `rows`.
 *
 * @param standing the traces of them that may have findings already
 */
export async function replaceFindings(
  db: Queryable,
  tenantId: bigint,
  standing: readonly TraceId[],
  rows: readonly FindingRow[],
): Promise<void> {
  if (standing.length > 0)
    await db.query({
      name: 'delete-findings',
      text: `DELETE FROM quality_findings WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
      values: [tenantId, standing],
    });
  if (rows.length === 0) return;
  await db.query({
    name: 'insert-findings',
    text: `
INSERT INTO quality_findings (tenant_id, trace_id, emitter_id, day, code, spans, span_id, started_at)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::date[], $5::text[], $6::integer[], $7::bigint[], $8::timestamptz[])`,
    values: [
      tenantId,
      rows.map(({ traceId }) => traceId),
      rows.map(({ emitterId }) => emitterId),
      rows.map(({ day }) => day),
      rows.map(({ code }) => code),
      rows.map(({ spans }) => spans),
      rows.map(({ spanId }) => spanIdToInt8(spanId)),
      rows.map(({ startedAtUs }) => timestampFromUs(startedAtUs)),
    ],
  });
}

export interface FindingQuery {
  readonly found: readonly { readonly emitterId: string; readonly code: string }[];
  readonly fromDay: string;
  readonly toDay: string;
  readonly perFinding: number;
}

/** The newest traces that show each finding, so many of each. */
export async function readFindingExamples(
  db: Queryable,
  tenantId: bigint,
  query: FindingQuery,
): Promise<FindingRow[]> {
  if (query.found.length === 0 || query.perFinding === 0) return [];
  const { rows } = await db.query<{
    trace_id: string;
    emitter_id: string;
    day: string;
    code: string;
    spans: number;
    span_id: bigint;
    started_at: bigint;
  }>(
    `
SELECT f.* FROM unnest($2::uuid[], $3::text[]) AS p (emitter_id, code)
 CROSS JOIN LATERAL (
   SELECT trace_id, q.emitter_id, day, q.code, spans, span_id, started_at FROM quality_findings q
    WHERE q.tenant_id = $1 AND q.emitter_id = p.emitter_id AND q.code = p.code AND day >= $4::date AND day < $5::date
    ORDER BY day DESC, trace_id DESC LIMIT $6) AS f`,
    [
      tenantId,
      query.found.map(({ emitterId }) => emitterId),
      query.found.map(({ code }) => code),
      query.fromDay,
      query.toDay,
      query.perFinding,
    ],
  );
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.trace_id),
    emitterId: row.emitter_id,
    day: row.day,
    code: row.code,
    spans: row.spans,
    spanId: spanIdFromInt8(row.span_id),
    startedAtUs: row.started_at,
  }));
}
