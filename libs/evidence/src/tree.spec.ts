import { beforeAll, expect, test } from '@jest/globals';
import {
  leafHash,
  merkleRoot,
  nodeHash,
  rootOfLeafHashes,
  rootOfPackedHashes,
  rootOfTexts,
} from './merkle.ts';
import { MissingNodes, type NodeRun, proveConsistency, proveInclusion, readRoot } from './prove.ts';
import {
  appendLeafHashes,
  decodeEdge,
  EMPTY_EDGE,
  encodeEdge,
  rootOfEdge,
  type TreeEdge,
} from './tree-edge.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

/** Entries of the known answers: `{"i":k,"k":"trail.step"}`. */
const entry = (k: number): Buffer => Buffer.from(`{"i":${k},"k":"trail.step"}`);
const MAX = 65_537;

/** The stored hashes of a log, as the database holds them, appended in uneven batches. */
const levels: Buffer[][] = [];
const read = (runs: readonly NodeRun[]): Promise<Buffer[]> =>
  Promise.resolve(
    runs.map(({ level, first, count }) => Buffer.concat((levels[level] ?? []).slice(first, first + count))),
  );
const edges = new Map<number, TreeEdge>([[0, EMPTY_EDGE]]);

beforeAll(() => {
  const leaves = Array.from({ length: MAX }, (_, k) => leafHash(entry(k)));
  levels.push(leaves, [], [], []);
  let edge = EMPTY_EDGE;
  for (let at = 0, batch = 1; at < MAX; at += batch, batch = at < 600 ? 1 : (batch % 300) + 1) {
    const appended = appendLeafHashes(edge, leaves.slice(at, at + batch));
    for (const node of appended.nodes) {
      // In order and each once: a hash in another place would make wrong roots below.
      if (node.index !== levels[node.level]!.length) throw new Error(`node ${node.level}/${node.index}`);
      levels[node.level]!.push(node.hash);
    }
    edge = appended.edge;
    edges.set(edge.size, edge);
  }
});

// The definitions of RFC 6962 2.1, 2.1.1 and 2.1.2, word by word, over leaves from..to; roots are remembered.
const split = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);
const roots = new Map<string, Buffer>();
function naiveRoot(from: number, to: number): Buffer {
  const known = roots.get(`${from} ${to}`);
  if (known !== undefined) return known;
  const k = from + split(to - from);
  const root =
    to - from <= 1
      ? rootOfLeafHashes(levels[0]!.slice(from, to))
      : nodeHash(naiveRoot(from, k), naiveRoot(k, to));
  roots.set(`${from} ${to}`, root);
  return root;
}
function naivePath(m: number, from: number, to: number): Buffer[] {
  if (to - from <= 1) return [];
  const k = from + split(to - from);
  return m < k ? [...naivePath(m, from, k), naiveRoot(k, to)] : [...naivePath(m, k, to), naiveRoot(from, k)];
}
function naiveProof(m: number, from: number, to: number, isOld: boolean): Buffer[] {
  if (m === to) return isOld ? [] : [naiveRoot(from, to)];
  const k = from + split(to - from);
  return m <= k
    ? [...naiveProof(m, from, k, isOld), naiveRoot(k, to)]
    : [...naiveProof(m, k, to, false), naiveRoot(from, k)];
}

// Comparing text: deep equality of 40,000 buffers takes seconds.
const hex = (hashes: readonly Buffer[]): string => hashes.map((hash) => hash.toString('hex')).join(' ');

test('known inclusion proof of leaf 5 of 13', async () => {
  expect((await proveInclusion(read, 5, 13)).map((hash) => hash.toString('base64'))).toEqual([
    'LWTmve+A+zT8BqMEltjVZjW/FwJ7C8qDztMJ08ayPjE=',
    'T93y/u9jcUcnS3VCk8L7SxagZT5K5/gGko36IZKWnac=',
    'XLh0NAWAzaatIMc0L/0Ugf0YYlq5HKRgnAg/HwD8y2E=',
    'tJOmhz+elI7c3+FZRHl1y3lw6Cx/BkVJgFarxJ61Nvc=',
  ]);
});

test('known consistency proof from 7 to 13', async () => {
  expect((await proveConsistency(read, 7, 13)).map((hash) => hash.toString('base64'))).toEqual([
    'cUkgTayvz+QQmcckD2aRDJJkxbOrH/M2AiKBraQlzGc=',
    '/iej6NeF8e3BlJJnSMQIvSBLpEI26JTJCpnKvY1dEz4=',
    'f4j47A2OnoIK26J2WtGgk8zHajcx/AcRKwsgquC4iqA=',
    'XLh0NAWAzaatIMc0L/0Ugf0YYlq5HKRgnAg/HwD8y2E=',
    'tJOmhz+elI7c3+FZRHl1y3lw6Cx/BkVJgFarxJ61Nvc=',
  ]);
});

test('roots of every size from 0 to 600 equal the definition, from the edge and from stored hashes', async () => {
  for (let n = 0; n <= 600; n++) {
    const root = naiveRoot(0, n);
    const edge = edges.get(n)!;
    expect(hex([rootOfEdge(edge), await readRoot(read, n)])).toBe(hex([root, root]));
    expect(decodeEdge(n, encodeEdge(edge))).toEqual(edge);
  }
});

