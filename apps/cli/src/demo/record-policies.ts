import type { ApiClient } from './api-client.ts';
import type { Workflow } from './scenario.ts';

/**
 * Records what the tenant has to say beforehand: which attributes are known at intake, and that agents name their team.
 * The same again makes no new version.
 */
export async function recordPolicies(api: ApiClient, workflows: readonly Workflow[]): Promise<void> {
  const attributes = new Map(workflows.flatMap(({ intake }) => intake.map((each) => [each.name, each])));
  await api.post('/v1/policies', {
    name: 'intake',
    validFrom: null,
    rule: { attributes: [...attributes.values()] },
  });
  await api.post('/v1/policies', { name: 'dimensions', validFrom: null, rule: { attributes: ['team'] } });
}
