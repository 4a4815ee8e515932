import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** Which outcome types the settled items of each group have, and all of them together (`group` null). */
export async function readOutcomeTypes(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<
  { readonly group: readonly (string | null)[] | null; readonly outcomeTypes: readonly string[] }[]
> {
  const { cells, values } = costCells(tenantId, query);
  const { rows } = await client.query<{ grp: (string | null)[]; is_total: boolean; types: string[] }>(
    `${cells}
SELECT grp, grouping(grp) = 1 AS is_total, array_agg(DISTINCT outcome_type) AS types
  FROM cell WHERE is_settled GROUP BY GROUPING SETS ((grp), ())`,
    values,
  );
  return rows.map((row) => ({ group: row.is_total ? null : row.grp, outcomeTypes: row.types ?? [] }));
}
