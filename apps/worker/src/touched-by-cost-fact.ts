import type { Ref, TraceId } from '#model';
import {
  readRefsWithCostLines,
  readRefsWithHumanWork,
  readTenantRules,
  readTracesSince,
  type Client,
  type WaitingFact,
} from '#store';
import { z } from 'zod';

const itemDetail = z.object({ ref: z.string() });
const traceDetail = z.object({ traceId: z.string() });
const policyDetail = z.object({ name: z.string(), version: z.number() });

export interface Touched {
  readonly refs: readonly Ref[];
  readonly traceIds: readonly TraceId[];
}
const NOTHING: Touched = { refs: [], traceIds: [] };

/**
 * What a fact about cost touches: work items whose posting must be made again, and traces.
 *
 * @returns null for a fact of another kind
 */
export async function touchedByCostFact(
  client: Client,
  tenantId: bigint,
  fact: WaitingFact,
): Promise<Touched | null> {
  if (fact.kind === 'cost.line') return { refs: [itemDetail.parse(fact.detail).ref], traceIds: [] };
  if (fact.kind === 'usage.report') return { refs: [], traceIds: [traceDetail.parse(fact.detail).traceId] };
  if (fact.kind !== 'policy') return null;
  const { name, version } = policyDetail.parse(fact.detail);
  // Rates and pools are read by whoever reports or allocates; they move no trace and no item.
  if (name === 'fx' || name === 'pools') return NOTHING;
  if (name !== 'placement' && name !== 'labour_rates') return null;
  const { policies } = await readTenantRules(client, tenantId);
  const fromUs = policies.find((each) => each.name === name && each.version === version)?.validFromUs ?? null;
  const lines = await readRefsWithCostLines(client, tenantId, fromUs);
  if (name === 'placement') return { refs: lines, traceIds: await readTracesSince(client, tenantId, fromUs) };
  return {
    refs: [...new Set([...lines, ...(await readRefsWithHumanWork(client, tenantId, fromUs))])],
    traceIds: [],
  };
}
