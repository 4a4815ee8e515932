import { identifyModel, type ModelIdentity } from './model-identity.ts';
import type { NamedModel } from './model-alias.ts';
import type { PriceGroup, PriceIndex, PriceLookup, PriceScope } from './price-index.ts';
import { ANY_PROVIDER } from './price-shelf.ts';
import { canonicalProvider, isApiFlavour, providerOfFamily } from './provider-identity.ts';
import { providerOfRecord } from './provider-of-record.ts';

/** Names come from outside: without a bound a client that invents model names would fill the memory. */
const MAX_REMEMBERED = 20_000;

/**
 * Everything that may price a call of this provider and these models, best first: each book of the tenant before
 * the next and before the shipped ones, then the response model before the request model, then the provider of
 * record before assumed ones, then the name as given before normalised names. Remembered in the index.
 *
 * @param models the response model, then the request model, as far as they are named
 */
export function findPriceGroups(
  provider: string | null,
  models: readonly NamedModel[],
  index: PriceIndex,
): PriceLookup {
  const key = [provider ?? '', ...models.flatMap(({ name, provider: by }) => [name, by ?? ''])].join('\n');
  const remembered = index.memo.get(key);
  if (remembered !== undefined) return remembered;
  if (index.memo.size >= MAX_REMEMBERED) index.memo.clear();
  const lookup = lookUp(provider, models, index);
  index.memo.set(key, lookup);
  return lookup;
}

function lookUp(rawProvider: string | null, models: readonly NamedModel[], index: PriceIndex): PriceLookup {
  const named = models.map(({ name, provider }): ModelIdentity => {
    const identity = identifyModel(name);
    return provider === null ? identity : { ...identity, gateway: provider };
  });
  // One of the names says fine-tune and the other its base: the call was the fine-tune's, which has rates of its own.
  const identities = named.some((each) => each.isFineTune) ? named.filter((each) => each.isFineTune) : named;
  const recorded = providerOfRecord(rawProvider, identities, index);
  const [first] = identities;
  return {
    provider: recorded ?? canonicalProvider(rawProvider) ?? (first === undefined ? null : makerOf(first)),
    callModel: first?.canonicalName ?? null,
    isOpaque: identities.length > 0 && identities.every((each) => each.isOpaque),
    groups: index.scopes.flatMap((scope) =>
      identities.flatMap((identity) => groupsOf(identity, scope, recorded, index)),
    ),
  };
}

function makerOf(identity: ModelIdentity): string | null {
  return identity.vendor ?? providerOfFamily(identity.canonicalName);
}

interface ProviderAttempt {
  readonly provider: string;
  readonly assumption: string | null;
}

function groupsOf(
  identity: ModelIdentity,
  scope: PriceScope,
  recorded: string | null,
  index: PriceIndex,
): PriceGroup[] {
  return attemptsFor(identity, scope, recorded, index).flatMap((attempt) =>
    identity.candidates.flatMap((candidate) => {
      const matches = scope.shelves.find(attempt.provider, candidate.name, identity.isFineTune);
      if (matches.length === 0) return [];
      // A tenant who names a model in a row of its own means it in all its spellings.
      const named = scope.isTenant ? null : candidate.assumption;
      const assumptions = [attempt.assumption, named].filter((each) => each !== null);
      const group: PriceGroup = {
        matches,
        scope,
        provider: attempt.provider,
        callModel: identity.canonicalName,
        serviceTier: identity.serviceTier,
        isTierInName: candidate.name.endsWith(':batch'),
        assumptions,
      };
      return [group];
    }),
  );
}

function attemptsFor(
  identity: ModelIdentity,
  scope: PriceScope,
  recorded: string | null,
  index: PriceIndex,
): ProviderAttempt[] {
  const attempts: ProviderAttempt[] = recorded === null ? [] : [{ provider: recorded, assumption: null }];
  if (recorded !== null && !isApiFlavour(recorded)) return attempts;
  const family = providerOfFamily(identity.canonicalName);
  for (const [provider, source] of [
    [identity.vendor, 'the prefix of the model name'],
    [family, 'the model family'],
  ] as const)
    if (provider !== null && attempts.every((attempt) => attempt.provider !== provider))
      attempts.push({ provider, assumption: `provider ${provider} taken from ${source}` });
  // Whoever speaks the API of a model's maker may be the tenant's own server, but not for a model only the maker sells.
  if (scope.isTenant && (recorded === null || family === null)) attempts.push(...onlySeller(identity, index));
  return attempts;
}

/** Where nobody says who bills: the one provider of the tenant's own rows that lists this very name, if it is one. */
function onlySeller(identity: ModelIdentity, index: PriceIndex): ProviderAttempt[] {
  const own = index.scopes.filter(({ isTenant }) => isTenant);
  const providers = new Set(own.flatMap(({ shelves }) => shelves.providers));
  const sellers = [...providers].filter((provider) =>
    own.some(({ shelves }) =>
      identity.candidates.some((candidate) =>
        shelves
          .find(provider, candidate.name, identity.isFineTune)
          .some((match) => match.isExact && (match.row.provider === provider || provider === ANY_PROVIDER)),
      ),
    ),
  );
  const [provider] = sellers;
  if (provider === undefined || sellers.length > 1) return [];
  const assumption =
    provider === ANY_PROVIDER ? null : `provider ${provider} taken from the only price row of this name`;
  return [{ provider, assumption }];
}
