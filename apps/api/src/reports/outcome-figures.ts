import {
  readCostPerOutcome,
  readLoadedCosts,
  type Client,
  type CostPerOutcomeQuery,
  type CostPerOutcomeRow,
} from '#store';
import type { ReportContext } from './ask-report.ts';
import { toCostRow, type CostRow } from './cost-row.ts';
import { sumLoaded } from './loaded-cost.ts';
import { mustBeOfOneType } from './one-outcome-type.ts';
import { readControlCoverage } from './read-control-coverage.ts';
import { readLinkFigures } from './read-link-figures.ts';
import { SharedReads } from './shared-reads.ts';

/** Rows of a report by group, and the total over all of them. */
export interface Figures {
  readonly rows: readonly CostRow[];
  readonly total: CostRow;
  readonly totalPico: bigint;
}

/** What a group has beside its figures: what intervals are told from, and the types of its settled items. */
export type GroupMoments = Pick<CostPerOutcomeRow, 'moments' | 'settledTypes'>;

/** Figures of outcomes, with what else was read of each group (null = the total). */
export interface OutcomeFigures extends Figures {
  readonly momentsOf: (group: readonly (string | null)[] | null) => GroupMoments;
}

/** A row takes about a kilobyte. */
const MAX_KEPT_ROWS = 2_000;
const figures = new SharedReads<OutcomeFigures>(({ rows }) => rows.length <= MAX_KEPT_ROWS);

const NO_MOMENTS: GroupMoments = { moments: null, settledTypes: [] };

/**
 * Cost, outcomes and coverage of the settled items, or of a cohort, by group.
 *
 * Read once of a snapshot that reports share.
 *
 * @param withMoments whether `momentsOf` has moments, which take a little longer
 * @throws RejectedInput `unprocessable` where outcomes of several types would be counted as one
 */
export function outcomeFigures(
  client: Client,
  { tenantId, snapshot }: Pick<ReportContext, 'tenantId' | 'snapshot'>,
  query: CostPerOutcomeQuery,
  withMoments = false,
): Promise<OutcomeFigures> {
  // Of reports that share them one will want the moments, and reading them besides costs less than reading twice.
  const all = withMoments || snapshot.isShared;
  return figures.of(snapshot, query, () => readFigures(client, tenantId, query, all));
}

async function readFigures(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  withMoments: boolean,
): Promise<OutcomeFigures> {
  const { groupBy } = query;
  const read = await readCostPerOutcome(client, tenantId, query, withMoments);
  const [total, ...rows] = read;
  if (total === undefined) throw new Error('the report has no total');
  mustBeOfOneType(total, query);
  const isCohort = query.view === 'cohort';
  const controls = await readControlCoverage(client, tenantId, query, total.outcomes);
  const loaded = await readLoadedCosts(client, tenantId, query);
  const loadedOf = new Map(loaded.map((row) => [JSON.stringify(row.group), row]));
  const linksOf = await readLinkFigures(client, tenantId, query);
  const byText = new Map(read.map((row) => [JSON.stringify(row.group), row]));
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
    momentsOf: (group) => byText.get(JSON.stringify(group)) ?? NO_MOMENTS,
  };
}

const withControls = (row: CostRow, controls: CostRow['coverage']['controls']): CostRow => ({
  ...row,
  coverage: { ...row.coverage, controls },
});
