import { isInForce, type IndexedRow } from './indexed-row.ts';
import { identifyModel, type ModelIdentity } from './model-identity.ts';
import type { NamedAliases, PriceIndex } from './price-index.ts';
import { ANY_PROVIDER, type PriceShelves } from './price-shelf.ts';
import { canonicalProvider } from './provider-identity.ts';
import { providerOfRecord } from './provider-of-record.ts';

/** A model by the name a span or an alias gives it. */
export interface NamedModel {
  readonly name: string;
  /** Canonical id of who bills, where an alias says it; else null. */
  readonly provider: string | null;
}

/** Names come from outside: without a bound a client that invents model names would fill the memory. */
const MAX_REMEMBERED = 20_000;

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
  return aliasesOf(rawProvider, given, aliases, index).map(({ name, rows }) => {
    const meant = rows.find((row) => isInForce(row, atNs))?.aliasOf;
    return meant === undefined
      ? { name, provider: null }
      : { name: meant.model, provider: canonicalProvider(meant.provider) };
  });
}

function aliasesOf(
  rawProvider: string | null,
  names: readonly string[],
  aliases: PriceShelves,
  index: PriceIndex,
): readonly NamedAliases[] {
  const key = [rawProvider ?? '', ...names].join('\n');
  const remembered = index.aliasMemo.get(key);
  if (remembered !== undefined) return remembered;
  if (index.aliasMemo.size >= MAX_REMEMBERED) index.aliasMemo.clear();
  const identities = names.map((name) => identifyModel(name));
  const recorded = providerOfRecord(rawProvider, identities, index) ?? ANY_PROVIDER;
  const found = names.map((name, at) => ({ name, rows: findAliases(aliases, recorded, identities[at]!) }));
  index.aliasMemo.set(key, found);
  return found;
}

/** An alias speaks of the name that it is given for: as the span wrote it, or without its path, never of a base model. */
function findAliases(
  aliases: PriceShelves,
  provider: string,
  { candidates, isFineTune }: ModelIdentity,
): IndexedRow[] {
  return candidates
    .filter(({ assumption }) => assumption === null)
    .flatMap(({ name }) => aliases.find(provider, name, isFineTune).map(({ row }) => row));
}
