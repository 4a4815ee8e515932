import type { TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

const FIRST_TRACE = '0'.repeat(32);

/**
 * Traces with spans in [from, to), ascending by id: a page of a walk over a period's usage.
 *
 * @param range null = without a beginning, without an end
 * @param afterTraceId '' = from the first one
 */
export async function readTracesUsedIn(
  db: Queryable,
  tenantId: bigint,
  range: { readonly fromUs: bigint | null; readonly toUs: bigint | null },
  afterTraceId: TraceId,
  limit: number,
): Promise<TraceId[]> {
  const { rows } = await db.query<{ trace_id: string }>({
    name: 'read-traces-used-in',
    text: `
SELECT trace_id FROM traces
 WHERE tenant_id = $1 AND trace_id > $2::uuid AND first_started_at < coalesce($4::timestamptz, 'infinity')
   AND last_ended_at >= coalesce($3::timestamptz, '-infinity')
 ORDER BY trace_id LIMIT $5`,
    values: [
      tenantId,
      afterTraceId === '' ? FIRST_TRACE : afterTraceId,
      range.fromUs === null ? null : timestampFromUs(range.fromUs),
      range.toUs === null ? null : timestampFromUs(range.toUs),
      limit,
    ],
  });
  return rows.map((row) => traceIdFromUuid(row.trace_id));
}

/** What stands accrued to a provider for a usage month, by asset, as a positive amount; before any invoice. */
export async function readAccrued(
  db: Queryable,
  tenantId: bigint,
  account: string,
  exceptPostingId: string,
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await db.query<{ asset: string; amount: string }>({
    name: 'read-accrued',
    text: `
SELECT asset, -sum(amount) AS amount FROM positions
 WHERE tenant_id = $1 AND account = $2 AND posting_id <> $3 GROUP BY asset HAVING sum(amount) <> 0`,
    values: [tenantId, account, exceptPostingId],
  });
  return new Map(rows.map((row) => [row.asset, BigInt(row.amount)]));
}
