import type { Step, TraceId } from '#model';
import { readNewestSteps, type Client } from '#store';
import { parseStep } from '#trails';

/** The newest steps of traces. */
export async function parseSteps(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<Step[]> {
  const rows = await readNewestSteps(client, tenantId, traceIds);
  return rows.map(({ record }) => parseStep(record));
}
