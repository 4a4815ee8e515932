import type { ProcessLogger } from '#server';
import { errorText, Unavailable } from '#model';
import {
  claimDueTraces,
  completeDueTraces,
  handBackDueTraces,
  postponeDueTrace,
  readNextDueTenant,
  recordTraceFailure,
  type Database,
  type DueTrace,
  readTraceStates,
} from '#store';
import { normaliseTraces } from './normalise-traces.ts';
import { publishCandidates } from './publish-candidates.ts';
import type { NormaliseParts } from './read-trace.ts';
import { postTraces, type FinishPosting, type PostParts } from './post-traces.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface DrainOptions {
  readonly tracesPerTurn: number;
  readonly claimMs: number;
  /** A longer trace is set aside. */
  readonly traceSpans: number;
}

/** Spans that are worked together, unless one trace alone has more: what a batch may take of memory. */
const SPANS_PER_BATCH = 4_096;

/** After so many claims in a row that did not end a trace is shown in the worklist as well. */
const FAILURES_TO_SHOW = 3;
/** Claimed more often than this without an end, a trace may be what kills the worker: it is taken alone. */
const CLAIMS_IN_COMPANY = 2;
const LONGEST_DELAY_MS = 600_000;

/**
 * Takes due traces through publish, normalise and post until nothing is due. Any number may run at once, in one
 * process or many: claims keep them apart, and work done twice comes to the same end.
 */
export class TraceDrain {
  private isStopping = false;
  /** Of the last turn: tenants take turns. */
  private lastTenantId = 0n;

  constructor(
    private readonly parts: NormaliseParts & PostParts,
    private readonly options: DrainOptions,
    private readonly metrics: WorkerMetrics,
    private readonly logger: ProcessLogger,
  ) {}

  /** Lets the batch under way finish; later calls of `run` return at once. */
  stop(): void {
    this.isStopping = true;
  }

  /** @returns how many claims were worked off */
  async run(): Promise<number> {
    const { db } = this.parts;
    const { tracesPerTurn, claimMs } = this.options;
    let worked = 0;
    let inVain = 0;
    while (!this.isStopping && inVain < 2) {
      const tenantId = await readNextDueTenant(db, this.lastTenantId);
      if (tenantId === null) break;
      this.lastTenantId = tenantId;
      const claims = await claimDueTraces(db, tenantId, tracesPerTurn, claimMs);
      // Others may have claimed it all meanwhile; what they leave comes with the next wake.
      inVain = claims.length === 0 ? inVain + 1 : 0;
      worked += claims.length;
      // Who is slow leaves the rest to others; it comes with the next wake at the latest.
      if (!(await this.workTurn(tenantId, claims))) break;
    }
    return worked;
  }

  /**
   * What cannot be begun within half of its lease, or before the stop, is handed back: others may take it at once.
   *
   * @returns whether all were begun
   */
  private async workTurn(tenantId: bigint, claims: readonly DueTrace[]): Promise<boolean> {
    if (claims.length === 0) return true;
    const { db, nowUs } = this.parts;
    const beginUntilUs = nowUs() + BigInt(this.options.claimMs) * 500n;
    let isBegun = true;
    for (const batch of await batchesBySpans(db, tenantId, claims, this.options.traceSpans)) {
      isBegun &&= !this.isStopping && nowUs() <= beginUntilUs;
      if (isBegun) await this.work(tenantId, batch);
      else await handBackDueTraces(db, tenantId, batch);
    }
    return isBegun;
  }

  /** A batch that fails is tried again trace by trace, so that one bad trace does not hold up its neighbours. */
  private async work(tenantId: bigint, claims: readonly DueTrace[]): Promise<void> {
    try {
      await workTraces(this.parts, tenantId, claims, this.options.traceSpans, (client) =>
        completeDueTraces(client, tenantId, claims),
      );
      this.metrics.worked(claims.length);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      if (claims.length > 1) {
        for (const claim of claims) await this.work(tenantId, [claim]);
        return;
      }
      await this.putBack(this.parts.db, claims[0]!, error);
    }
  }

  private async putBack(db: Database, claim: DueTrace, error: unknown): Promise<void> {
    this.metrics.failed();
    this.logger.error('a trace could not be worked through; it is tried again later', {
      tenantId: claim.tenantId.toString(),
      traceId: claim.traceId,
      failures: claim.failures,
      error,
    });
    await postponeDueTrace(db, claim, Math.min(2 ** claim.failures * 500, LONGEST_DELAY_MS));
    if (claim.failures >= FAILURES_TO_SHOW) {
      const detail = {
        error: errorText(error).slice(0, 2000),
        failures: claim.failures,
      };
      await recordTraceFailure(db, claim, 'trace_fails', detail, this.parts.nowUs());
    }
  }
}

/** Cuts a turn into batches of bounded size, in the order of the claims; a trace over the limit stands alone. */
async function batchesBySpans(
  db: Database,
  tenantId: bigint,
  claims: readonly DueTrace[],
  traceSpans: number,
): Promise<DueTrace[][]> {
  const states = await readTraceStates(
    db,
    tenantId,
    claims.map(({ traceId }) => traceId),
  );
  const spans = new Map(states.map(({ traceId, spanCount }) => [traceId, spanCount]));
  const batches: DueTrace[][] = [];
  let room = 0;
  for (const claim of claims) {
    const count = spans.get(claim.traceId) ?? 0;
    const isAlone = count > traceSpans || claim.failures > CLAIMS_IN_COMPANY;
    if (batches.length === 0 || count > room || isAlone) {
      batches.push([]);
      room = SPANS_PER_BATCH;
    }
    batches.at(-1)!.push(claim);
    room = isAlone ? -1 : room - count;
  }
  return batches;
}

/**
 * The way of a batch of one tenant's traces through the worker; each step is one commit (architecture 4.5, 4.6).
 *
 * @param finish what else the last commit does: it ends the claims, or sums what was moved
 */
export async function workTraces(
  parts: NormaliseParts & PostParts,
  tenantId: bigint,
  claims: readonly DueTrace[],
  traceSpans: number,
  finish: FinishPosting,
): Promise<void> {
  const { traces, tooLong, letGo } = await publishCandidates(parts, tenantId, claims, traceSpans);
  const written = await normaliseTraces(parts, tenantId, traces);
  // A trace that grew over the limit keeps its steps: what is known of them by now still moves their cost.
  await postTraces(parts, tenantId, claims, finish, written);
  const spansOf = new Map(tooLong.map(({ traceId, spanCount }) => [traceId, spanCount]));
  for (const claim of claims) {
    const spans = spansOf.get(claim.traceId);
    if (spans === undefined) continue;
    await recordTraceFailure(parts.db, claim, 'trace_too_long', { spans, limit: traceSpans }, parts.nowUs());
  }
  const late = new Map(letGo.map((state) => [state.traceId, state.spanCount - state.revisionSpanCount]));
  for (const claim of claims) {
    const spans = late.get(claim.traceId) ?? 0;
    if (spans > 0) await recordTraceFailure(parts.db, claim, 'spans_let_go', { spans }, parts.nowUs());
  }
}
