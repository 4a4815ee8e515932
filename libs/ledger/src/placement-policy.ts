import { z } from 'zod';

const bearing = z.enum(['waste', 'carry']).default('waste');

/**
 * What `policies.rule` holds under the name `placement`: whether the cost of other attempts at an achieved work item,
 * and of what came after it, is waste or is borne by the standing outcome (ledger.md Ex 4: `waste|carry`).
 */
export const placementPolicySchema = z
  .strictObject({
    retry: bearing.meta({ description: 'Attempts before the one that achieved the outcome' }),
    reopened: bearing.meta({ description: 'Attempts that bought an outcome which did not last' }),
    afterOutcome: bearing.meta({ description: 'Cost after success' }),
  })
  .meta({ id: 'PlacementPolicyRule' });
export type PlacementPolicy = z.infer<typeof placementPolicySchema>;

export const SHIPPED_PLACEMENT: PlacementPolicy = {
  retry: 'waste',
  reopened: 'waste',
  afterOutcome: 'waste',
};

const SWITCHES: Readonly<Record<string, keyof PlacementPolicy>> = {
  'waste:retry': 'retry',
  'waste:reopened': 'reopened',
  'waste:after_outcome': 'afterOutcome',
};

/**
 * The placement a policy gives to what the rules of attribution placed.
 *
 * @param stands an achieved outcome stands now: without one nothing can bear the cost, and it stays waste
 */
export function placementUnder(policy: PlacementPolicy, placement: string, stands: boolean): string {
  const name = SWITCHES[placement];
  if (!stands || name === undefined || policy[name] === 'waste') return placement;
  return placement.replace('waste:', 'carried:');
}
