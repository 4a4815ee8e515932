import { errorText } from '#model';
import { contentId } from './content-id.ts';
import type { GroupEntry } from './span-group.ts';

/** Rows that are kept of a request that PostgreSQL refused. */
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * The same request with all its spans rejected, because PostgreSQL does not take them: what the reader should have
 * found and did not. The sender is told, the rows are set aside, nothing of it is stored as spans.
 *
 * @param rows its rows in the COPY BINARY format of `spans`
 */
export function refusedEntry(entry: GroupEntry, rows: Uint8Array, error: unknown): GroupEntry {
  const { batch } = entry;
  const cause = errorText(error);
  return {
    ...entry,
    batch: { ...batch, rejected: batch.received },
    setAside: [
      ...entry.setAside,
      {
        tenantId: batch.tenantId,
        id: contentId([String(batch.tenantId), 'refused', rows]),
        kind: 'rejected',
        reason: 'refused_by_database',
        subject: `batch/${batch.batchId}`,
        detail: {
          batchId: batch.batchId,
          spans: batch.received - batch.rejected,
          cause,
          format: 'rows of COPY spans FROM STDIN (FORMAT binary), without header and trailer',
          byteLength: rows.length,
        },
        bytes: rows.subarray(0, MAX_KEPT_BYTES),
        sinceUs: batch.receivedAtUs,
      },
    ],
  };
}
