import type { SpanAddress, SpanId, TraceId } from '#model';
import { spanIdToInt8 } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { Queryable } from '../connection/database.ts';

/** What a span claims to have cost, and what the charge of its call is. Amounts are decimal text. */
export interface CostClaimRow {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly day: string;
  readonly role: string;
  readonly emitterId: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly currency: string | null;
  readonly source: string | null;
  readonly ownAmount: string | null;
  readonly nearestAmount: string | null;
  readonly isZero: boolean;
  readonly call: SpanAddress | null;
  readonly exclusion: string | null;
  readonly computedPico: bigint | null;
  readonly uncomputed: string | null;
}

/**
 * Makes the claims of traces be exactly `rows`.
 *
 * @param standing the traces of them that have claims already
 */
export async function replaceCostClaims(
  db: Queryable,
  tenantId: bigint,
  standing: readonly TraceId[],
  rows: readonly CostClaimRow[],
): Promise<void> {
  if (standing.length > 0)
    await db.query({
      name: 'delete-cost-claims',
      text: `DELETE FROM cost_claims WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
      values: [tenantId, standing],
    });
  if (rows.length === 0) return;
  await db.query({
    name: 'insert-cost-claims',
    text: `
INSERT INTO cost_claims (tenant_id, trace_id, span_id, started_at, day, role, emitter_id, provider, model, currency, source,
                         own_amount, nearest_amount, is_zero, call_trace_id, call_span_id, exclusion, computed_pico, uncomputed)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::date[], $6::text[], $7::uuid[], $8::text[],
                         $9::text[], $10::text[], $11::text[], $12::numeric[], $13::numeric[], $14::boolean[], $15::uuid[],
                         $16::bigint[], $17::text[], $18::numeric[], $19::text[])`,
    values: [
      tenantId,
      rows.map(({ traceId }) => traceId),
      rows.map(({ spanId }) => spanIdToInt8(spanId)),
      rows.map(({ startedAtUs }) => timestampFromUs(startedAtUs)),
      rows.map(({ day }) => day),
      rows.map(({ role }) => role),
      rows.map(({ emitterId }) => emitterId),
      rows.map(({ provider }) => provider),
      rows.map(({ model }) => model),
      rows.map(({ currency }) => currency),
      rows.map(({ source }) => source),
      rows.map(({ ownAmount }) => ownAmount),
      rows.map(({ nearestAmount }) => nearestAmount),
      rows.map(({ isZero }) => isZero),
      rows.map(({ call }) => call?.traceId ?? null),
      rows.map(({ call }) => (call === null ? null : spanIdToInt8(call.spanId))),
      rows.map(({ exclusion }) => exclusion),
      rows.map(({ computedPico }) => computedPico),
      rows.map(({ uncomputed }) => uncomputed),
    ],
  });
}
