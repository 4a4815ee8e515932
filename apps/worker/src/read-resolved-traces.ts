import { resolveTrace, type ResolvedTrace, type Rules } from '#attribution';
import { parseRef, toRef, type Ref, type Step, type TraceId } from '#model';
import { readNewestSteps, readWorkItemAliases, type Client } from '#store';
import { parseStep } from '#trails';

export interface ReadResolvedTrace {
  readonly traceId: TraceId;
  readonly startedAtUs: bigint;
  readonly trace: ResolvedTrace;
}

/**
 * The newest steps of traces and the work items they belong to, by the rules and aliases committed by now.
 * A trace without steps has no entry.
 */
export async function readResolvedTraces(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  rules: Rules,
): Promise<Map<TraceId, ReadResolvedTrace>> {
  const steps = new Map<TraceId, Step[]>();
  const conversations = new Set<string>();
  for (const row of await readNewestSteps(client, tenantId, traceIds)) {
    const step = parseStep(row.record);
    if (step.conversationId !== null) conversations.add(step.conversationId);
    const list = steps.get(row.traceId);
    if (list === undefined) steps.set(row.traceId, [step]);
    else list.push(step);
  }
  const aliases = await readAliases(client, tenantId, conversations);
  const resolveRules = {
    tenantId,
    isWorkItemKind: (kind: string, atUs: bigint) => rules.isWorkItemKind(kind, atUs),
    conversations: aliases,
  };
  return new Map(
    [...steps].map(([traceId, ofTrace]) => [
      traceId,
      {
        traceId,
        startedAtUs:
          ofTrace.reduce(
            (first, s) => (s.startedAtNs < first ? s.startedAtNs : first),
            ofTrace[0]!.startedAtNs,
          ) / 1000n,
        trace: resolveTrace(traceId, ofTrace, resolveRules),
      },
    ]),
  );
}

async function readAliases(
  client: Client,
  tenantId: bigint,
  conversations: ReadonlySet<string>,
): Promise<Map<string, Ref[]>> {
  const refs = [...conversations].map((id) => toRef('conversation', tenantId, id));
  const aliases = await readWorkItemAliases(client, tenantId, refs);
  return new Map([...aliases].map(([ref, workItemRefs]) => [parseRef(ref).key, workItemRefs]));
}
