import { identifyModel, type ModelIdentity } from './model-identity.ts';
import { ANY_PROVIDER, type PriceGroup, type PriceIndex, type PriceLookup } from './price-index.ts';
import { canonicalProvider, isApiFlavour, isListedProvider, providerOfFamily } from './provider-identity.ts';

/** Names come from outside: without a bound a client that invents model names would fill the memory. */
const MAX_REMEMBERED = 20_000;

/**
 * Everything that may price a call of this provider and these model names, best first: the tenant's own rows
 * before shipped ones, then the response model before the request model, then the provider of record before
 * assumed ones, then the name as given before normalised names. Remembered in the index.
 */
export function findPriceGroups(
  provider: string | null,
  modelResponse: string | null,
  modelRequest: string | null,
  index: PriceIndex,
): PriceLookup {
  const key = `${provider ?? ''}\n${modelResponse ?? ''}\n${modelRequest ?? ''}`;
  const remembered = index.memo.get(key);
  if (remembered !== undefined) return remembered;
  if (index.memo.size >= MAX_REMEMBERED) index.memo.clear();
  const lookup = lookUp(provider, modelResponse, modelRequest, index);
  index.memo.set(key, lookup);
  return lookup;
}

function lookUp(
  rawProvider: string | null,
  modelResponse: string | null,
  modelRequest: string | null,
  index: PriceIndex,
): PriceLookup {
  const names = [modelResponse, modelRequest].map((each) => each?.trim() ?? '').filter((each) => each !== '');
  const named = [...new Set(names)].map((each) => identifyModel(each));
  // One of the names says fine-tune and the other its base: the call was the fine-tune's, which has rates of its own.
  const identities = named.some((each) => each.isFineTune) ? named.filter((each) => each.isFineTune) : named;
  const attribute = canonicalProvider(rawProvider);
  // A cloud or gateway that a name states wins over the attribute; the request may state it for the response.
  const gateway = identities.find((identity) => identity.gateway !== null)?.gateway ?? null;
  const recorded = gateway ?? (attribute !== null && isKnown(attribute, index) ? attribute : null);
  const [first] = identities;
  return {
    provider: recorded ?? attribute ?? (first === undefined ? null : makerOf(first)),
    callModel: first?.canonicalName ?? null,
    groups: [true, false].flatMap((isTenantRow) =>
      identities.flatMap((identity) => groupsOf(identity, isTenantRow, recorded, index)),
    ),
  };
}

function makerOf(identity: ModelIdentity): string | null {
  return identity.vendor ?? providerOfFamily(identity.canonicalName);
}

function isKnown(provider: string, index: PriceIndex): boolean {
  return (
    isListedProvider(provider) || [true, false].some((scope) => index.providers(scope).includes(provider))
  );
}

interface ProviderAttempt {
  readonly provider: string;
  readonly assumption: string | null;
}

function groupsOf(
  identity: ModelIdentity,
  isTenantRow: boolean,
  recorded: string | null,
  index: PriceIndex,
): PriceGroup[] {
  return attemptsFor(identity, isTenantRow, recorded, index).flatMap((attempt) =>
    identity.candidates.flatMap((candidate) => {
      const matches = index.find(isTenantRow, attempt.provider, candidate.name, identity.isFineTune);
      if (matches.length === 0) return [];
      // A tenant who names a model in a row of its own means it in all its spellings.
      const named = isTenantRow ? null : candidate.assumption;
      const assumptions = [attempt.assumption, named].filter((each) => each !== null);
      const group: PriceGroup = {
        matches,
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
  isTenantRow: boolean,
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
  if (recorded === null && isTenantRow) attempts.push(...onlySeller(identity, index));
  return attempts;
}

/** Where nobody says who bills: the one provider of the tenant's own rows that lists this very name, if it is one. */
function onlySeller(identity: ModelIdentity, index: PriceIndex): ProviderAttempt[] {
  const sellers = index
    .providers(true)
    .filter((provider) =>
      identity.candidates.some((candidate) =>
        index
          .find(true, provider, candidate.name, identity.isFineTune)
          .some((match) => match.isExact && (match.row.provider === provider || provider === ANY_PROVIDER)),
      ),
    );
  const [provider] = sellers;
  if (provider === undefined || sellers.length > 1) return [];
  const assumption =
    provider === ANY_PROVIDER ? null : `provider ${provider} taken from the only price row of this name`;
  return [{ provider, assumption }];
}
