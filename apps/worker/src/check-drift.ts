import type { LedgerTransaction } from '#model';
import {
  inRolledBackTransaction,
  isAtRest,
  raiseHalt,
  readNextWalk,
  readWalkPage,
  saveWalk,
  shadowWorkTables,
  sqlState,
  type CheckWalk,
  type Violation,
  type WalkPage,
} from '#store';
import { v5 as uuidFromName } from 'uuid';
import type { CheckParts } from './check-tail.ts';
import { postToRest, Stopping } from './post-to-rest.ts';
import { NAMESPACE } from './posting-facts.ts';
import type { PostParts } from './post-traces.ts';
import type { NormaliseParts } from './read-trace.ts';
import { TenantRulebooks } from './tenant-rules.ts';

export interface DriftOptions {
  /** Traces, or work items, that are posted again together. */
  readonly pageSize: number;
  readonly traceSpans: number;
  readonly isStopping: () => boolean;
}

/** What a page is posted with; the rulebooks must not have been kept from before the rows were read. */
export type DriftParts = NormaliseParts & PostParts;

/** The postings of one page, and what posting them again would move: nothing. */
export interface DriftPage extends WalkPage {
  readonly violations: readonly Violation[];
}

export const DRIFT = 'what is posted is what stored usage, price rows, cost lines and rules come to';

/** Less than a second, after which PostgreSQL looks for deadlocks: the checker gives way before a posting has to. */
const LOCK_TIMEOUT_MS = 400;
const CONFLICTS = new Set(['55P03', '40001', '40P01']);

/**
 * Posts a page of traces or work items again, by the functions that post, in a transaction that is rolled back. Where
 * all that is known is posted this moves nothing: every charge is its step's usage at its price row, every cost line
 * its quantity at its rate, and each stands where links, outcomes and rules place it (ledger.md 7, I9 and I10).
 *
 * @returns null where that cannot be said now: something of the tenant is under way, or somebody had a row
 */
export async function driftPage(
  parts: DriftParts,
  options: DriftOptions,
  walk: CheckWalk,
): Promise<DriftPage | null> {
  const { pageSize, traceSpans, isStopping } = options;
  const { tenantId } = walk;
  try {
    return await inRolledBackTransaction(parts.db, LOCK_TIMEOUT_MS, async (nested, client) => {
      if (!(await isAtRest(client, tenantId))) return null;
      const page = await readWalkPage(client, walk, pageSize);
      if (page.traceIds.length + page.refs.length === 0) return { ...page, violations: [] };
      await shadowWorkTables(client);
      const work = { ...page, renormalise: false, traceSpans, isStopping };
      const cause = { tenantId, causeId: 'check' };
      const { transactions } = await postToRest(client, { ...parts, db: nested }, cause, work);
      return { ...page, violations: transactions.map((each) => toViolation(tenantId, each)) };
    });
  } catch (error) {
    const state = sqlState(error);
    if (error instanceof Stopping || (state !== null && CONFLICTS.has(state))) return null;
    throw error;
  }
}

const MAX_ENTRIES_TOLD = 4;

function toViolation(tenantId: bigint, { postingId, code, entries }: LedgerTransaction): Violation {
  const told = entries
    .slice(0, MAX_ENTRIES_TOLD)
    .map(({ usageSpanId, account, amount, asset }) => `${usageSpanId} ${account} ${amount} ${asset}`);
  const more = entries.length > MAX_ENTRIES_TOLD ? [`and ${entries.length - MAX_ENTRIES_TOLD} more`] : [];
  return {
    invariant: DRIFT,
    tenantId,
    subject: `posting ${postingId}`,
    found: `${code} would move ${[...told, ...more].join(', ')}`,
  };
}

/**
 * Looks at the next page of the tenant that waited longest. What is wrong stops the posting of its tenant until an
 * admin clears it.
 *
 * @returns postings looked at
 */
export async function checkDrift(parts: DriftParts & CheckParts, options: DriftOptions): Promise<number> {
  const walk = await readNextWalk(parts.db);
  if (walk === null) return 0;
  // Rules that are kept would hide a price row that was changed behind them.
  const page = await driftPage({ ...parts, rulebooks: new TenantRulebooks() }, options, walk);
  for (const violation of page?.violations ?? []) {
    const name = `halt ${walk.tenantId} ${violation.invariant}\n${violation.subject}\n${violation.found}`;
    await raiseHalt(parts.db, violation, uuidFromName(name, NAMESPACE), parts.nowUs());
    parts.onViolation(violation);
  }
  const cursor = page === null ? walk.cursor : page.cursor;
  await saveWalk(parts.db, walk.tenantId, cursor, parts.nowUs());
  return page === null ? 0 : page.traceIds.length + page.refs.length;
}
