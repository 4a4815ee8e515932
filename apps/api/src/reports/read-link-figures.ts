import {
  readCandidateGroups,
  readReadableSizes,
  readUnlinkedCosts,
  type Client,
  type CostPerOutcomeQuery,
  type GroupKey,
} from '#store';
import { NO_CANDIDATES, type LinkFigures } from './link-figures.ts';

type Group = readonly (string | null)[] | null;

/** Keys of the work item: cost that is linked to none cannot be told apart by them. */
const OF_TIME: readonly GroupKey['name'][] = ['day', 'week', 'month'];
const OF_ITEMS: readonly GroupKey['name'][] = ['outcome_type', ...OF_TIME];

/**
 * What stands beside the booked cost of each group: candidates, and cost of the same group that is linked to nothing.
 * A size from before they were kept has neither.
 */
export async function readLinkFigures(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<(group: Group) => LinkFigures> {
  if (query.size !== null && query.size < (await readReadableSizes(client, tenantId)).candidatesFromSize)
    return () => ({ candidates: null, unlinkedPico: null });
  const candidates = byGroup(await readCandidateGroups(client, tenantId, query));
  const unlinked = byGroup(await readUnlinkedCosts(client, tenantId, query));
  const isByTime = query.groupBy.some(({ name }) => OF_TIME.includes(name));
  const ofSpend = (group: Group): Group =>
    group === null
      ? null
      : group.map((value, index) => (OF_ITEMS.includes(query.groupBy[index]!.name) ? null : value));
  return (group) => ({
    candidates: candidates.get(JSON.stringify(group)) ?? NO_CANDIDATES,
    unlinkedPico:
      isByTime && group !== null ? null : (unlinked.get(JSON.stringify(ofSpend(group)))?.amountPico ?? 0n),
  });
}

const byGroup = <Row extends { readonly group: Group }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [JSON.stringify(row.group), row]));
