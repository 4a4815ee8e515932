import { expect, test } from '@jest/globals';
import { formatCheckpoint } from './checkpoint.ts';
import { InvalidEvidence } from './errors.ts';
import { leafHash, rootOfLeafHashes } from './merkle.ts';
import { makeSigner } from './note-key.ts';
import { signNote } from './note.ts';
import { proveInclusion } from './prove.ts';
import { formatLogPolicy, parsePolicy } from './tlog-policy.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.ts';

const log = makeSigner('ledger.example/t/acme', Buffer.alloc(32, 1));
const policy = parsePolicy(formatLogPolicy([log.vkey]));
const entries = Array.from({ length: 13 }, (_, k) => Buffer.from(`{"i":${k},"k":"trail.step"}`));
const leaves = entries.map(leafHash);
const checkpoint = { origin: log.name, size: 13, root: rootOfLeafHashes(leaves) };
const note = signNote(formatCheckpoint(checkpoint), [log]);
const hashes = await proveInclusion(
  (runs) => Promise.resolve(runs.map((run) => Buffer.concat(leaves.slice(run.first, run.first + run.count)))),
  5,
  13,
);

test('a proof is text that verifies offline', () => {
  const proof = { index: 5, hashes, checkpoint: note, extra: null };
  const text = formatTlogProof(proof);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'c2sp.org/tlog-proof@v1',
    'index 5',
    'LWTmve+A+zT8BqMEltjVZjW/FwJ7C8qDztMJ08ayPjE=',
  ]);
  expect(parseTlogProof(text)).toEqual(proof);
  expect(verifyTlogProof(text, entries[5]!, policy)).toEqual({ index: 5, checkpoint });
});

test('extra data is carried', () => {
  const proof = { index: 5, hashes, checkpoint: note, extra: Buffer.from('salt') };
  expect(formatTlogProof(proof).split('\n')[1]).toBe('extra c2FsdA==');
  expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
});

test('every changed or missing character, and every other entry, is refused', () => {
  const text = formatTlogProof({ index: 5, hashes, checkpoint: note, extra: null });
  for (let i = 0; i < text.length; i++) {
    const other = text[i] === '7' ? 'w' : '7';
    expect(() => verifyTlogProof(text.slice(0, i) + other + text.slice(i + 1), entries[5]!, policy)).toThrow(
      InvalidEvidence,
    );
    expect(() => verifyTlogProof(text.slice(0, i) + text.slice(i + 1), entries[5]!, policy)).toThrow(
      InvalidEvidence,
    );
  }
  for (const [k, entry] of entries.entries())
    if (k !== 5)
      expect(() => verifyTlogProof(text, entry, policy)).toThrow(
        new InvalidEvidence('the entry is not leaf 5 of ledger.example/t/acme'),
      );
});
