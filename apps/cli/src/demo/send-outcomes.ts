import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import type { Case, CaseEvent } from './case.ts';
import type { Workflow } from './scenario.ts';

const Answer = z.object({
  stored: z.int(),
  duplicate: z.int(),
  refused: z.int(),
  results: z.array(z.object({ problem: z.object({ detail: z.string() }).nullable() })),
});

const EVENTS_PER_REQUEST = 200;

/**
 * Reports what became of the cases of a workflow, as its business system would: CloudEvents in batches.
 *
 * @param isLate which of the events: those reported in time, or those reported late
 * @throws Error when an event is refused
 */
export async function sendOutcomes(api: ApiClient, workflow: Workflow, isLate: boolean): Promise<void> {
  const events = workflow.cases
    .flatMap((item) => item.events.map((event, index) => ({ item, event, index })))
    .filter(({ event }) => event.isLate === isLate)
    .sort((a, b) => a.event.atMs - b.event.atMs)
    .map(({ item, event, index }) => toCloudEvent(workflow, item, event, index));
  for (let start = 0; start < events.length; start += EVENTS_PER_REQUEST) {
    const batch = events.slice(start, start + EVENTS_PER_REQUEST);
    const answer = Answer.parse(await api.post('/v1/outcomes', batch, 'application/cloudevents-batch+json'));
    const refusal = answer.results.find(({ problem }) => problem !== null)?.problem;
    if (refusal !== undefined)
      throw new Error(
        `an outcome of the demo was refused: ${refusal?.detail}. If an earlier version of the demo ran on this data, ` +
          'name another directory by OL_DATA_DIR',
      );
  }
}

function toCloudEvent(workflow: Workflow, { kind, key }: Case, event: CaseEvent, index: number) {
  return {
    specversion: '1.0',
    id: `${key}-${index + 1}`,
    source: workflow.eventSource,
    type: `${kind}.${event.verb}`,
    subject: key,
    time: new Date(event.atMs).toISOString(),
    datacontenttype: 'application/json',
    data: event.data,
  };
}
