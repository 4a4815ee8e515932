import type { ModelIdentity } from './model-identity.ts';
import type { PriceIndex } from './price-index.ts';
import { canonicalProvider, isListedProvider } from './provider-identity.ts';

/**
 * Who bills a call, as far as it is said (conventions D3): a cloud or gateway that a model name states wins over
 * the attribute, and the request may state it for the response.
 *
 * @returns a canonical id; null where the attribute is a framework's or of nobody who is known to bill
 */
export function providerOfRecord(
  rawProvider: string | null,
  identities: readonly ModelIdentity[],
  index: PriceIndex,
): string | null {
  const gateway = identities.find((identity) => identity.gateway !== null)?.gateway ?? null;
  if (gateway !== null) return gateway;
  const attribute = canonicalProvider(rawProvider);
  return attribute !== null && isKnown(attribute, index) ? attribute : null;
}

function isKnown(provider: string, index: PriceIndex): boolean {
  return isListedProvider(provider) || index.scopes.some(({ shelves }) => shelves.has(provider));
}
