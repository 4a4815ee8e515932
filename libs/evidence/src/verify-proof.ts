import { EMPTY_ROOT, nodeHash } from './merkle.ts';

/**
 * RFC 9162 2.1.3.2: whether the leaf hash stands at `index` in the tree of `size` leaves with this root.
 * False for anything malformed; a proof that is too long or too short never verifies.
 */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSizeUpTo(size - 1, index)) return false;
  let hash: Uint8Array = leaf;
  const isWhole = climb(index, size - 1, proof, (sibling, isLeft) => {
    hash = isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  });
  return isWhole && equal(hash, root);
}

/**
 * RFC 9162 2.1.4.2: whether the tree of `oldSize` leaves with `oldRoot` is a prefix of the tree of `size`
 * leaves with `root`. Every tree extends the empty one. False for anything malformed.
 */
export function verifyConsistency(
  oldSize: number,
  oldRoot: Uint8Array,
  size: number,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSizeUpTo(size, oldSize)) return false;
  if (oldSize === size) return proof.length === 0 && equal(oldRoot, root);
  if (oldSize === 0) return proof.length === 0 && equal(oldRoot, EMPTY_ROOT);
  let at = oldSize - 1;
  let last = size - 1;
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  // A perfect old tree is its own first hash; it is not sent.
  const [first, ...rest] = at === 0 ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let oldHash = first;
  let hash = first;
  const isWhole = climb(at, last, rest, (sibling, isLeft) => {
    if (isLeft) oldHash = nodeHash(sibling, oldHash);
    hash = isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  });
  return isWhole && equal(oldHash, oldRoot) && equal(hash, root);
}

/**
 * Goes up from node `at` of a level whose last node is `last`, taking one sibling at each level that has one.
 *
 * @returns whether the siblings led exactly to the root
 */
function climb(
  at: number,
  last: number,
  siblings: readonly Uint8Array[],
  take: (sibling: Uint8Array, isLeft: boolean) => void,
): boolean {
  for (const sibling of siblings) {
    if (last === 0) return false;
    const isLeft = isOdd(at) || at === last;
    take(sibling, isLeft);
    // A last node without a sibling of its own rises until it is a right child.
    if (isLeft) while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    [at, last] = [half(at), half(last)];
  }
  return last === 0;
}

const isSizeUpTo = (size: number, oldSize: number): boolean =>
  Number.isSafeInteger(oldSize) && Number.isSafeInteger(size) && oldSize >= 0 && oldSize <= size;

// Sizes go up to 2^53, so no 32-bit operators.
const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);
const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
