import type { Client } from '../connection/database.ts';

/** Every version of the tenant's rules and price books with a leaf among the first `size`: `policy overhead@2`. Sorted. */
export async function readRulesAt(client: Client, tenantId: bigint, size: number): Promise<string[]> {
  const { rows } = await client.query<{ rule: string }>({
    name: 'read-rules-at',
    text: `
SELECT DISTINCT l.kind || ' ' || l.subject_id AS rule
  FROM (SELECT 'definition' AS kind, name || '@' || version AS subject FROM definitions WHERE tenant_id = $1
        UNION ALL SELECT 'policy', name || '@' || version FROM policies WHERE tenant_id = $1
        UNION ALL SELECT 'key_mapping', name || '@' || version FROM key_mappings WHERE tenant_id = $1
        UNION ALL SELECT 'price.book', book || '@' || version FROM price_books WHERE tenant_id IN (0, $1)) v
  JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = v.subject AND l.kind = v.kind AND l.idx < $2`,
    values: [tenantId, size],
  });
  return rows.map(({ rule }) => rule).sort();
}
