import { confidenceText, nearnessConfidence, Rules } from '#attribution';
import { formatPico, parseRef, type Ref, type TraceId } from '#model';
import {
  readCandidatePairs,
  readCustomerPairs,
  readNeighbourPairs,
  readTenantRules,
  type Client,
} from '#store';
import { z } from 'zod';
import { Money } from '../wire.ts';

/** A trace and a work item that may belong together; accepted by posting `accept` with a reason to /v1/links. */
export const Suggestion = z
  .object({
    traceId: z.string(),
    workItem: z.object({ kind: z.string(), key: z.string() }),
    tier: z
      .string()
      .meta({ description: 'E1 to E5 as found, or E6: the same customer at about the same time' }),
    confidence: z.string(),
    why: z.enum(['below_threshold', 'dangling_key', 'same_conversation', 'same_customer']),
    costUsd: Money.nullable().meta({ description: 'Of the trace, as far as it may be the item’s' }),
    accept: z.object({
      action: z.literal('link'),
      traceId: z.string(),
      workItem: z.object({ kind: z.string(), key: z.string() }),
    }),
  })
  .meta({ id: 'LinkSuggestion' });
export type Suggestion = z.infer<typeof Suggestion>;

/** Suggestions of one entry of a worklist. */
const MOST = 5;
/** The window within which the same customer and workflow mean something (methods 1.1, E6). */
const NEAR_MS = 1_800_000;

/** Which work items the unlinked spend of these traces may be for, the most likely first. */
export async function suggestItems(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  nowUs: bigint,
): Promise<Map<TraceId, Suggestion[]>> {
  const found = await readCandidatePairs(client, tenantId, { traceIds, workItemRefs: [] });
  const near = await readNeighbourPairs(client, tenantId, traceIds);
  const e3 = (await linkPolicy(client, tenantId, nowUs)).confidenceBps.E3;
  const suggestions = found.map(fromCandidate);
  for (const traceId of traceIds) {
    const talked = near.filter((pair) => pair.traceId === traceId && pair.shared === 'conversation');
    const among = new Set(talked.map(({ workItemRef }) => workItemRef)).size;
    for (const { workItemRef } of talked) {
      const confidence = confidenceText(Math.floor(e3 / among));
      suggestions.push(
        toSuggestion(traceId, workItemRef, { tier: 'E3', confidence, why: 'same_conversation' }),
      );
    }
  }
  for (const { traceId, workItemRef, shared, distanceMs } of near)
    if (shared === 'customer') suggestions.push(byCustomer(traceId, workItemRef, distanceMs));
  return best(suggestions, ({ traceId }) => traceId);
}

/** Which traces with unlinked spend these work items may have been bought by, the most likely first. */
export async function suggestTraces(
  client: Client,
  tenantId: bigint,
  workItemRefs: readonly Ref[],
  nowUs: bigint,
): Promise<Map<Ref, Suggestion[]>> {
  const found = await readCandidatePairs(client, tenantId, { traceIds: [], workItemRefs });
  const { customerAttributes } = await linkPolicy(client, tenantId, nowUs);
  const customers = await readCustomerPairs(client, tenantId, workItemRefs, customerAttributes);
  const suggestions = [
    ...found.map(fromCandidate),
    ...customers.map((pair) => byCustomer(pair.traceId, pair.workItemRef, pair.distanceMs, pair.amountPico)),
  ];
  const refs = new Map(workItemRefs.map((ref) => [nameOf(ref), ref]));
  return best(suggestions, ({ workItem }) => refs.get(`${workItem.kind}:${workItem.key}`)!);
}

const nameOf = (ref: Ref): string => `${parseRef(ref).kind}:${parseRef(ref).key}`;

async function linkPolicy(client: Client, tenantId: bigint, nowUs: bigint) {
  const { definitions, policies, keyMappings } = await readTenantRules(client, tenantId);
  return new Rules(definitions, policies, keyMappings).readingAt(nowUs).links;
}

const fromCandidate = (pair: Awaited<ReturnType<typeof readCandidatePairs>>[number]): Suggestion =>
  toSuggestion(
    pair.traceId,
    pair.workItemRef,
    {
      tier: pair.tier,
      confidence: pair.confidence,
      why: pair.state === 'dangling' ? 'dangling_key' : 'below_threshold',
    },
    pair.amountPico,
  );

const byCustomer = (
  traceId: TraceId,
  ref: Ref,
  distanceMs: number,
  amountPico: bigint | null = null,
): Suggestion => {
  const confidence = confidenceText(nearnessConfidence(distanceMs, NEAR_MS));
  return toSuggestion(traceId, ref, { tier: 'E6', confidence, why: 'same_customer' }, amountPico);
};

function toSuggestion(
  traceId: TraceId,
  ref: Ref,
  evidence: Pick<Suggestion, 'tier' | 'confidence' | 'why'>,
  amountPico: bigint | null = null,
): Suggestion {
  const { kind, key } = parseRef(ref);
  const workItem = { kind, key };
  return {
    traceId,
    workItem,
    ...evidence,
    costUsd: amountPico === null ? null : formatPico(amountPico),
    accept: { action: 'link', traceId, workItem },
  };
}

/** Of each pair the most likely reason, of each entry the most likely pairs. */
function best<Key>(
  suggestions: readonly Suggestion[],
  keyOf: (suggestion: Suggestion) => Key,
): Map<Key, Suggestion[]> {
  const sorted = [...suggestions].sort(
    (a, b) => Number(b.confidence) - Number(a.confidence) || (pairOf(a) < pairOf(b) ? -1 : 1),
  );
  const seen = new Set<string>();
  const byKey = new Map<Key, Suggestion[]>();
  for (const suggestion of sorted) {
    if (seen.has(pairOf(suggestion))) continue;
    seen.add(pairOf(suggestion));
    const list = byKey.get(keyOf(suggestion)) ?? [];
    if (list.length < MOST) list.push(suggestion);
    byKey.set(keyOf(suggestion), list);
  }
  return byKey;
}

const pairOf = ({ traceId, workItem }: Suggestion): string => `${traceId} ${workItem.kind}:${workItem.key}`;
