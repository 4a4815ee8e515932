import type { Ref } from '#model';
import {
  deleteFacts,
  insertEvidence,
  inTransaction,
  makeTracesDue,
  openCause,
  postponeFact,
  readContestedConversations,
  readTracesOfRefs,
  takeWaitingFacts,
  touchForeignBills,
  type Client,
  type DueReason,
  type WaitingFact,
} from '#store';
import { z } from 'zod';
import { allocateDetail, allocatePools } from './allocate-pools.ts';
import { causeOpenLeaf } from './cause-leaves.ts';
import { isFxPolicy, isRuleKind } from './cause-pages.ts';
import { commitPosting } from './commit-posting.ts';
import { groupBy } from './group-by.ts';
import { posterOf, type PostParts } from './post-traces.ts';
import { holdWorkItems } from './posting-facts.ts';
import { readItemsAbove, readMovedItems } from './read-follow.ts';
import { touchedByFact } from './touched-by-fact.ts';

const outcomeDetail = z.object({ ref: z.string(), conversationRefs: z.array(z.string()).default([]) });
export interface FactParts extends PostParts {
  readonly onFailure: (fact: WaitingFact, error: unknown) => void;
}

/**
 * Works through waiting facts: brings the work items they are about up to date and makes the traces they touch
 * due, then ends the fact, in one transaction; a rule is opened as a cause instead. Facts are read only after they are
 * committed, so a trace posted meanwhile either saw the fact itself or is made due here.
 *
 * @returns how many facts were taken; 0 = nothing waits
 */
export async function workThroughFacts(parts: FactParts, limit: number): Promise<number> {
  const tried = await tryBatch(parts, limit);
  if (tried.error === null) return tried.facts.length;
  // One fact that cannot be worked through must not hold up the others: each alone, the bad one later.
  for (const _ of tried.facts) {
    const single = await tryBatch(parts, 1);
    const fact = single.facts[0];
    if (fact === undefined) break;
    if (single.error === null) continue;
    parts.onFailure(fact, single.error);
    await postponeFact(parts.db, fact.id, Math.min(2 ** fact.attempts * 1000, 600_000));
  }
  return tried.facts.length;
}

async function tryBatch(parts: FactParts, limit: number): Promise<{ facts: WaitingFact[]; error: unknown }> {
  let facts: WaitingFact[] = [];
  try {
    await inTransaction(parts.db, async (client) => {
      facts = await takeWaitingFacts(client, limit);
      for (const [tenantId, ofTenant] of groupBy(facts, (fact) => fact.tenantId))
        await workThrough(client, parts, tenantId, ofTenant);
      await deleteFacts(
        client,
        facts.map(({ id }) => id),
      );
    });
    return { facts, error: null };
  } catch (error) {
    // Where nothing could even be taken the database itself is the matter.
    if (facts.length === 0) throw error;
    return { facts, error };
  }
}

async function workThrough(
  client: Client,
  parts: FactParts,
  tenantId: bigint,
  facts: readonly WaitingFact[],
): Promise<void> {
  const nowUs = parts.nowUs();
  for (const fact of facts.filter(({ kind }) => isRuleKind(kind))) await openRule(client, fact, nowUs);
  const outcomes = facts
    .filter(({ kind }) => kind === 'outcome.event')
    .map((fact) => ({ cause: fact.cause, ...outcomeDetail.parse(fact.detail) }));
  const reasons: DueReason[] = [];
  const refs = new Map<Ref, string>(outcomes.map(({ ref, cause }) => [ref, cause]));
  for (const fact of facts) {
    if (fact.kind === 'outcome.event' || fact.kind === 'pools.allocate' || isRuleKind(fact.kind)) continue;
    const touched = await touchedByFact(client, fact);
    for (const ref of touched.refs) refs.set(ref, fact.cause);
    for (const traceId of touched.traceIds) reasons.push({ traceId, cause: fact.cause, renormalise: false });
  }
  const poster = await posterOf(client, parts, tenantId);
  const moved = await readMovedItems(client, tenantId, [...refs.keys()]);
  const items = await holdWorkItems(client, poster, moved.sort(), new Map());
  await commitPosting(client, poster, {
    transactions: [],
    traceIds: [],
    newTraceIds: new Set(),
    attempts: [],
    candidates: [],
    items: [...items.values()],
    causeOfItem: (ref) => refs.get(ref) ?? facts[0]!.cause,
  });
  // Read with the items held: a trace that joins one of them from now on reads this fact itself.
  const above = await readItemsAbove(client, tenantId, [...new Set(outcomes.map(({ ref }) => ref))]);
  const contested = await readContestedConversations(
    client,
    tenantId,
    outcomes.map(({ ref }) => ref),
  );
  const touched = outcomes.map(({ cause, ref, conversationRefs }) => ({
    cause,
    refs: [...(above.get(ref) ?? [ref]), ...conversationRefs, ...(contested.get(ref) ?? [])],
  }));
  const traces = groupBy(
    await readTracesOfRefs(client, tenantId, [...new Set<Ref>(touched.flatMap((each) => each.refs))]),
    ({ ref }) => ref,
  );
  for (const { refs: touchedRefs, cause } of touched) {
    for (const ref of touchedRefs) {
      for (const { traceId } of traces.get(ref) ?? []) reasons.push({ traceId, cause, renormalise: false });
    }
  }
  await makeTracesDue(client, tenantId, reasons);
  for (const { kind, detail, cause } of facts)
    if (kind === 'pools.allocate')
      await allocatePools(client, poster, allocateDetail.parse(detail).month, cause);
}

/** A rule may touch years of traces: it becomes a cause that is worked page by page (`workCauses`). */
async function openRule(client: Client, fact: WaitingFact, nowUs: bigint): Promise<void> {
  const { tenantId, cause, kind, detail } = fact;
  const isNew = await openCause(client, tenantId, {
    causeId: cause,
    kind,
    mode: 'post',
    detail,
    openedAtUs: nowUs,
    expiresAtUs: null,
  });
  if (!isNew) return;
  if (isFxPolicy(fact)) await touchForeignBills(client, tenantId, null, cause);
  const body = causeOpenLeaf(fact, nowUs);
  await insertEvidence(client, tenantId, [{ kind: 'cause.open', subjectId: cause, body }], nowUs);
}
