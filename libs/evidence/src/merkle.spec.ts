import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { leafHash, merkleRoot, nodeHash } from './merkle.ts';

const entries = (count: number) =>
  Array.from({ length: count }, (_, k) => Buffer.from(`{"i":${k},"k":"trail.step"}`));

// Known answers of ledger.md 2.2.
test.each([
  [0, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
  [1, 'rHk+NJmhbmnZGs3AXa7RyPqHjnui9oPieF3yjYuEDNo='],
  [2, 'qiOp5u6wHvcYZX7IEtYpviWsVV+5o0oIOgzzMATlbJw='],
  [3, 'ECko1vA7yeibFIh5oCMCjnqBFiQECNn7EpuDPORy0sI='],
  [7, 'N/eoGyXmrJs1pFrnmo6Tpwh9WVvI4DebWxJESnaFfVU='],
  [8, '8LB4skff1GjIVUHzMuoCmt1wqGtvxK9IlXI/Jt70Dpo='],
  [13, 'Z4zpOfGq3K763pOUCN7XjojY3GojXEdwFAgqJFePjXg='],
])('root of %i entries', (count, root) => {
  expect(merkleRoot(entries(count)).toString('base64')).toBe(root);
});

function naive(list: readonly Buffer[]): Buffer {
  if (list.length === 0) return createHash('sha256').digest();
  if (list.length === 1) return leafHash(list[0]!);
  let k = 1;
  while (k * 2 < list.length) k *= 2;
  return nodeHash(naive(list.slice(0, k)), naive(list.slice(k)));
}
test('every size from 0 to 600 equals the recursive definition', () => {
  const all = entries(600);
  for (let n = 0; n <= 600; n++) expect(merkleRoot(all.slice(0, n))).toEqual(naive(all.slice(0, n)));
});
