import { settled, type AppendSession } from './append-session.ts';
import type { Batch, BatchCounts } from './batch.ts';
import { countStagedSpans } from './count-staged-spans.ts';
import { insertBatchLeaves } from './insert-batch-leaves.ts';
import { insertBatches } from './insert-batches.ts';
import { insertResources, insertScopes } from './insert-parts.ts';
import { insertSetAside } from './insert-set-aside.ts';
import { insertStagedSpans } from './insert-staged-spans.ts';
import { setAsideStagedConflicts } from './set-aside-staged-conflicts.ts';
import { distinctParts, type GroupEntry } from './span-group.ts';
import { summariseStagedTraces } from './summarise-staged-traces.ts';
import { sortByTrace, type TraceSummary } from './trace-summary.ts';
import { upsertDueTraces, type DueTimes } from './upsert-due-traces.ts';
import { upsertTraces } from './upsert-traces.ts';

const COLUMNS =
  'tenant_id, trace_id, span_id, started_at, ended_at, parent_span_id, resource_id, scope_id, batch_id, position, signal, name, bytes';
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
const COPY_SPANS = `${BEGIN}; COPY spans (${COLUMNS}) FROM STDIN (FORMAT binary)`;
/**
 * The joins of the staged path are a few thousand look-ups by primary key. The planner knows nothing of a fresh
 * temporary table and does not foresee that partitions are pruned at run time; it must not read all of `spans`.
 */
const COPY_STAGE = `${BEGIN}; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
COPY pg_temp.spans_stage (${COLUMNS}) FROM STDIN (FORMAT binary)`;

export interface CountedBatch {
  readonly batch: Batch;
  readonly counts: BatchCounts;
}

/**
 * Stores a group on the assumption that none of its spans is stored yet: straight into `spans`, in one transaction
 * with the summaries, the due times, the batches and their evidence.
 *
 * @param chunks the COPY BINARY stream of all rows; none when all spans were rejected
 * @returns the counts, durable
 * @throws the error of PostgreSQL after a rollback: 23505 when a span is stored already
 */
export function commitNewSpans(
  session: AppendSession,
  entries: readonly GroupEntry[],
  chunks: readonly Uint8Array[],
  traces: readonly TraceSummary[],
  times: DueTimes,
): Promise<CountedBatch[]> {
  return session.transact(async () => {
    const counted = entries.map(({ batch }) => ({
      batch,
      counts: {
        stored: batch.received - batch.rejected,
        duplicate: 0,
        conflicting: 0,
        rejected: batch.rejected,
      },
    }));
    const copied = traces.length === 0 ? session.run(BEGIN) : session.copy(COPY_SPANS, chunks);
    await settled([copied, ...record(session, entries, counted, sortByTrace([...traces]), times)]);
    await commit(session);
    return counted;
  });
}

/**
 * Stores a group of which any span may be stored already, through a temporary table: half as fast (measured 0.74 of
 * the direct path), and exact. What is stored already is counted as duplicate, or as conflicting and set aside;
 * only stored spans reach the summaries and make their traces due.
 *
 * @returns the counts, durable
 * @throws the error of PostgreSQL after a rollback
 */
export function commitStagedSpans(
  session: AppendSession,
  entries: readonly GroupEntry[],
  chunks: readonly Uint8Array[],
  times: DueTimes,
): Promise<CountedBatch[]> {
  return session.transact(async () => {
    const batches = entries.map(({ batch }) => batch);
    const copied = session.copy(COPY_STAGE, chunks);
    const inserted = insertStagedSpans(session);
    const staged = countStagedSpans(session);
    const summarised = summariseStagedTraces(session, batches);
    await settled([copied, inserted, staged, summarised, setAsideStagedConflicts(session, batches)]);
    const byBatch = await staged;
    const counted = batches.map((batch) => ({
      batch,
      counts: {
        ...(byBatch.get(batch.batchId) ?? { stored: 0, duplicate: 0, conflicting: 0 }),
        rejected: batch.rejected,
      },
    }));
    for (const { batch, counts } of counted) assertComplete(batch, counts);
    await settled(record(session, entries, counted, sortByTrace(await summarised), times));
    await commit(session);
    return counted;
  });
}

/** Everything of the transaction but the spans. */
function record(
  session: AppendSession,
  entries: readonly GroupEntry[],
  counted: readonly CountedBatch[],
  traces: readonly TraceSummary[],
  times: DueTimes,
): Promise<unknown>[] {
  const summaries =
    traces.length === 0 ? [] : [upsertTraces(session, traces), upsertDueTraces(session, traces, times)];
  return [
    ...summaries,
    insertResources(session, distinctParts(entries.map((entry) => entry.resources))),
    insertScopes(session, distinctParts(entries.map((entry) => entry.scopes))),
    insertBatches(session, counted),
    insertBatchLeaves(session, counted),
    insertSetAside(
      session,
      entries.flatMap((entry) => entry.setAside),
    ),
  ];
}

/** COMMIT is sent only after every statement has succeeded; of a failed transaction PostgreSQL answers it with ROLLBACK. */
async function commit(session: AppendSession): Promise<void> {
  const { command } = await session.run('COMMIT');
  if (command !== 'COMMIT') throw new Error(`a group of spans was not committed: ${command}`);
}

/** Every received span is in exactly one of the four (architecture 5.1); anything else is our error, and is not stored. */
function assertComplete(batch: Batch, counts: BatchCounts): void {
  const sum = counts.stored + counts.duplicate + counts.conflicting + counts.rejected;
  if (sum !== batch.received)
    throw new Error(
      `batch ${batch.batchId} received ${batch.received} spans, of which ${sum} are accounted for`,
    );
}
