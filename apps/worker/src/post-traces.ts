import {
  pendingBalances,
  postWithReversals,
  takeBack,
  targetBalances,
  type ApprovedReversal,
  type Balance,
} from '#ledger';
import type { AttemptPart } from '#attribution';
import type { LedgerTransaction, Ref, SpanId, TraceId, TransactionCode } from '#model';
import {
  advancePostings,
  clearTraceFailures,
  announceNamings,
  inTransaction,
  makeTracesDue,
  makeWasteDue,
  readPosted,
  readStandingAttempts,
  readStandingAttemptsOfTraces,
  replaceWorklist,
  type AttemptRow,
  type Client,
  type Database,
  type DueTrace,
  type PostedBalance,
} from '#store';
import { v5 as uuidFromName } from 'uuid';
import { commitPosting, type Poster } from './commit-posting.ts';
import { groupBy } from './group-by.ts';
import { placeTrace, type PlacedTrace } from './place-trace.ts';
import {
  attemptIdOf,
  holdWorkItems,
  NAMESPACE,
  savePartsOfTraces,
  type HeldWorkItem,
} from './posting-facts.ts';
import { makeStrayedTracesDue } from './make-strayed-traces-due.ts';
import { readApprovedReversals, readCostFacts } from './read-cost-facts.ts';
import { readResolvedTraces } from './read-resolved-traces.ts';
import { saveLinks } from './save-links.ts';
import { saveQuality, type AssessedTrace } from './save-quality.ts';
import type { Rulebooks, TenantRulebook } from './tenant-rules.ts';
import type { WrittenRevision } from './write-revisions.ts';

export interface PostParts {
  readonly db: Database;
  readonly rulebooks: Rulebooks;
  readonly nowUs: () => bigint;
  /** UUIDv7 of a posting commit. */
  readonly newId: () => string;
}

/** What a commit of traces posted, of their work items as well, and the attempts they have now. */
export interface PostedTraces {
  readonly transactions: readonly LedgerTransaction[];
  readonly attempts: readonly AttemptRow[];
}

/** Work in the commit that posts, after everything else of it. */
export type FinishPosting = (client: Client, posted: PostedTraces) => Promise<void>;

/**
 * Brings the ledger to what is known now of these traces: the second of the two commits of architecture 4.6.
 * Holds the postings, then the work items; reads the facts committed by then; posts target minus posted.
 * Idempotent: doing it again posts nothing.
 */
export async function postTraces(
  parts: PostParts,
  tenantId: bigint,
  claims: readonly DueTrace[],
  finish: FinishPosting,
  written?: ReadonlyMap<TraceId, WrittenRevision>,
): Promise<void> {
  await inTransaction(parts.db, async (client) => {
    await finish(client, await post(client, parts, tenantId, claims, written));
  });
}

async function post(
  client: Client,
  parts: PostParts,
  tenantId: bigint,
  claims: readonly DueTrace[],
  written?: ReadonlyMap<TraceId, WrittenRevision>,
): Promise<PostedTraces> {
  const traceIds = claims.map(({ traceId }) => traceId);
  const versions = await advancePostings(client, tenantId, traceIds);
  const poster = await posterOf(client, parts, tenantId);

  const resolved = await readResolvedTraces(client, tenantId, traceIds, poster.rules, written);
  const replaced = await replacedParts(client, tenantId, resolved);
  const refs = [...new Set([...replaced.values()].flatMap((byRef) => [...byRef.keys()]))].sort();
  const items = await holdWorkItems(client, poster, refs, replaced);
  await savePartsOfTraces(client, tenantId, replaced, (traceId) => resolved.get(traceId)!.startedAtUs);

  const facts = await readCostFacts(client, tenantId, traceIds);
  const placed = [...resolved.values()].map((trace) =>
    placeTrace(tenantId, trace, items, poster.prices, facts),
  );
  const alreadyPosted = traceIds.filter((traceId) => versions.get(traceId) !== 1n);
  const posted = groupBy(await readPosted(client, tenantId, alreadyPosted), ({ postingId }) => postingId);
  const reversals = await readApprovedReversals(client, tenantId, alreadyPosted);
  const causes = new Map(claims.map(({ traceId, cause }) => [traceId, cause]));
  const transactions = placed.flatMap((trace) =>
    transactionsOf(
      trace,
      posted.get(trace.traceId) ?? [],
      reversals.get(trace.traceId) ?? [],
      causes.get(trace.traceId)!,
      versions.get(trace.traceId)!,
    ),
  );

  const attempts = placed.flatMap((trace) => trace.attempts);
  const committed = await commitPosting(client, poster, {
    transactions,
    traceIds: placed.map(({ traceId }) => traceId),
    newTraceIds: new Set(traceIds.filter((traceId) => versions.get(traceId) === 1n)),
    attempts,
    candidates: placed.flatMap((trace) => trace.candidates),
    items: [...items.values()],
    causeOfItem: causeOfItems(resolved, causes),
  });
  await saveLinksAndWorklist(client, poster, placed, alreadyPosted);
  if (poster.rules.findsKeys()) await announceDeclarations(client, tenantId, traceIds);
  await makeMovedSiblingsDue(client, tenantId, items, new Set(traceIds));
  await makeStrayedTracesDue(client, tenantId, replaced, items);
  await saveQuality(client, tenantId, placed.map(toAssessed));
  await makeWasteDue(client, tenantId, versions);
  return { transactions: committed, attempts };
}

const toAssessed = ({ traceId, steps }: PlacedTrace): AssessedTrace => ({
  traceId,
  steps: steps.map(({ step, charges, attempts }) => ({
    step,
    charges,
    isLinked: attempts.length > 0 || step.overheadPool !== null,
  })),
});

