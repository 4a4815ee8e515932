import type { AppendSession } from './append-session.ts';
import type { SetAside } from './batch.ts';
import { timestampOfUs } from './trace-summary.ts';

const SQL = `
INSERT INTO set_aside (tenant_id, id, kind, reason, subject, detail, bytes, since)
SELECT tenant_id, id, kind, reason, subject, detail, bytes, ${timestampOfUs('since')}
  FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[], $8::bigint[])
       AS s (tenant_id, id, kind, reason, subject, detail, bytes, since)
 ORDER BY tenant_id, id
ON CONFLICT (tenant_id, id) DO NOTHING`;

/** Keeps what was refused, with its reason. Idempotent by id. */
export async function insertSetAside(
  session: Pick<AppendSession, 'query'>,
  rows: readonly SetAside[],
): Promise<void> {
  if (rows.length === 0) return;
  await session.query('insert_set_aside', SQL, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.id),
    rows.map((row) => row.kind),
    rows.map((row) => row.reason),
    rows.map((row) => row.subject),
    rows.map((row) => JSON.stringify(row.detail)),
    rows.map((row) => row.bytes),
    rows.map((row) => row.sinceUs),
  ]);
}
