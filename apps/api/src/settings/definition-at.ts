import { SHIPPED_DEFINITIONS } from '#attribution';
import type { OutcomeDefinition } from '#model';
import { settingAt, toDefinition, type Setting } from '#store';

/**
 * The definition of a kind in force at a business time: the tenant's own, else the shipped one.
 * @param settings every version of the tenant's definitions
 * @returns null for a kind that nobody defined
 */
export function definitionAt(
  settings: readonly Setting[],
  kind: string,
  atUs: bigint,
): OutcomeDefinition | null {
  const own = settingAt(settings, kind, atUs);
  if (own !== null) return toDefinition(own);
  return SHIPPED_DEFINITIONS.find((definition) => definition.kind === kind) ?? null;
}
