import { HASH_BYTES, sha256, sha256Into, sha256OfTextInto, sha256OfTwo } from './sha256.ts';

/** RFC 6962 2.1: the root of a tree without leaves, `SHA256("")`. */
export const EMPTY_ROOT = sha256(Buffer.alloc(0));

const LEAF = Buffer.from([0]);
// One-shot hashing of one reused buffer takes 0.58 of the time of createHash with three updates, and a seal
// or a proof hashes hundreds of nodes. Nothing runs between filling and hashing it.
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** RFC 6962 2.1: `SHA256(0x00 || entry)`. */
export function leafHash(entry: Uint8Array): Buffer {
  return sha256OfTwo(LEAF, entry);
}

/** RFC 6962 2.1: `SHA256(0x01 || left || right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

/**
 * Root of an RFC 6962 tree over leaf hashes; `SHA256("")` for none.
 *
 * @throws RangeError where one is not 32 bytes long
 */
export function rootOfLeafHashes(hashes: readonly Uint8Array[]): Buffer {
  const packed = Buffer.allocUnsafe(hashes.length * HASH_BYTES);
  for (const [n, hash] of hashes.entries()) {
    if (hash.length !== HASH_BYTES) throw new RangeError(`a hash of ${hash.length} bytes`);
    packed.set(hash, n * HASH_BYTES);
  }
  return foldPacked(packed);
}

/**
 * The same over leaf hashes that follow each other in one buffer, which stays as it is.
 *
 * @throws RangeError where it ends within one
 */
export function rootOfPackedHashes(packed: Uint8Array): Buffer {
  if (packed.length % HASH_BYTES !== 0) throw new RangeError(`hashes of ${packed.length} bytes`);
  return foldPacked(Buffer.from(packed));
}

/**
 * Level by level in the buffer itself, which is used up: neighbours become their node, and one without a neighbour goes up
 * as it is, which makes the splits at the largest power of two that RFC 6962 asks for. A proof hashes hundreds of nodes
 * and a batch of traces thousands: as buffers of their own they are three times the garbage.
 */
function foldPacked(packed: Buffer): Buffer {
  let count = packed.length / HASH_BYTES;
  if (count === 0) return Buffer.from(EMPTY_ROOT);
  for (; count > 1; count = Math.ceil(count / 2)) {
    const pairs = Math.floor(count / 2);
    for (let n = 0; n < pairs; n += 1) {
      packed.copy(node, 1, 2 * n * HASH_BYTES, 2 * (n + 1) * HASH_BYTES);
      sha256Into(packed, n * HASH_BYTES, node);
    }
    if (count % 2 === 1) packed.copyWithin(pairs * HASH_BYTES, (count - 1) * HASH_BYTES, count * HASH_BYTES);
  }
  // A copy: a root that is kept must not keep its leaves.
  return Buffer.from(packed.subarray(0, HASH_BYTES));
}

/** Root over neighbouring perfect subtrees of falling size: each joins what is to its right. `SHA256("")` for none. */
export function foldRight(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.length === 0) return Buffer.from(EMPTY_ROOT);
  return Buffer.from(hashes.reduceRight((right, left) => nodeHash(left, right)));
}

/** Root of an RFC 6962 tree over entries. */
export function merkleRoot(entries: readonly Uint8Array[]): Buffer {
  return rootOfLeafHashes(entries.map(leafHash));
}

/** The same over entries that are texts, hashed as UTF-8. */
export function rootOfTexts(entries: readonly string[]): Buffer {
  const packed = Buffer.allocUnsafe(entries.length * HASH_BYTES);
  for (const [n, entry] of entries.entries()) sha256OfTextInto(packed, n * HASH_BYTES, LEAF, entry);
  return foldPacked(packed);
}
