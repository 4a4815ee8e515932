import { dimensionsPolicySchema } from '#attribution';
import type { Setting } from '#store';

/** Attributes that any version of the tenant's `dimensions` policy declared: attempts of its time carry them. */
export function declaredDimensions(policies: readonly Setting[]): string[] {
  const names = policies
    .filter(({ name }) => name === 'dimensions')
    .flatMap(({ rule }) => dimensionsPolicySchema.parse(rule).attributes);
  return [...new Set(names)];
}
