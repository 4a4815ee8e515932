import { identifyModel } from './model-identity.ts';
import { readServiceTier } from './service-tier.ts';

/**
 * The one name under which a bill and our charges mean the same model: without gateway, vendor prefix, region profile,
 * Bedrock version and snapshot date where the rules of `identifyModel` know these apart. In lower case.
 */
export const canonicalModel = (name: string): string => identifyModel(name).canonicalName;

/**
 * Reads the models of a bill as those our own charges have. A name both have is itself; else a snapshot and its undated
 * name mean each other, where that leaves no choice.
 *
 * @param own canonical names of our charges
 */
export function modelMatcher(own: Iterable<string>): (name: string) => string {
  const names = new Set(own);
  const byFamily = new Map<string, string[]>();
  for (const name of names) byFamily.set(familyOf(name), [...(byFamily.get(familyOf(name)) ?? []), name]);
  return (name) => {
    const canonical = canonicalModel(name);
    if (names.has(canonical)) return canonical;
    const family = byFamily.get(familyOf(canonical)) ?? [];
    return family.length === 1 ? family[0]! : canonical;
  };
}

/** The least specific name of the same model; a fine-tune is of no family but its own. */
function familyOf(name: string): string {
  const { candidates, canonicalName, isFineTune } = identifyModel(name);
  return isFineTune ? canonicalName : (candidates.at(-1)?.name ?? canonicalName);
}

/** @returns null for the standard tier; a word that no rule knows as it is, in lower case */
export function canonicalServiceTier(tier: string | null): string | null {
  const read = readServiceTier(tier);
  return read === 'unknown' ? tier!.trim().toLowerCase() : read;
}
