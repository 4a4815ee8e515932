import {
  compareOutcomeControls,
  readControlledOutcomes,
  usFromTimestamp,
  type Client,
  type CostPerOutcomeQuery,
} from '#store';
import type { z } from 'zod';
import type { ControlCoverageView } from './control-coverage.ts';
import { shareOf } from './cost-row.ts';

const MAX_CONTROLS = 10_000;

/**
 * What control totals say of the outcomes of a report: how many of them they cover, and whether they match. Both as
 * it stands now, so a report of a past size has none.
 *
 * @returns null where no source gave a control total for the range
 */
export async function readControlCoverage(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  outcomes: bigint,
): Promise<z.infer<typeof ControlCoverageView> | null> {
  if (query.size !== null) return null;
  const controls = await compareOutcomeControls(client, tenantId, {
    fromUs: usFromTimestamp(`${query.fromDay}T00:00:00Z`),
    toUs: usFromTimestamp(`${query.toDay}T00:00:00Z`),
    limit: MAX_CONTROLS,
  });
  if (controls.length === 0) return null;
  const { covered, kinds } = await readControlledOutcomes(client, tenantId, query);
  const asked = new Set(query.outcomeType === null ? kinds : [...kinds, query.outcomeType.split('.')[0]!]);
  const ofReport = controls.filter(({ type }) => asked.size === 0 || asked.has(type.split('.')[0]!));
  if (ofReport.length === 0) return null;
  const matching = ofReport.filter(
    ({ count, heldCount, value, heldAmountPico }) =>
      count === heldCount && (value === null || value.amountPico === heldAmountPico),
  );
  return {
    share: shareOf(covered, outcomes),
    totals: ofReport.length,
    matching: matching.length,
    matches: matching.length === ofReport.length,
  };
}
