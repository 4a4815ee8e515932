import { createHash } from 'node:crypto';
import { dropUnfinishedArchive, insertExportChunk, type ClaimedExport, type Database } from '#store';
import { ExportLost } from './export-progress.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Keeps an archive in the database, a megabyte after the other, each durable by itself; nobody reads them before the
 * export is finished.
 *
 * @param onChunk told before each
 * @throws ExportLost
 */
export async function keepArchive(
  db: Database,
  row: ClaimedExport,
  archive: AsyncIterable<Buffer>,
  onChunk: () => Promise<void>,
): Promise<{ readonly archiveBytes: number; readonly archiveHash: Buffer }> {
  await dropUnfinishedArchive(db, row);
  const hash = createHash('sha256');
  let archiveBytes = 0;
  let n = 0;
  for await (const chunk of inChunks(archive)) {
    await onChunk();
    hash.update(chunk);
    archiveBytes += chunk.length;
    if (!(await insertExportChunk(db, row, n, chunk))) throw new ExportLost();
    n += 1;
  }
  return { archiveBytes, archiveHash: hash.digest() };
}

/** The same bytes, each buffer of `CHUNK_BYTES` but for the last. */
async function* inChunks(archive: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  for await (const piece of archive)
    for (let at = 0; at < piece.length;) {
      const taken = piece.subarray(at, at + CHUNK_BYTES - bytes);
      gathered.push(taken);
      bytes += taken.length;
      at += taken.length;
      if (bytes < CHUNK_BYTES) continue;
      yield Buffer.concat(gathered);
      gathered = [];
      bytes = 0;
    }
  if (bytes > 0) yield Buffer.concat(gathered);
}
