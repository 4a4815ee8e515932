import type { Ref, TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

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

/**
 * Makes the candidates of these traces be exactly `rows`, in the transaction that holds their postings. A projection.
 *
 * @param postedTraceIds those of the traces that may have candidates already
 */
export async function replaceLinkCandidates(
  db: Queryable,
  tenantId: bigint,
  postedTraceIds: readonly TraceId[],
  rows: readonly LinkCandidateRow[],
): Promise<void> {
  if (postedTraceIds.length > 0)
    await db.query({
      name: 'delete-link-candidates',
      text: 'DELETE FROM link_candidates WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])',
      values: [tenantId, postedTraceIds],
    });
  if (rows.length === 0) return;
  await db.query({
    name: 'insert-link-candidates',
    text: `
INSERT INTO link_candidates (tenant_id, trace_id, work_item_ref, tier, confidence, state, amount, expected_bps, started_at,
                             workflow, agent, model, provider, dimensions)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::numeric[], $8::numeric[],
                         $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[], $14::jsonb[])`,
    values: [
      tenantId,
      rows.map((row) => row.traceId),
      rows.map((row) => row.workItemRef ?? ''),
      rows.map((row) => row.tier),
      rows.map((row) => row.confidence),
      rows.map((row) => row.state),
      rows.map((row) => row.amountPico),
      rows.map((row) => row.expectedBpsPico),
      rows.map((row) => timestampFromUs(row.startedAtUs)),
      rows.map((row) => row.workflow),
      rows.map((row) => row.agent),
      rows.map((row) => row.model),
      rows.map((row) => row.provider),
      rows.map((row) => JSON.stringify(row.dimensions)),
    ],
  });
}
