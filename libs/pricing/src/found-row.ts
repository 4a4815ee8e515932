import type { UnpricedReason } from '#model';
import { isInForce, type IndexedRow } from './indexed-row.ts';
import type { PriceGroup, PriceLookup } from './price-index.ts';
import { ANY_PROVIDER } from './price-shelf.ts';
import { readServiceTier } from './service-tier.ts';

/** A row that prices a call, and how it was found. */
export interface FoundRow {
  readonly row: IndexedRow;
  readonly group: PriceGroup;
}

/** When a call began and the tier it was served in, as the span says it. */
export interface CallTime {
  readonly startedAtNs: bigint;
  readonly serviceTier: string | null;
}

/**
 * The rows in force for a call: the best one, and from every book asked after its own the best one for the same
 * model of the same provider, which prices what the first does not state.
 *
 * @returns at least one row, or why there is none
 */
export function rowsInForce(
  lookup: PriceLookup,
  call: CallTime,
): readonly [FoundRow, ...FoundRow[]] | UnpricedReason {
  if (lookup.callModel === null) return 'no_model';
  if (lookup.groups.length === 0) return lookup.isOpaque ? 'names_no_model' : 'unknown_model';
  const stated = readServiceTier(call.serviceTier);
  const first = lookup.groups.find((group) => rowOf(group, stated, call.startedAtNs) !== null);
  if (first === undefined) {
    const isAnyInForce = lookup.groups.some(({ matches }) =>
      matches.some(({ row }) => isInForce(row, call.startedAtNs)),
    );
    return isAnyInForce ? 'no_price_for_service_tier' : 'no_price_in_force';
  }
  const found: [FoundRow, ...FoundRow[]] = [{ row: rowOf(first, stated, call.startedAtNs)!, group: first }];
  for (const group of lookup.groups) {
    if (found.some((each) => each.group.scope === group.scope) || !isOfSameModel(first, group)) continue;
    const row = rowOf(group, stated, call.startedAtNs);
    if (row !== null) found.push({ row, group });
  }
  return found;
}

function rowOf(
  group: PriceGroup,
  stated: ReturnType<typeof readServiceTier>,
  atNs: bigint,
): IndexedRow | null {
  const tier = stated ?? group.serviceTier;
  const match = group.matches.find(({ row, isExact }) => {
    const isNamed = isExact && group.isTierInName && tier === group.serviceTier;
    return isInForce(row, atNs) && row.serviceTier === (isNamed ? null : tier);
  });
  return match?.row ?? null;
}

function isOfSameModel(first: PriceGroup, other: PriceGroup): boolean {
  if (first.callModel !== other.callModel) return false;
  const providers = [first.provider, other.provider];
  return first.provider === other.provider || providers.includes(ANY_PROVIDER);
}
