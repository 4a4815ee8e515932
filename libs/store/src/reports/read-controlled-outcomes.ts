import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/**
 * Of the outcomes of a report: how many have an achieving event in a period that its source gave a control total for;
 * and the kinds of all its work items.
 */
export async function readControlledOutcomes(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<{ readonly covered: bigint; readonly kinds: readonly string[] }> {
  const { cells, values } = costCells(tenantId, { ...query, groupBy: [] });
  const { rows } = await client.query<{ covered: bigint; kinds: string[] | null }>(
    `${cells}
SELECT (SELECT array_agg(DISTINCT split_part(ref, ':', 1)) FROM item) AS kinds,
       (SELECT count(*) FROM item i WHERE i.is_settled AND i.phase = 'achieved' AND EXISTS (
          SELECT FROM outcome_events e JOIN outcome_controls c ON c.tenant_id = $1 AND c.source = e.source
              AND c.type = e.kind || '.' || e.verb
              AND c.period IN (to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
                               to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM'))
           WHERE e.tenant_id = $1 AND e.ref = i.ref AND e.effect = 'achieved')) AS covered`,
    values,
  );
  return { covered: rows[0]!.covered, kinds: rows[0]!.kinds ?? [] };
}
