import type { Client } from '../connection/database.ts';
import { toDatedCost, type DatedCost, type DatedCostRow } from './read-cost-by-day.ts';
import { periodCells, type PeriodQuery } from './period-cells.ts';

/**
 * The charges of a period in the currencies and of the days they were used, by where they sit: the figures of
 * `readPeriodCosts`, apart, so that each part can be converted by the rate of its day.
 */
export async function readPeriodCostByDay(
  client: Client,
  tenantId: bigint,
  query: PeriodQuery,
): Promise<DatedCost[]> {
  const { cells, values } = periodCells(tenantId, query);
  const { rows } = await client.query<DatedCostRow>(
    `${cells}
SELECT grp,
       CASE WHEN substr(account, 3, 1) <> '0' THEN 'loaded'
            WHEN account = '5200:outcome' THEN 'direct'
            WHEN account ~ '^(5205:carried|5300:waste):(retry|after_outcome|reopened)$' THEN 'failed_attempt'
            WHEN account IN ('5300:waste:failed', '5300:waste:abandoned') THEN 'no_outcome'
            WHEN account = '5100:work' THEN 'in_progress'
            WHEN account LIKE '5400:%' THEN 'overhead'
            WHEN account = '5000:unattributed' THEN 'unattributed'
            ELSE 'elsewhere' END AS figure,
       asset, usage_day, sum(amount) AS amount
  FROM cell GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0
 ORDER BY 1, 2, 3, 4`,
    values,
  );
  return rows.map(toDatedCost);
}
