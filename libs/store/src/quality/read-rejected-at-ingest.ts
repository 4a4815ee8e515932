import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** Spans refused when they came in: whose they are can often not be read, so they belong to no emitter. */
export interface RejectedAtIngest {
  readonly reason: string;
  readonly spans: bigint;
  readonly firstAtUs: bigint;
  readonly lastAtUs: bigint;
  readonly examples: readonly { readonly subject: string; readonly sinceUs: bigint }[];
}

/** What was refused on arrival in [fromDay, toDay), by reason, the most frequent first. */
export async function readRejectedAtIngest(
  db: Queryable,
  tenantId: bigint,
  query: { readonly fromDay: string; readonly toDay: string; readonly examples: number },
): Promise<RejectedAtIngest[]> {
  const { rows } = await db.query<{
    reason: string;
    spans: bigint;
    first_at: bigint;
    last_at: bigint;
    subjects: string[] | null;
    since: bigint[] | null;
  }>(
    `
SELECT reason, sum(spans)::bigint AS spans, min(since) AS first_at, max(since) AS last_at,
       array_agg(subject ORDER BY place) FILTER (WHERE place <= $4) AS subjects,
       array_agg((extract(epoch FROM since) * 1000000)::bigint ORDER BY place) FILTER (WHERE place <= $4) AS since
  FROM (SELECT reason, subject, since,
               coalesce((detail ->> 'unlisted')::bigint, (detail ->> 'spans')::bigint, 1) AS spans,
               row_number() OVER (PARTITION BY reason ORDER BY since DESC, id) AS place
          FROM set_aside
         WHERE tenant_id = $1 AND kind = 'rejected' AND detail ? 'batchId' AND since >= $2 AND since < $3) AS r
 GROUP BY reason ORDER BY 2 DESC, 1`,
    [tenantId, startOfDay(query.fromDay), startOfDay(query.toDay), query.examples],
  );
  return rows.map((row) => ({
    reason: row.reason,
    spans: row.spans,
    firstAtUs: row.first_at,
    lastAtUs: row.last_at,
    examples: (row.subjects ?? []).map((subject, index) => ({ subject, sinceUs: row.since![index]! })),
  }));
}

const startOfDay = (day: string): string => timestampFromUs(BigInt(Date.parse(day)) * 1000n);
