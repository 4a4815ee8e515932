import { isInForce, type IndexedRow } from './indexed-row.ts';
import { identifyModel, type ModelIdentity } from './model-identity.ts';
import type { PriceIndex } from './price-index.ts';
import { ANY_PROVIDER, type PriceShelves } from './price-shelf.ts';
import { canonicalProvider } from './provider-identity.ts';
import { providerOfRecord } from './provider-of-record.ts';

/** A model by the name a span or an alias gives it. */
export interface NamedModel {
  readonly name: string;
  /** Canonical id of who bills, where an alias says it; else null. */
  readonly provider: string | null;
}

/**
 * Puts what the tenant's aliases in force say in the place of the names of a call (conventions D2: an application
 * inference profile, an Azure deployment, a name that a proxy made up). An alias is taken once: what it means is
 * not looked up among the aliases again.
 *
 * @param names the response model, then the request model
 * @param atNs start of the span
 * @returns the names without empty and repeated ones, in that order
 */
export function resolveAliases(
  rawProvider: string | null,
  names: readonly (string | null)[],
  atNs: bigint,
  index: PriceIndex,
): NamedModel[] {
  const given = [...new Set(names.map((each) => each?.trim() ?? ''))].filter((each) => each !== '');
  const { aliases } = index;
  if (aliases === null) return given.map((name) => ({ name, provider: null }));
  const identities = given.map((name) => identifyModel(name));
  const recorded = providerOfRecord(rawProvider, identities, index) ?? ANY_PROVIDER;
  return given.map((name, at) => {
    const meant = findAlias(aliases, recorded, identities[at]!, atNs)?.aliasOf;
    return meant === undefined
      ? { name, provider: null }
      : { name: meant.model, provider: canonicalProvider(meant.provider) };
  });
}

/** An alias speaks of the name that it is given for: as the span wrote it, or without its path, never of a base model. */
function findAlias(
  aliases: PriceShelves,
  provider: string,
  { candidates, isFineTune }: ModelIdentity,
  atNs: bigint,
): IndexedRow | null {
  for (const { name, assumption } of candidates) {
    if (assumption !== null) continue;
    const match = aliases.find(provider, name, isFineTune).find(({ row }) => isInForce(row, atNs));
    if (match !== undefined) return match.row;
  }
  return null;
}
