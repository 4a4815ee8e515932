import type { Client, Database } from '../connection/database.ts';
import { inTransaction } from '../connection/transaction.ts';
import type { AppendSession } from './append-session.ts';
import type { Batch, BatchCounts, SetAside } from './batch.ts';
import { contentId } from './content-id.ts';
import { pointKey, type CounterRow } from './counter-row.ts';
import { insertBatchLeaves } from './insert-batch-leaves.ts';
import { insertBatches } from './insert-batches.ts';
import { insertCounterPoints, readCounterValues } from './insert-counter-points.ts';
import { insertCounterSeries } from './insert-counter-series.ts';
import { insertSetAside } from './insert-set-aside.ts';

/** A data point that the reader refused. */
interface RejectedPoint {
  readonly position: number;
  readonly reason: string;
}

/** @returns the id of a series: the same for the same resource, scope, metric, temporality and attributes */
export function counterSeriesId(parts: readonly (string | Uint8Array)[]): string {
  return contentId(['counter series', ...parts]);
}

/**
 * Stores the counters of one export request exactly once, with its batch and leaf, and returns when they are durable.
 * A point sent again with the same value is a duplicate; with another value it is conflicting, set aside, and the
 * first one stands.
 *
 * @param batch its `rejected` counts what the reader refused
 * @throws Unavailable when it should be sent again
 */
export function appendCounters(
  db: Database,
  batch: Batch,
  rows: readonly CounterRow[],
  rejected: readonly RejectedPoint[],
): Promise<BatchCounts> {
  return inTransaction(db, async (client) => {
    const session = asStatements(client);
    const sorted = [...rows].sort(compareRows);
    await insertCounterSeries(session, batch.tenantId, sorted);
    const stored = await insertCounterPoints(session, batch, sorted);
    const conflicts = await findConflicts(session, batch, sorted, stored);
    const counts = {
      stored: stored.size,
      conflicting: conflicts.length,
      duplicate: rows.length - stored.size - conflicts.length,
      rejected: batch.rejected,
    };
    await insertBatches(session, [{ batch, counts }]);
    await insertBatchLeaves(session, [{ batch, counts }]);
    await insertSetAside(session, [...conflicts, ...rejected.map((point) => refused(batch, point))]);
    return counts;
  });
}

/** One of the group commit's statements at a time, in somebody else's transaction. */
function asStatements(client: Client): Pick<AppendSession, 'query'> {
  return { query: (name, text, values) => client.query({ name, text, values: [...values] }) };
}

const keyOf = (row: CounterRow): string => pointKey(row, row.series.seriesId);

/** Row locks are taken in one order everywhere; of equal keys the first in the request wins. */
function compareRows(left: CounterRow, right: CounterRow): number {
  const [one, other] = [left.series.seriesId, right.series.seriesId];
  if (one !== other) return one < other ? -1 : 1;
  if (left.startedAtUs !== right.startedAtUs) return left.startedAtUs < right.startedAtUs ? -1 : 1;
  if (left.atUs !== right.atUs) return left.atUs < right.atUs ? -1 : 1;
  return left.position - right.position;
}

/** The points that were not stored because another value stands under their key. */
async function findConflicts(
  session: Pick<AppendSession, 'query'>,
  batch: Batch,
  rows: readonly CounterRow[],
  stored: ReadonlySet<string>,
): Promise<SetAside[]> {
  const taken = new Set<string>();
  const again = rows.filter((row) => {
    const key = keyOf(row);
    const isFirst = stored.has(key) && !taken.has(key);
    taken.add(key);
    return !isFirst;
  });
  if (again.length === 0) return [];
  const standing = await readCounterValues(session, batch.tenantId, again);
  return again
    .filter((_, index) => !standing[index])
    .map(({ series, position, startedAtUs, atUs, value }): SetAside => ({
      tenantId: batch.tenantId,
      id: contentId([
        String(batch.tenantId),
        'counter conflict',
        series.seriesId,
        `${startedAtUs} ${atUs} ${value}`,
      ]),
      kind: 'conflicting',
      reason: 'the same data point was stored before with another value',
      subject: `${series.metric}/${series.seriesId}`,
      detail: { batchId: batch.batchId, position, atUs: String(atUs), value, tokenClass: series.tokenClass },
      bytes: null,
      sinceUs: batch.receivedAtUs,
    }));
}

function refused(batch: Batch, { position, reason }: RejectedPoint): SetAside {
  return {
    tenantId: batch.tenantId,
    id: contentId([String(batch.tenantId), 'rejected point', batch.batchId, String(position)]),
    kind: 'rejected',
    reason,
    subject: `batch/${batch.batchId}`,
    detail: { batchId: batch.batchId, position, what: 'data point' },
    bytes: null,
    sinceUs: batch.receivedAtUs,
  };
}
