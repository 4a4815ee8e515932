import { Unavailable, type Ref, type TraceId } from '#model';
import type { ProcessLogger } from '#server';
import {
  holdPostings,
  inTransaction,
  makeReconciliationsDue,
  readInvoicedMonths,
  readPosted,
  readPostingIdsAfter,
  readTraceIdsToRebuild,
  readUnsettled,
  readWorkItemRefsAfter,
  rebuildAttempts,
  rebuildLinkCandidates,
  rebuildPositions,
  rebuildTraceSummaries,
  rebuildWorkItems,
  removeStrayPositions,
  updateAttemptCosts,
  restartWaste,
  type Client,
  type KeyStore,
} from '#store';
import { groupBy } from './group-by.ts';
import { judgeWaste } from './judge-waste.ts';
import { placeTrace } from './place-trace.ts';
import { posterOf, replacedParts, transactionsOf, type PostParts } from './post-traces.ts';
import { holdWorkItems, savePartsOfTraces, toUpdate } from './posting-facts.ts';
import { itemPostingId, itemPostings } from './post-work-items.ts';
import { readApprovedReversals, readCostFacts } from './read-cost-facts.ts';
import { readResolvedTraces } from './read-resolved-traces.ts';
import { recountQuality } from './recount-quality.ts';
import { reconcileBills } from './reconcile-bills.ts';

export interface RebuildParts extends PostParts {
  /** Of the content that verdicts about waste rest on, where it was not read before. */
  readonly contentKeys: KeyStore;
  readonly logger: Pick<ProcessLogger, 'error'>;
}

/** How many rows were other than their records say, and what could not be looked at. */
export interface Rebuilt {
  readonly traces: number;
  readonly attempts: number;
  readonly workItems: number;
  readonly positions: number;
  /** Traces and work items with something known that is not posted yet: left as they stand. */
  readonly unsettled: number;
}

const FIRST = '0'.repeat(32);

/**
 * Makes the projections of a tenant again from its records, page by page, over whatever stands: the summaries of
 * traces, attempts with what links left open, the states of work items, positions, the counts of quality, and the
 * comparisons with bills. Nothing is posted and no history is written: what is made is what posting made, so a row keeps
 * the commit it is since (docs/adr/018). Safe beside running workers: it holds what they hold. Idempotent.
 *
 * @param pageSize traces, work items or postings of one transaction
 */
export async function rebuildProjections(
  parts: RebuildParts,
  tenantId: bigint,
  pageSize: number,
): Promise<Rebuilt> {
  const { db } = parts;
  const rebuilt = { traces: 0, attempts: 0, workItems: 0, positions: 0, unsettled: 0 };
  const pages = async <Id extends string>(
    read: (after: Id) => Promise<Id[]>,
    first: Id,
    work: (client: Client, ids: readonly Id[]) => Promise<Partial<Rebuilt>>,
  ): Promise<void> => {
    for (let after: Id | undefined = first; after !== undefined;) {
      const ids: Id[] = await read(after);
      if (ids.length > 0) {
        const counts = await inTransaction(db, (client) => work(client, ids));
        for (const name of COUNTS) rebuilt[name] += counts[name] ?? 0;
      }
      after = ids.at(-1);
    }
  };
  await pages(
    (after: TraceId) => readTraceIdsToRebuild(db, tenantId, after, pageSize),
    FIRST,
    (client, ids) => rebuildTraces(client, parts, tenantId, ids),
  );
  await pages(
    (after: Ref) => readWorkItemRefsAfter(db, tenantId, after, pageSize),
    '',
    (client, refs) => rebuildItems(client, parts, tenantId, refs),
  );
  await pages(
    (after: string) => readPostingIdsAfter(db, tenantId, after, pageSize),
    FIRST,
    async (client, ids) => {
      await holdPostings(client, tenantId, ids);
      const positions = await rebuildPositions(client, tenantId, ids);
      await updateAttemptCosts(client, tenantId, ids);
      return { positions };
    },
  );
  rebuilt.positions += await inTransaction(db, (client) => removeStrayPositions(client, tenantId));
  await recount(parts, tenantId, pageSize);
  return rebuilt;
}