test('proofs at every size from 1 to 600 equal the definition and verify', async () => {
  for (let n = 1; n <= 600; n++) {
    const root = rootOfEdge(edges.get(n)!);
    // Each size: the first, last and middle leaf, one that wanders, and the last of a full tile.
    for (const m of new Set([0, n - 1, n >> 1, (n * 7) % n, Math.min(255, n - 1)])) {
      const path = await proveInclusion(read, m, n);
      expect(hex(path)).toBe(hex(naivePath(m, 0, n)));
      expect(verifyInclusion(levels[0]![m]!, m, n, path, root)).toBe(true);
    }
    for (const m of new Set([0, 1, n, n - 1, n >> 1, (n * 11) % n, Math.min(256, n)])) {
      const proof = await proveConsistency(read, m, n);
      expect(hex(proof)).toBe(hex(m === 0 ? [] : naiveProof(m, 0, n, true)));
      expect(verifyConsistency(m, rootOfEdge(edges.get(m)!), n, root, proof)).toBe(true);
    }
  }
});

test.each([255, 256, 257, 65_535, 65_536, 65_537])('every kind of leaf at size %i', async (n) => {
  const root = rootOfLeafHashes(levels[0]!.slice(0, n));
  expect(await readRoot(read, n)).toEqual(root);
  for (const m of [0, 1, 127, 128, 254, n - 2, n - 1, (n / 3) | 0]) {
    const path = await proveInclusion(read, m, n);
    expect(verifyInclusion(levels[0]![m]!, m, n, path, root)).toBe(true);
    expect(verifyInclusion(levels[0]![m]!, m + 1, n, path, root)).toBe(false);
    const proof = await proveConsistency(read, m, n);
    expect(verifyConsistency(m, await readRoot(read, m), n, root, proof)).toBe(true);
  }
});

test('what is not a tree is refused', async () => {
  await expect(proveInclusion(read, 13, 13)).rejects.toThrow(new RangeError('no leaf 13 in a tree of 13'));
  await expect(proveConsistency(read, 14, 13)).rejects.toThrow(
    new RangeError('a tree of 13 has no earlier size 14'),
  );
  await expect(readRoot(read, MAX + 1)).rejects.toThrow(
    new MissingNodes('level 0 should hold hashes 65536 to 65537, found 1'),
  );
  expect(() => decodeEdge(3, Buffer.alloc(32))).toThrow(
    new RangeError('an edge of size 3 has 2 hashes, not 32 bytes'),
  );
});

test('one changed, missing, added or swapped hash never verifies', async () => {
  const [index, oldSize, size] = [300, 200, 611];
  const root = await readRoot(read, size);
  const oldRoot = await readRoot(read, oldSize);
  const path = await proveInclusion(read, index, size);
  const proof = await proveConsistency(read, oldSize, size);
  for (const wrong of mutations(path))
    expect(verifyInclusion(levels[0]![index]!, index, size, wrong, root)).toBe(false);
  for (const wrong of mutations(proof))
    expect(verifyConsistency(oldSize, oldRoot, size, root, wrong)).toBe(false);
  // Of a leaf's neighbours in other sizes, only those whose path has the same shape and hashes would do: none.
  for (const other of [0, index - 1, index + 1, size, -1, 1.5, Number.NaN])
    expect(verifyInclusion(levels[0]![index]!, other, size, path, root)).toBe(false);
  for (const [from, to] of [
    [oldSize - 1, size],
    [oldSize + 1, size],
    [size, oldSize],
    [0, size],
    [-1, size],
  ] as const)
    expect(verifyConsistency(from, oldRoot, to, root, proof)).toBe(false);
  expect(verifyConsistency(oldSize, root, size, root, proof)).toBe(false);
  expect(verifyConsistency(oldSize, oldRoot, size, oldRoot, proof)).toBe(false);
  expect(verifyConsistency(size, root, size, root, proof)).toBe(false);
});

function* mutations(hashes: readonly Buffer[]): Generator<Buffer[]> {
  for (let i = 0; i < hashes.length; i++) {
    const flipped = Buffer.from(hashes[i]!);
    flipped[i % 32]! ^= 1 << (i % 8);
    yield hashes.with(i, flipped);
    yield hashes.toSpliced(i, 1);
    yield hashes.toSpliced(i, 0, hashes[i]!);
    if (i > 0) yield hashes.with(i, hashes[i - 1]!).with(i - 1, hashes[i]!);
  }
  yield [...hashes, Buffer.alloc(32)];
  yield [];
}

test('the root of every size to 600, and of some larger, is that of the definition, whatever the leaves come as', () => {
  const sizes = [...Array.from({ length: 600 }, (_, n) => n + 1), 1_023, 1_024, 1_025, 65_537];
  for (const n of sizes) {
    const expected = naiveRoot(0, n).toString('hex');
    const packed = Buffer.concat(levels[0]!.slice(0, n));
    const before = Buffer.from(packed);
    const entries = Array.from({ length: n }, (_, k) => entry(k));
    const found = [
      rootOfLeafHashes(levels[0]!.slice(0, n)),
      rootOfPackedHashes(packed),
      ...(n > 1_025 ? [] : [merkleRoot(entries), rootOfTexts(entries.map(String))]),
    ].map((root) => root.toString('hex'));
    expect([n, ...new Set(found)]).toEqual([n, expected]);
    expect(packed.equals(before)).toBe(true);
  }
  expect(rootOfPackedHashes(Buffer.alloc(0)).toString('hex')).toBe(rootOfLeafHashes([]).toString('hex'));
});

test.each([31, 33])('a leaf hash of %i bytes makes no root', (length) => {
  expect(() => rootOfLeafHashes([Buffer.alloc(32), Buffer.alloc(length)])).toThrow(RangeError);
  expect(() => rootOfPackedHashes(Buffer.alloc(32 + length))).toThrow(RangeError);
});
