import { errorText, Unavailable, type TraceId } from '#model';
import {
  addCauseDeltas,
  advanceCause,
  claimCause,
  endCause,
  inTransaction,
  insertEvidence,
  makeTracesDue,
  readCauseDeltas,
  releaseCause,
  type DueTrace,
  type OpenCause,
} from '#store';
import { causeDoneLeaf } from './cause-leaves.ts';
import { needsSteps, readCausePage, type CausePage } from './cause-pages.ts';
import { deltasOf } from './deltas-of.ts';
import { postItems } from './post-items.ts';
import type { PostParts } from './post-traces.ts';
import type { NormaliseParts } from './read-trace.ts';
import { workTraces } from './trace-drain.ts';

export interface CauseParts extends NormaliseParts, PostParts {
  readonly onCauseFailure: (cause: OpenCause, error: unknown) => void;
}

export interface CauseOptions {
  /** Traces, or work items, that are worked between two commits of the cursor. */
  readonly pageSize: number;
  /** A page that takes longer may be worked by another worker as well, to the same end. */
  readonly leaseMs: number;
  readonly traceSpans: number;
}

/** How long a worked cause waits for what it made due, and one that failed for a better moment. */
const WAIT_FOR_DUE_MS = 200;
const WAIT_AFTER_FAILURE_MS = 10_000;
const NEVER = (): boolean => false;

/**
 * Works open causes through, oldest first, page by page: the traces and work items a rule may touch are brought to
 * what is known now, and what that moves is summed with the cause. Killed at any point it goes on from the last page;
 * a page that is worked twice posts nothing twice. Other facts go on meanwhile.
 *
 * @returns pages worked; 0 = no cause could be moved on
 */
export async function workCauses(
  parts: CauseParts,
  options: CauseOptions,
  isStopping: () => boolean = NEVER,
): Promise<number> {
  let pages = 0;
  for (;;) {
    const cause = isStopping() ? null : await claimCause(parts.db, options.leaseMs);
    if (cause === null) return pages;
    try {
      pages += await workCause(parts, options, cause, isStopping);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      parts.onCauseFailure(cause, error);
      const message = errorText(error).slice(0, 2000);
      await releaseCause(parts.db, cause, WAIT_AFTER_FAILURE_MS, message);
    }
  }
}

async function workCause(
  parts: CauseParts,
  options: CauseOptions,
  cause: OpenCause,
  isStopping: () => boolean,
): Promise<number> {
  let pages = 0;
  for (let at: OpenCause = cause; !at.isWorked; pages += 1) {
    if (isStopping()) {
      await releaseCause(parts.db, at, 0, null);
      return pages;
    }
    const page = await inTransaction(parts.db, (client) => readCausePage(client, at, options.pageSize));
    const isMine = await workPage(parts, options, at, page);
    if (!isMine) return pages;
    at = { ...at, cursor: page.cursor ?? at.cursor, isWorked: page.cursor === null };
  }
  if (!(await finish(parts, cause))) await releaseCause(parts.db, cause, WAIT_FOR_DUE_MS, null);
  return pages;
}

async function workPage(
  parts: CauseParts,
  options: CauseOptions,
  cause: OpenCause,
  page: CausePage,
): Promise<boolean> {
  const failed: TraceId[] = [];
  for (let first = 0; first < page.traceIds.length; first += options.pageSize)
    failed.push(
      ...(await postPage(parts, options, cause, page.traceIds.slice(first, first + options.pageSize))),
    );
  const renormalise = needsSteps(cause);
  return inTransaction(parts.db, async (client) => {
    if (page.refs.length > 0) {
      const transactions = await postItems(client, parts, cause, page.refs);
      await addCauseDeltas(client, cause.tenantId, cause.causeId, deltasOf({ transactions, attempts: [] }));
    }
    const reasons = failed.map((traceId) => ({ traceId, cause: cause.causeId, renormalise }));
    await makeTracesDue(client, cause.tenantId, reasons);
    return advanceCause(client, cause, {
      cursor: page.cursor,
      traces: page.traceIds.length,
      failed: failed.length,
      leaseMs: options.leaseMs,
      nowUs: parts.nowUs(),
    });
  });
}

/** @returns those that failed even alone: they are due, and tried again as any other trace is */
async function postPage(
  parts: CauseParts,
  options: CauseOptions,
  cause: OpenCause,
  traceIds: readonly TraceId[],
): Promise<readonly TraceId[]> {
  const { tenantId, causeId } = cause;
  const wanted = traceIds.map((traceId): DueTrace => ({
    tenantId,
    traceId,
    version: 0n,
    cause: causeId,
    failures: 0,
    renormalise: needsSteps(cause),
  }));
  try {
    await workTraces(parts, tenantId, wanted, options.traceSpans, (client, posted) =>
      addCauseDeltas(client, tenantId, causeId, deltasOf(posted)),
    );
    return [];
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    if (traceIds.length === 1) {
      parts.onCauseFailure(cause, error);
      return traceIds;
    }
    const failed: TraceId[] = [];
    for (const traceId of traceIds) failed.push(...(await postPage(parts, options, cause, [traceId])));
    return failed;
  }
}

/** @returns false while traces that it made due are still worked on */
function finish(parts: CauseParts, cause: OpenCause): Promise<boolean> {
  return inTransaction(parts.db, async (client) => {
    const nowUs = parts.nowUs();
    if (!(await endCause(client, cause, nowUs))) return false;
    const { tenantId, causeId } = cause;
    const body = causeDoneLeaf(cause, await readCauseDeltas(client, tenantId, causeId), nowUs);
    await insertEvidence(client, tenantId, [{ kind: 'cause.done', subjectId: causeId, body }], nowUs);
    return true;
  });
}
