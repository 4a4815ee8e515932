import { createHash } from 'node:crypto';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** RFC 6962 2.1: `SHA256(0x00 || entry)`. */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

/** RFC 6962 2.1: `SHA256(0x01 || left || right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** Root of an RFC 6962 tree over leaf hashes; `SHA256("")` for none. */
export function rootOfLeafHashes(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.length === 0) return createHash('sha256').digest();
  // Perfect subtrees of the sizes in n's binary form, largest first; folding from the right gives the split
  // at the largest power of two below n without recursion over copies.
  const stack: { size: number; hash: Uint8Array }[] = [];
  for (const hash of hashes) {
    let node = { size: 1, hash };
    while (stack.length > 0 && stack.at(-1)!.size === node.size) {
      const left = stack.pop()!;
      node = { size: node.size * 2, hash: nodeHash(left.hash, node.hash) };
    }
    stack.push(node);
  }
  return Buffer.from(stack.reduceRight((right, left) => ({ size: 0, hash: nodeHash(left.hash, right.hash) })).hash);
}

/** Root of an RFC 6962 tree over entries. */
export function merkleRoot(entries: readonly Uint8Array[]): Buffer {
  return rootOfLeafHashes(entries.map(leafHash));
}
