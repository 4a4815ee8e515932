import type { BundleReceiver } from '#evidence';
import { listContentReadsByLeaf, readAccessCheckpointBefore, readEntries, type Client } from '#store';
import { proveEntry } from './read-log-part.ts';

const READS_PER_PAGE = 500;

/**
 * Who read content of the scope, by the access log as it was signed before the newest leaf of the bundle was sealed: so
 * the same size gives the same reads, whoever looks at them afterwards.
 *
 * @param subjects null = all
 */
export async function readReads(
  client: Client,
  tenantId: bigint,
  subjects: readonly string[] | null,
  sealedAtUs: bigint,
  to: BundleReceiver,
): Promise<void> {
  const checkpoint = await readAccessCheckpointBefore(client, tenantId, sealedAtUs);
  if (checkpoint === null) return;
  const { size, note } = checkpoint;
  await to.readsAt({ checkpoint: note, size });
  for (let after = -1; ;) {
    const filter = { subjects, size, after, limit: READS_PER_PAGE };
    const reads = await listContentReadsByLeaf(client, tenantId, filter);
    for (const { leafIndex, subject, salt } of reads) {
      const [entry] = await readEntries(client, tenantId, leafIndex, 1, 'access');
      const leaf = { index: leafIndex, entry: entry! };
      // An erasure takes the salt away, and the word.
      const opened = salt.length === 0 ? { subject: null, salt: null } : { subject, salt };
      await to.read({ ...(await proveEntry(client, tenantId, leaf, size, 'access')), ...opened });
    }
    if (reads.length < READS_PER_PAGE) return;
    after = reads.at(-1)!.leafIndex;
  }
}