const COUNTS = ['traces', 'attempts', 'workItems', 'positions', 'unsettled'] as const;

async function rebuildTraces(
  client: Client,
  parts: RebuildParts,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<Partial<Rebuilt>> {
  await holdPostings(client, tenantId, traceIds);
  const traces = await rebuildTraceSummaries(client, tenantId, traceIds);
  const poster = await posterOf(client, parts, tenantId);
  const resolved = await readResolvedTraces(client, tenantId, traceIds, poster.rules);
  const replaced = await replacedParts(client, tenantId, resolved);
  const refs = [...new Set([...replaced.values()].flatMap((byRef) => [...byRef.keys()]))].sort();
  const items = await holdWorkItems(client, poster, refs, replaced);
  const { dueTraceIds, hasFacts } = await readUnsettled(client, tenantId, traceIds);
  if (hasFacts) return { traces, unsettled: traceIds.length };

  const facts = await readCostFacts(client, tenantId, traceIds);
  const posted = groupBy(await readPosted(client, tenantId, traceIds), ({ postingId }) => postingId);
  const reversals = await readApprovedReversals(client, tenantId, traceIds);
  const settled = [...resolved.values()]
    .map((trace) => placeTrace(tenantId, trace, items, poster.prices, facts))
    .filter((trace) => {
      const { traceId } = trace;
      const target = [posted.get(traceId) ?? [], reversals.get(traceId) ?? []] as const;
      return !dueTraceIds.has(traceId) && transactionsOf(trace, ...target, 'rebuild', 0n).length === 0;
    });
  const ids = settled.map(({ traceId }) => traceId);
  await savePartsOfTraces(
    client,
    tenantId,
    new Map(ids.map((traceId) => [traceId, replaced.get(traceId)!])),
    (traceId) => resolved.get(traceId)!.startedAtUs,
  );
  const attempts = await rebuildAttempts(
    client,
    tenantId,
    ids,
    settled.flatMap((trace) => trace.attempts),
  );
  await rebuildLinkCandidates(
    client,
    tenantId,
    ids,
    settled.flatMap((trace) => trace.candidates),
  );
  return { traces, attempts, unsettled: resolved.size - settled.length };
}

async function rebuildItems(
  client: Client,
  parts: RebuildParts,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<Partial<Rebuilt>> {
  const poster = await posterOf(client, parts, tenantId);
  const items = [...(await holdWorkItems(client, poster, refs, new Map())).values()];
  if ((await readUnsettled(client, tenantId, [])).hasFacts) return { unsettled: items.length };
  const { transactions, lines } = await itemPostings(client, poster, items, () => 'rebuild');
  const moving = new Set(transactions.map(({ postingId }) => postingId));
  const settled = items.filter((item) => !moving.has(itemPostingId(item)));
  const updates = settled.map((item) => toUpdate(item, lines.get(item.ref)!));
  return {
    workItems: await rebuildWorkItems(client, tenantId, updates),
    unsettled: items.length - settled.length,
  };
}

/** What is counted over many traces: of emitters, and against bills. */
async function recount(parts: RebuildParts, tenantId: bigint, pageSize: number): Promise<void> {
  await recountQuality(parts, tenantId, pageSize);
  await inTransaction(parts.db, (client) => restartWaste(client, tenantId));
  await judgeWaste(parts, () => false);
  const bills = await readInvoicedMonths(parts.db, tenantId);
  await makeReconciliationsDue(parts.db, tenantId, bills, 'rebuild', 0);
  await reconcileBills({
    ...parts,
    onFailure: ({ provider, period }, error) => {
      if (error instanceof Unavailable) throw error;
      parts.logger.error('a bill could not be compared; it is tried again later', {
        provider,
        period,
        error,
      });
    },
  });
}
