import type { LedgerTransaction, Ref, TraceId } from '#model';
import { takeShadowedDue, type AttemptRow, type Client, type DueTrace, type OpenCause } from '#store';
import { postItems } from './post-items.ts';
import type { PostParts } from './post-traces.ts';
import type { NormaliseParts } from './read-trace.ts';
import { workTraces } from './trace-drain.ts';

export interface WorkToRest {
  readonly traceIds: readonly TraceId[];
  readonly refs: readonly Ref[];
  /** The rule is read when steps are made. */
  readonly renormalise: boolean;
  readonly traceSpans: number;
  readonly isStopping: () => boolean;
}

/** Everything that was posted until nothing was due, in order. */
export interface PostedToRest {
  readonly transactions: LedgerTransaction[];
  readonly attempts: AttemptRow[];
  readonly traceIds: Set<TraceId>;
}

/** Thrown where a page is given up because the worker stops. */
export class Stopping extends Error {
  override readonly name = 'Stopping';
}

/** Traces that are posted together. */
const AT_ONCE = 200;
/** Traces make each other due a few times at most; more is a mistake of ours, and must not go on for ever. */
const MAX_ROUNDS = 100;

/**
 * Posts traces and work items, and whatever that makes due, until nothing is due any more; inside a transaction whose
 * work tables are shadowed, so that all of it is known and nobody else sees it.
 *
 * @param parts their `db` is nested in the transaction of `client`
 * @throws Stopping
 */
export async function postToRest(
  client: Client,
  parts: NormaliseParts & PostParts,
  cause: Pick<OpenCause, 'tenantId' | 'causeId'>,
  work: WorkToRest,
): Promise<PostedToRest> {
  const { tenantId, causeId } = cause;
  const posted: PostedToRest = { transactions: [], attempts: [], traceIds: new Set() };
  let due = work.traceIds.map((traceId) => asDue(tenantId, traceId, causeId, work.renormalise));
  for (let round = 0; round === 0 || due.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Error(`traces make each other due without end: ${due[0]!.traceId}`);
    for (const { traceId } of due) posted.traceIds.add(traceId);
    for (let first = 0; first < due.length; first += AT_ONCE) {
      if (work.isStopping()) throw new Stopping('the worker stops');
      const claims = due.slice(first, first + AT_ONCE);
      await workTraces(parts, tenantId, claims, work.traceSpans, async (_, { transactions, attempts }) => {
        posted.transactions.push(...transactions);
        posted.attempts.push(...attempts);
      });
    }
    if (round === 0 && work.refs.length > 0)
      posted.transactions.push(...(await postItems(client, parts, cause, work.refs)));
    due = await takeShadowedDue(client, tenantId);
  }
  return posted;
}

/** A trace that is to be worked though nothing claims it. */
export const asDue = (tenantId: bigint, traceId: TraceId, cause: string, renormalise: boolean): DueTrace => ({
  tenantId,
  traceId,
  version: 0n,
  cause,
  failures: 0,
  renormalise,
});
