import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';

/** @returns the work item that a surrogate id names in leaves; null where there is none, or its name was erased */
export async function readRefOfSurrogate(
  client: Client,
  tenantId: bigint,
  surrogateId: string,
): Promise<Ref | null> {
  const { rows } = await client.query<{ ref: string }>({
    name: 'read-ref-of-surrogate',
    text: 'SELECT ref FROM work_items WHERE tenant_id = $1 AND surrogate_id = $2',
    values: [tenantId, surrogateId],
  });
  return rows[0]?.ref ?? null;
}
