import { formatTlogProof, leafHash, proveInclusion } from '#evidence';
import { RejectedInput } from '#model';
import { type Client, nodeReader, readEntries, type SignedCheckpoint } from '#store';
import { z } from 'zod';

export const ProvenLeaf = z
  .object({
    index: z.number().meta({ description: 'Place in the log, from 0' }),
    size: z.number().meta({ description: 'Of the checkpoint' }),
    entry: z.string().meta({ description: 'The leaf: the UTF-8 bytes of this text are what is hashed' }),
    leafHash: z.base64(),
    hashes: z.array(z.base64()).meta({ description: 'RFC 6962 2.1.1, the sibling of the leaf first' }),
    checkpoint: z.string().meta({ description: 'Signed note' }),
    proof: z.string().meta({ description: 'The same as C2SP tlog-proof@v1 text' }),
  })
  .meta({ id: 'ProvenLeaf' });
export type ProvenLeaf = z.infer<typeof ProvenLeaf>;

/**
 * A leaf with its inclusion proof under a checkpoint.
 *
 * @throws RejectedInput `not_found` for a leaf beyond the checkpoint
 */
export async function proveLeaf(
  client: Client,
  tenantId: bigint,
  index: number,
  { size, note }: SignedCheckpoint,
): Promise<ProvenLeaf> {
  if (index >= size)
    throw new RejectedInput('not_found', `leaf ${index} is beyond the checkpoint of ${size} leaves`);
  const hashes = await proveInclusion(nodeReader(client, tenantId), index, size);
  const [entry] = await readEntries(client, tenantId, index, 1);
  return {
    index,
    size,
    entry: entry!.toString(),
    leafHash: leafHash(entry!).toString('base64'),
    hashes: hashes.map((hash) => hash.toString('base64')),
    checkpoint: note,
    proof: formatTlogProof({ index, hashes, checkpoint: note, extra: null }),
  };
}
