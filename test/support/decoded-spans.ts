import type { Span } from '#model';
import { decodeResource, decodeScope, decodeSpan } from '#otlp';
import type { Database } from '#store';

/** The spans of a tenant, decoded whole from what is stored, by key. */
export async function readDecodedSpans(db: Database, tenantId: bigint): Promise<Span[]> {
  const { rows } = await db.query<{ bytes: Buffer; resource: Buffer; scope: Buffer }>(
    `SELECT s.bytes, r.bytes AS resource, c.bytes AS scope
       FROM spans s JOIN resources r USING (tenant_id, resource_id) JOIN scopes c USING (tenant_id, scope_id)
      WHERE s.tenant_id = $1 ORDER BY s.trace_id, s.span_id, s.started_at`,
    [tenantId],
  );
  return rows.map((row) => decodeSpan(row.bytes, decodeResource(row.resource), decodeScope(row.scope)));
}
