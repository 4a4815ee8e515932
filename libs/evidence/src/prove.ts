import { EMPTY_ROOT, foldRight, rootOfPackedHashes } from './merkle.ts';
import { HASH_BYTES } from './sha256.ts';
import { TILE_HEIGHT } from './tree-edge.ts';

/** Consecutive hashes of one tile level: `first` to `first + count - 1`, never more than a tile (256). */
export interface NodeRun {
  readonly level: number;
  readonly first: number;
  readonly count: number;
}

/**
 * Reads hashes of tile levels: level 0 = leaf hashes, level L = roots of the full tiles of level L - 1.
 * Gets all runs of one question at once, so that they can be one round trip.
 *
 * @returns for each run, in order, its 32-byte hashes concatenated
 */
export type ReadNodes = (runs: readonly NodeRun[]) => Promise<readonly Uint8Array[]>;

/** The stored hashes that should make a tree are not all there. */
export class MissingNodes extends Error {
  override readonly name = 'MissingNodes';
}

/** Leaves `from` to `to - 1`, as the recursion of RFC 6962 2.1 cuts them: `from` is aligned to the largest part. */
interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/**
 * RFC 6962 2.1.1: the hashes that lead from leaf `index` to the root of the first `size` leaves,
 * the leaf's sibling first. One call of `read`, at most 53 hashes.
 *
 * @throws RangeError unless 0 <= index < size
 * @throws MissingNodes when the store does not hold what it should
 */
export async function proveInclusion(read: ReadNodes, index: number, size: number): Promise<Buffer[]> {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: LeafRange[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const split = from + largestPowerOfTwoBelow(to - from);
    if (index < split) {
      path.push({ from: split, to });
      to = split;
    } else {
      path.push({ from, to: split });
      from = split;
    }
  }
  return readRoots(read, path.reverse());
}

/**
 * RFC 6962 2.1.2: the hashes that show that the first `oldSize` leaves of the tree of `size` leaves are the
 * tree of `oldSize`. Empty when `oldSize` is 0 or `size`. One call of `read`.
 *
 * @throws RangeError unless 0 <= oldSize <= size
 * @throws MissingNodes when the store does not hold what it should
 */
export async function proveConsistency(read: ReadNodes, oldSize: number, size: number): Promise<Buffer[]> {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > size)
    throw new RangeError(`a tree of ${size} has no earlier size ${oldSize}`);
  if (oldSize === 0 || oldSize === size) return [];
  const proof: LeafRange[] = [];
  let from = 0;
  let to = size;
  while (oldSize !== to) {
    const split = from + largestPowerOfTwoBelow(to - from);
    if (oldSize <= split) {
      proof.push({ from: split, to });
      to = split;
    } else {
      proof.push({ from, to: split });
      from = split;
    }
  }
  // The old tree itself is left out when it is one perfect subtree: the verifier has its root.
  if (from > 0) proof.push({ from, to });
  return readRoots(read, proof.reverse());
}

/**
 * Root of the first `size` leaves, from stored hashes.
 *
 * @throws MissingNodes when the store does not hold what it should
 */
export async function readRoot(read: ReadNodes, size: number): Promise<Buffer> {
  if (size === 0) return Buffer.from(EMPTY_ROOT);
  const [root] = await readRoots(read, [{ from: 0, to: size }]);
  return root!;
}

async function readRoots(read: ReadNodes, ranges: readonly LeafRange[]): Promise<Buffer[]> {
  const runsOfRange = ranges.map(perfectSubtrees);
  const runs = runsOfRange.flat();
  const hashes = await read(runs);
  const roots = runs.map((run, i) => {
    const bytes = hashes[i];
    if (bytes?.length !== run.count * HASH_BYTES)
      throw new MissingNodes(
        `level ${run.level} should hold hashes ${run.first} to ${run.first + run.count - 1}, found ${(bytes?.length ?? 0) / HASH_BYTES}`,
      );
    return rootOfPackedHashes(bytes);
  });
  let next = 0;
  return runsOfRange.map((parts) => {
    next += parts.length;
    return foldRight(roots.slice(next - parts.length, next));
  });
}

/**
 * A range as perfect subtrees, the largest first, each as the run of stored hashes under it. A subtree of
 * height h is 2^(h mod 8) hashes of tile level floor(h / 8), all of whose tiles are full.
 */
function perfectSubtrees({ from, to }: LeafRange): NodeRun[] {
  const runs: NodeRun[] = [];
  for (let first = from; first < to;) {
    const leaves = largestPowerOfTwoUpTo(to - first);
    const level = Math.floor(Math.log2(leaves) / TILE_HEIGHT);
    const leavesPerHash = 2 ** (level * TILE_HEIGHT);
    runs.push({ level, first: first / leavesPerHash, count: leaves / leavesPerHash });
    first += leaves;
  }
  return runs;
}

const largestPowerOfTwoBelow = (n: number): number => largestPowerOfTwoUpTo(n - 1);

/** For n >= 1. Counts bits in the text form: Math.log2 rounds up just below large powers of two. */
const largestPowerOfTwoUpTo = (n: number): number => 2 ** (n.toString(2).length - 1);
