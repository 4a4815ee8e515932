import type { Client } from '../connection/database.ts';

/** Every version of the tenant's rules and price books with a leaf among the first `size`: `policy overhead@2`. Sorted. */
export async function readRulesAt(client: Client, tenantId: bigint, size: number): Promise<string[]> {
  return [...(await readRulePlaces(client, tenantId, size)).keys()].sort();
}

/** The same, each with the place of its first leaf. Unordered. */
export async function readRulePlaces(
  client: Client,
  tenantId: bigint,
  size: number,
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ rule: string; idx: bigint }>({
    name: 'read-rule-places',
    text: `
SELECT l.kind || ' ' || l.subject_id AS rule, min(l.idx) AS idx
  FROM (SELECT 'definition' AS kind, name || '@' || version AS subject FROM definitions WHERE tenant_id = $1
        UNION ALL SELECT 'policy', name || '@' || version FROM policies WHERE tenant_id = $1
        UNION ALL SELECT 'key_mapping', name || '@' || version FROM key_mappings WHERE tenant_id = $1
        UNION ALL SELECT 'price.book', book || '@' || version FROM price_books WHERE tenant_id IN (0, $1)) v
  JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = v.subject AND l.kind = v.kind AND l.idx < $2
 GROUP BY 1`,
    values: [tenantId, size],
  });
  return new Map(rows.map(({ rule, idx }) => [rule, Number(idx)]));
}
