import type { BundleParts } from '#evidence';
import { listContentReads, readAccessCheckpointBefore, readEntries, type Client } from '#store';
import { proveEntries } from './read-log-part.ts';

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
): Promise<BundleParts['reads']> {
  const checkpoint = await readAccessCheckpointBefore(client, tenantId, sealedAtUs);
  if (checkpoint === null) return null;
  const { size, note } = checkpoint;
  const filter = { subjects: subjects ?? undefined, size, limit: Number.MAX_SAFE_INTEGER };
  const reads = (await listContentReads(client, tenantId, filter)).sort(
    (a, b) => a.leafIndex! - b.leafIndex!,
  );
  const leaves: { index: number; entry: Buffer }[] = [];
  for (const { leafIndex } of reads) {
    const [entry] = await readEntries(client, tenantId, leafIndex!, 1, 'access');
    leaves.push({ index: leafIndex!, entry: entry! });
  }
  const proven = await proveEntries(client, tenantId, leaves, size, 'access');
  return {
    checkpoint: note,
    size,
    reads: proven.map((entry, i) => ({ ...entry, subject: reads[i]!.subject, salt: reads[i]!.salt })),
  };
}
