import { setTimeout as sleep } from 'node:timers/promises';
import { asTryAgain, classifyFailure } from './append-failure.ts';
import type { AppendSession } from './append-session.ts';
import { commitNewSpans, commitStagedSpans, type CountedBatch } from './commit-group.ts';
import { refusedEntry } from './refused-entry.ts';
import type { GroupEntry, SpanGroup } from './span-group.ts';
import type { DueTimes } from './upsert-due-traces.ts';

/** How a group or a request was stored: for the metrics. */
export type AppendPath = 'direct' | 'staged' | 'single';

export interface StoredGroup {
  readonly path: AppendPath;
  readonly counted: readonly CountedBatch[];
}

const ATTEMPTS = 6;
const COPY_HEADER_BYTES = 19;
const COPY_TRAILER = Buffer.from([0xff, 0xff]);

/** What `storeGroup` needs besides the group. */
export interface StoreContext {
  readonly session: AppendSession;
  readonly times: DueTimes;
  /** Makes the partitions of these days; `again` when one that was seen before has gone. */
  readonly ensurePartitions: (days: Iterable<number>, again: boolean) => Promise<void>;
}

/**
 * Stores a group exactly once, whatever is stored already: directly, else through the staging table, else request
 * by request, so that one request's data cannot keep the others out. A request that PostgreSQL refuses even alone is
 * recorded as rejected, and its rows are set aside.
 *
 * @returns the counts of every request, durable
 * @throws Unavailable when it is not known that all of the group is stored; what is can be sent again
 */
export async function storeGroup(context: StoreContext, group: SpanGroup): Promise<StoredGroup> {
  for (let again = false; ; again = true) {
    try {
      await context.ensurePartitions(group.days, again);
      return await storeOnce(context, group);
    } catch (error) {
      if (again || classifyFailure(error) !== 'partition') throw asTryAgain(error);
    }
  }
}

async function storeOnce(context: StoreContext, group: SpanGroup): Promise<StoredGroup> {
  const { entries } = group;
  const rows = group.rows.finish();
  try {
    const traces = [...group.traces.values()];
    const counted = await commitNewSpans(context.session, entries, [rows], traces, context.times);
    return { path: 'direct', counted };
  } catch (error) {
    const failure = classifyFailure(error);
    if (failure === 'data') return storeSingly(context, entries, rows);
    if (failure !== 'overlap') throw error;
  }
  try {
    return { path: 'staged', counted: await stage(context, entries, [rows]) };
  } catch (error) {
    if (classifyFailure(error) !== 'data') throw error;
    return storeSingly(context, entries, rows);
  }
}

async function storeSingly(
  context: StoreContext,
  entries: readonly GroupEntry[],
  rows: Buffer,
): Promise<StoredGroup> {
  const counted: CountedBatch[] = [];
  for (const entry of entries) {
    const ownRows = rows.subarray(entry.rowsStart, entry.rowsEnd);
    const stream = [rows.subarray(0, COPY_HEADER_BYTES), ownRows, COPY_TRAILER];
    try {
      counted.push(...(await stage(context, [entry], stream)));
    } catch (error) {
      if (classifyFailure(error) !== 'data') throw error;
      const refused = refusedEntry(entry, ownRows, error);
      counted.push(...(await commitNewSpans(context.session, [refused], [], [], context.times)));
    }
  }
  return { path: 'single', counted };
}

/** Two groups that hold each other's spans may meet in a deadlock; after it one of them is through. */
async function stage(
  context: StoreContext,
  entries: readonly GroupEntry[],
  chunks: readonly Uint8Array[],
): Promise<CountedBatch[]> {
  for (let count = 1; ; count += 1) {
    try {
      return await commitStagedSpans(context.session, entries, chunks, context.times);
    } catch (error) {
      if (count === ATTEMPTS || classifyFailure(error) !== 'overlap') throw error;
      await sleep(2 ** count * (5 + Math.random() * 10));
    }
  }
}
