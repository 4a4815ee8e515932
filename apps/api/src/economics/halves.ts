import { createHash } from 'node:crypto';
import { nodeReader, type Client } from '#store';

/** By lot: segments are looked for in A and told from B. */
export interface Halves {
  /** Hash of the first leaf of the tenant's log, in hex: sealed before anybody could look, and nobody's choice. */
  readonly salt: string;
  readonly halfOf: (surrogateId: string) => 'A' | 'B';
}

/**
 * Parts work items in two by SHA-256 over the salt, a space and the item's random id: the lowest bit of the first byte,
 * 0 = A. The same for every question, so that asking again draws no other lot.
 *
 * @param size leaves of the log that are known; null = all
 * @returns null while nothing is sealed
 */
export async function halvesOf(
  client: Client,
  tenantId: bigint,
  size: number | null,
): Promise<Halves | null> {
  if (size === 0) return null;
  const [first] = await nodeReader(client, tenantId)([{ level: 0, first: 0, count: 1 }]);
  if (first === undefined || first.length === 0) return null;
  const salt = Buffer.from(first).toString('hex');
  return {
    salt,
    halfOf: (surrogateId) => {
      const [byte] = createHash('sha256').update(`${salt} ${surrogateId}`).digest();
      return byte! % 2 === 0 ? 'A' : 'B';
    },
  };
}
