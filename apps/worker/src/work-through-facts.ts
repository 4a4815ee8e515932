import type { Ref } from '#model';
import {
  deleteFacts,
  inTransaction,
  makeTracesDue,
  postponeFact,
  readTenantRules,
  readContestedConversations,
  readTracesOfKind,
  readTracesOfRefs,
  readTracesSince,
  readTracesWithLeaves,
  readWorkItemsOfKind,
  takeWaitingFacts,
  type Client,
  type DueReason,
  type WaitingFact,
} from '#store';
import { z } from 'zod';
import { commitPosting } from './commit-posting.ts';
import { groupBy } from './group-by.ts';
import { posterOf, type PostParts } from './post-traces.ts';
import { holdWorkItems } from './posting-facts.ts';
import { readItemsAbove, readMovedItems } from './read-follow.ts';
import { touchedByCostFact } from './touched-by-cost-fact.ts';

const outcomeDetail = z.object({ ref: z.string(), conversationRefs: z.array(z.string()).default([]) });
/** A person decided whose steps of these traces are. */
const linkDetail = z.object({ traceIds: z.array(z.string()) });
const settingDetail = z.object({ name: z.string(), version: z.number() });
const priceBookDetail = z.object({
  validFrom: z.string().nullish(),
  validTo: z.string().nullish(),
  /** Rows that price calls of tools or searches, whose traces may have no model call. */
  pricesCalls: z.boolean().default(false),
});

export interface FactParts extends PostParts {
  readonly onFailure: (fact: WaitingFact, error: unknown) => void;
}

/**
 * Works through waiting facts: brings the work items they are about up to date and makes the traces they touch
 * due, then ends the fact, in one transaction. Facts are read only after they are committed, so a trace posted
 * meanwhile either saw the fact itself or is made due here.
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
  const outcomes = facts
    .filter(({ kind }) => kind === 'outcome.event')
    .map((fact) => ({ cause: fact.cause, ...outcomeDetail.parse(fact.detail) }));
  const reasons: DueReason[] = [];
  const refs = new Map<Ref, string>(outcomes.map(({ ref, cause }) => [ref, cause]));
  for (const fact of facts) {
    if (fact.kind === 'outcome.event') continue;
    const touchedByCost = await touchedByCostFact(client, tenantId, fact);
    if (touchedByCost !== null) {
      for (const ref of touchedByCost.refs) refs.set(ref, fact.cause);
      for (const traceId of touchedByCost.traceIds)
        reasons.push({ traceId, cause: fact.cause, renormalise: false });
      continue;
    }
    for (const traceId of await tracesOf(client, tenantId, fact)) {
      reasons.push({
        traceId,
        cause: fact.cause,
        renormalise: fact.kind === 'policy' || fact.kind === 'key_mapping',
      });
    }
    if (fact.kind === 'definition') {
      const { name } = settingDetail.parse(fact.detail);
      for (const ref of await readWorkItemsOfKind(client, tenantId, name)) refs.set(ref, fact.cause);
    }
  }
  const poster = await posterOf(client, parts, tenantId);
  const moved = await readMovedItems(client, tenantId, [...refs.keys()]);
  const items = await holdWorkItems(client, poster, moved.sort(), new Map());
  await commitPosting(client, poster, {
    transactions: [],
    traceIds: [],
    newTraceIds: new Set(),
    attempts: [],
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
}

/** The traces a rule or price may touch; one it does not touch posts nothing when it is looked at. */
async function tracesOf(client: Client, tenantId: bigint, fact: WaitingFact): Promise<string[]> {
  if (fact.kind === 'link') return linkDetail.parse(fact.detail).traceIds;
  if (fact.kind === 'price.book') {
    const { validFrom, validTo, pricesCalls } = priceBookDetail.parse(fact.detail);
    if (pricesCalls) return readTracesSince(client, tenantId, timeUs(validFrom));
    return readTracesWithLeaves(client, tenantId, timeUs(validFrom), timeUs(validTo));
  }
  const { name, version } = settingDetail.parse(fact.detail);
  if (fact.kind === 'definition') return readTracesOfKind(client, tenantId, name);
  const rules = await readTenantRules(client, tenantId);
  const versions = fact.kind === 'policy' ? rules.policies : rules.keyMappings;
  const validFromUs =
    versions.find((each) => each.name === name && each.version === version)?.validFromUs ?? null;
  return readTracesSince(client, tenantId, validFromUs);
}

const timeUs = (text: string | null | undefined): bigint | null =>
  text === null || text === undefined ? null : BigInt(Date.parse(text)) * 1000n;
