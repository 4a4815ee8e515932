import type { ApiClient } from './api-client.ts';
import type { Workflow } from './scenario.ts';

/** Tells the minutes of people at the cases of a workflow, as its business system would; sent again, they count once. */
export async function sendCostLines(api: ApiClient, workflow: Workflow): Promise<void> {
  const lines = workflow.cases.flatMap(({ kind, key, people }) =>
    people.map(({ minutes, atMs }, index) => ({
      source: workflow.eventSource,
      id: `${key}-person-${index + 1}`,
      workItem: { kind, key },
      kind: 'human',
      occurredAt: new Date(atMs).toISOString(),
      quantity: String(minutes),
      unit: 'minute',
      rate: { amount: workflow.personPerMinuteUsd, currency: 'USD' },
    })),
  );
  if (lines.length > 0) await api.post('/v1/cost-lines', { lines });
}
