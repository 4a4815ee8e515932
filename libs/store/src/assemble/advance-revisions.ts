import { traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import type { TraceId } from '#model';

export interface NewRevision {
  readonly traceId: TraceId;
  readonly revision: number;
  readonly spanCount: number;
}

/**
 * Moves traces from revision n - 1 to n, by compare-and-set.
 *
 * @returns the traces that moved; one that another worker moved first is not among them
 */
export async function advanceRevisions(
  db: Queryable,
  tenantId: bigint,
  revisions: readonly NewRevision[],
): Promise<Set<TraceId>> {
  if (revisions.length === 0) return new Set();
  const sorted = [...revisions].sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'advance-revisions',
    text: `
UPDATE traces t SET revision = n.revision, revision_span_count = n.span_count
  FROM unnest($2::uuid[], $3::integer[], $4::integer[]) AS n (trace_id, revision, span_count)
 WHERE t.tenant_id = $1 AND t.trace_id = n.trace_id AND t.revision = n.revision - 1
RETURNING t.trace_id`,
    values: [
      tenantId,
      sorted.map(({ traceId }) => traceId),
      sorted.map(({ revision }) => revision),
      sorted.map(({ spanCount }) => spanCount),
    ],
  });
  return new Set(rows.map((row) => traceIdFromUuid(row.trace_id)));
}
