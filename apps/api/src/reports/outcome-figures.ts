import { readCostPerOutcome, readLoadedCosts, type Client, type CostPerOutcomeQuery } from '#store';
import { toCostRow, type CostRow } from './cost-row.ts';
import { sumLoaded } from './loaded-cost.ts';
import { mustBeOfOneType } from './one-outcome-type.ts';
import { readControlCoverage } from './read-control-coverage.ts';
import { readLinkFigures } from './read-link-figures.ts';

/** Rows of a report by group, and the total over all of them. */
export interface Figures {
  readonly rows: readonly CostRow[];
  readonly total: CostRow;
  readonly totalPico: bigint;
}

/**
 * Cost, outcomes and coverage of the settled items, or of a cohort, by group.
 * @throws RejectedInput `unprocessable` where outcomes of several types would be counted as one
 */
export async function outcomeFigures(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<Figures> {
  const { groupBy } = query;
  const [total, ...rows] = await readCostPerOutcome(client, tenantId, query);
  if (total === undefined) throw new Error('the report has no total');
  mustBeOfOneType(total, query);
  const isCohort = query.view === 'cohort';
  const controls = await readControlCoverage(client, tenantId, query, total.outcomes);
  const loaded = await readLoadedCosts(client, tenantId, query);
  const loadedOf = new Map(loaded.map((row) => [JSON.stringify(row.group), row]));
  const linksOf = await readLinkFigures(client, tenantId, query);
  const totalRow = toCostRow(total, groupBy, isCohort, sumLoaded(loaded), linksOf(null));
  return {
    rows:
      groupBy.length === 0
        ? [withControls(totalRow, controls)]
        : rows.map((row) =>
            toCostRow(row, groupBy, isCohort, loadedOf.get(JSON.stringify(row.group)), linksOf(row.group)),
          ),
    total: withControls(totalRow, controls),
    totalPico: total.costPico,
  };
}

const withControls = (row: CostRow, controls: CostRow['coverage']['controls']): CostRow => ({
  ...row,
  coverage: { ...row.coverage, controls },
});
