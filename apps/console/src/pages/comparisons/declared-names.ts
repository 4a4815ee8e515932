import type { Schemas } from '../../api/wire-types.ts';

/** The attributes that the newest policy `dimensions` declares: teams, persons, whatever agents name. */
export function declaredNames(policies: readonly Schemas['SettingVersion'][]): string[] {
  const [newest] = policies
    .filter(({ name }) => name === 'dimensions')
    .toSorted((a, b) => b.version - a.version);
  const rule: unknown = newest?.rule;
  if (typeof rule !== 'object' || rule === null || !('attributes' in rule)) return [];
  return Array.isArray(rule.attributes)
    ? rule.attributes.filter((name: unknown): name is string => typeof name === 'string')
    : [];
}