/** Whoever posts for a tenant in this transaction, with the rules and prices committed by now. */
export async function posterOf(
  client: Client,
  parts: PostParts,
  tenantId: bigint,
): Promise<Poster & Pick<TenantRulebook, 'prices'>> {
  const { rules, prices, costPolicies, digest } = await parts.rulebooks.read(client, tenantId);
  const { newId } = parts;
  return {
    tenantId,
    rules,
    prices,
    costPolicies,
    rulesDigest: digest,
    nowUs: parts.nowUs(),
    newId,
    newSurrogateId: newId,
  };
}

/** An item is posted for what made the first of its traces due. */
function causeOfItems(
  resolved: Awaited<ReturnType<typeof readResolvedTraces>>,
  causes: ReadonlyMap<TraceId, string>,
): (ref: Ref) => string {
  const byRef = new Map<Ref, string>();
  for (const [traceId, { trace }] of resolved)
    for (const ref of trace.parts.keys()) if (!byRef.has(ref)) byRef.set(ref, causes.get(traceId)!);
  return (ref) => byRef.get(ref) ?? 'spans';
}

/** What the traces say now of their attempts, and nothing for the items they have left. */
export async function replacedParts(
  client: Client,
  tenantId: bigint,
  resolved: Awaited<ReturnType<typeof readResolvedTraces>>,
): Promise<Map<TraceId, Map<Ref, readonly AttemptPart[]>>> {
  const replaced = new Map(
    [...resolved].map(([traceId, { trace }]) => [traceId, new Map(trace.parts)] as const),
  );
  for (const { traceId, workItemRef } of await readStandingAttemptsOfTraces(client, tenantId, [
    ...resolved.keys(),
  ])) {
    const byRef = replaced.get(traceId)!;
    if (!byRef.has(workItemRef)) byRef.set(workItemRef, []);
  }
  return replaced;
}

export function transactionsOf(
  trace: PlacedTrace,
  posted: readonly PostedBalance[],
  reversals: readonly ApprovedReversal[],
  cause: string,
  version: bigint,
): LedgerTransaction[] {
  const targetOf = (taken: readonly ApprovedReversal[]): Balance[] => [
    ...takeBack(
      trace.charges.map(({ charge }) => charge),
      taken,
    ).flatMap(targetBalances),
    ...trace.pending.flatMap(pendingBalances),
  ];
  const startUs = new Map<SpanId, bigint>(
    trace.charges.map(({ charge, startedAtUs }) => [charge.usageSpanId, startedAtUs]),
  );
  return postWithReversals(targetOf, posted, reversals, {
    postingId: trace.traceId,
    cause,
    transactionId: (code) => uuidFromName(`transaction ${trace.traceId} ${version} ${code}`, NAMESPACE),
    effectiveAtUs: (code, usages) => effectiveAt(trace, code, usages, startUs),
  });
}

/** A settlement takes effect when the business says it did; everything else when its usage began. */
function effectiveAt(
  trace: PlacedTrace,
  code: TransactionCode,
  usages: readonly SpanId[],
  startUs: ReadonlyMap<SpanId, bigint>,
): bigint {
  if ((code === 'C300' || code === 'C310') && trace.phaseAtUs !== null) return trace.phaseAtUs;
  const starts = usages.flatMap((usage) => startUs.get(usage) ?? []);
  return starts.length === 0 ? trace.startedAtUs : starts.reduce((first, at) => (at < first ? at : first));
}

async function saveLinksAndWorklist(
  client: Client,
  { tenantId, nowUs, newId }: Poster,
  placed: readonly PlacedTrace[],
  postedTraceIds: readonly TraceId[],
): Promise<void> {
  const traceIds = placed.map(({ traceId }) => traceId);
  const links = placed.flatMap((trace) => trace.links);
  await saveLinks(client, tenantId, postedTraceIds, links, nowUs, newId);
  await clearTraceFailures(client, tenantId, traceIds, nowUs);
  const worklist = placed.flatMap((trace) => trace.worklist);
  await replaceWorklist(client, tenantId, ['unpriced', 'unmatched_spend'], traceIds, worklist, nowUs);
}

/** Traces that found a key in what was said are looked at again when another one declares it, or no longer does. */
async function announceDeclarations(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<void> {
  const finders = await announceNamings(client, tenantId, traceIds);
  await makeTracesDue(
    client,
    tenantId,
    finders.map((traceId) => ({ traceId, cause: 'declared_key', renormalise: false })),
  );
}

/** An attempt of another trace whose place changed with what these traces brought is posted anew. */
async function makeMovedSiblingsDue(
  client: Client,
  tenantId: bigint,
  items: ReadonlyMap<Ref, HeldWorkItem>,
  own: ReadonlySet<TraceId>,
): Promise<void> {
  const shared = [...items.values()].filter(({ parts }) => parts.some(({ traceId }) => !own.has(traceId)));
  if (shared.length === 0) return;
  const wanted = new Map(
    shared.flatMap((item) =>
      item.attempts.map((attempt) => [attemptIdOf(item, attempt.key), attempt.placement]),
    ),
  );
  const standing = await readStandingAttempts(
    client,
    tenantId,
    shared.map(({ ref }) => ref),
  );
  const moved = standing.filter(
    ({ traceId, attemptId, placement }) => !own.has(traceId) && wanted.get(attemptId) !== placement,
  );
  await makeTracesDue(
    client,
    tenantId,
    moved.map(({ traceId }) => ({ traceId, cause: 'attempts', renormalise: false })),
  );
}
