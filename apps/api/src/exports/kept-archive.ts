import { RejectedInput } from '#model';
import { asTenant, readExportChunk, type Database, type ExportRow } from '#store';

/** @throws RejectedInput `conflict` where the file of an export is not there: not yet, no longer, or never */
export function checkReady({ state, error }: Pick<ExportRow, 'state' | 'error'>): void {
  if (state === 'ready') return;
  throw new RejectedInput(
    'conflict',
    state === 'dropped'
      ? 'its archive is not kept any longer; ask for the export again'
      : `is ${state}${error === null ? '' : `: ${error}`}`,
  );
}

/** The file, part by part, as the caller takes them. One that was dropped meanwhile breaks the answer off. */
export async function* archiveChunks(
  db: Database,
  { tenantId, exportId, archiveBytes }: Pick<ExportRow, 'tenantId' | 'exportId' | 'archiveBytes'>,
): AsyncGenerator<Buffer> {
  for (let n = 0, sent = 0; sent < archiveBytes!; n++) {
    const chunk = await asTenant(db, tenantId, (client) => readExportChunk(client, tenantId, exportId, n));
    if (chunk === null) throw new Error(`the file of export ${exportId} was dropped while it was sent`);
    sent += chunk.length;
    yield chunk;
  }
}
