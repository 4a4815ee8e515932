import { foldRight, nodeHash } from './merkle.ts';
import { HASH_BYTES } from './sha256.ts';

/**
 * The right edge of a tree: the roots of the perfect subtrees that its size is the sum of, largest first.
 * It is all that appending needs, at any size at most 53 hashes.
 */
export interface TreeEdge {
  /** Leaves so far, at most 2^53 - 1. */
  readonly size: number;
  /** 32 bytes for each one bit of `size`, the highest bit first. */
  readonly hashes: readonly Buffer[];
}

/**
 * A hash that tiles are served from: the root of the full tile `index` at tile level `level - 1`, which is
 * also hash `index` of tile level `level` (tlog-tiles). Level 0, the leaf hashes, is kept with the leaves.
 */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Buffer;
}

/** Binary levels of one tile: 2^8 = 256 hashes wide. */
export const TILE_HEIGHT = 8;

export const EMPTY_EDGE: TreeEdge = { size: 0, hashes: [] };

/**
 * Appends leaf hashes in their order, in amortised constant time a leaf.
 *
 * @returns the new edge, and the nodes of level 1 and above that became complete, each exactly once
 */
export function appendLeafHashes(
  edge: TreeEdge,
  leafHashes: readonly Buffer[],
): { edge: TreeEdge; nodes: TreeNode[] } {
  const stack = [...edge.hashes];
  const nodes: TreeNode[] = [];
  let size = edge.size;
  for (const leaf of leafHashes) {
    size++;
    let hash = leaf;
    // Each trailing zero bit of the new size closes a perfect subtree one level up.
    for (let height = 1, rest = size; rest % 2 === 0; height++) {
      rest /= 2;
      hash = nodeHash(stack.pop()!, hash);
      if (height % TILE_HEIGHT === 0) nodes.push({ level: height / TILE_HEIGHT, index: rest - 1, hash });
    }
    stack.push(hash);
  }
  if (!Number.isSafeInteger(size)) throw new RangeError(`a tree of ${size} leaves is over 2^53 - 1`);
  return { edge: { size, hashes: stack }, nodes };
}

/** RFC 6962 root of the tree that the edge belongs to. */
export function rootOfEdge(edge: TreeEdge): Buffer {
  return foldRight(edge.hashes);
}

/** The edge's hashes in one run of bytes, as it is stored beside the size. */
export function encodeEdge(edge: TreeEdge): Buffer {
  return Buffer.concat(edge.hashes);
}

/** @throws RangeError when the bytes are not one hash for each one bit of the size */
export function decodeEdge(size: number, bytes: Uint8Array): TreeEdge {
  const ones = size.toString(2).replaceAll('0', '').length;
  if (bytes.length !== ones * HASH_BYTES)
    throw new RangeError(`an edge of size ${size} has ${ones} hashes, not ${bytes.length} bytes`);
  return { size, hashes: splitHashes(bytes) };
}

/** Cuts concatenated hashes apart. The parts share the memory of `bytes`. */
export function splitHashes(bytes: Uint8Array): Buffer[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
    whole.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}
