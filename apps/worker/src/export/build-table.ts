import { tableFile } from '#files';
import { RejectedInput } from '#model';
import { MODEL_ALIASES } from '#pricing';
import { finishExport, inTransaction, type ClaimedTable, type Database } from '#store';
import { ExportLost, ExportProgress } from './export-progress.ts';
import { keepArchive } from './keep-archive.ts';

export interface TableParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
  readonly limits: { readonly exportBytes: number; readonly exportKeepMs: number };
  readonly signersOf: (tenantId: bigint) => Promise<{ readonly tenant: string }>;
}

/**
 * Writes a table that was asked for: rows go from the database to the file a page at a time, and the file to the
 * database a megabyte at a time. A worker that dies leaves it to the next, which begins again: with its size the
 * journal and FOCUS come out as the same bytes.
 *
 * @throws RejectedInput for a file over the limit, ExportLost
 */
export async function buildTable(parts: TableParts, row: ClaimedTable, leaseMs: number): Promise<void> {
  const { db, nowUs, limits } = parts;
  const { tenantId, size } = row;
  const { tenant } = await parts.signersOf(tenantId);
  const progress = new ExportProgress(parts, row, leaseMs);
  const context = { db, tenantId, size, nowUs: nowUs(), account: tenant, aliasBook: MODEL_ALIASES };
  const file = tableFile(row.request, context, (units, done, total) => progress.at(units, done, total));
  const kept = await keepArchive(db, row, upTo(limits.exportBytes, file), async () => {});
  const builtAtUs = nowUs();
  const expiresAtUs = builtAtUs + BigInt(limits.exportKeepMs) * 1000n;
  await inTransaction(db, async (client) => {
    const finished = { ...kept, manifestHash: null, builtAtUs, expiresAtUs };
    if (!(await finishExport(client, row, finished))) throw new ExportLost();
  });
}

async function* upTo(limit: number, file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of file) {
    bytes += piece.length;
    if (bytes > limit)
      throw new RejectedInput('too_large', `the file is over the limit of ${limit} bytes: ask for less`);
    yield piece;
  }
}
