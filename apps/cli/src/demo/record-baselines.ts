import type { ApiClient } from './api-client.ts';
import type { Workflow } from './scenario.ts';

/** Records what an outsourcer asks for the outcomes of each workflow; the same again makes no new version. */
export async function recordBaselines(api: ApiClient, workflows: readonly Workflow[]): Promise<void> {
  for (const { serviceName, outcomeType, outsourced } of workflows)
    await api.post('/v1/baselines', {
      name: `${serviceName}-outsourced`,
      validFrom: null,
      rule: {
        outcomeType,
        method: 'bpo_contract',
        costPerOutcome: { amount: outsourced.amountUsd, currency: 'USD' },
        source: outsourced.contract,
      },
    });
}
