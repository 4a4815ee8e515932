// Goal: what a browser runs in place of node:crypto says the same as node:crypto.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as node from 'node:crypto';
import { createHash, createPublicKey, hash, verify } from './node-crypto.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

test('hashes are those of Node.js, whole and in parts', () => {
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const whole = Buffer.concat([first, second]);
      expect(createHash('sha256').update(first).update(second).digest()).toEqual(
        node.createHash('sha256').update(whole).digest(),
      );
      expect(hash('sha256', whole, 'hex')).toBe(node.hash('sha256', whole, 'hex'));
      expect(hash('sha256', whole, 'buffer')).toEqual(node.hash('sha256', whole, 'buffer'));
    }),
  );
});

test('signatures hold where they do for Node.js, and a changed message, key or signature never', () => {
  fc.assert(
    fc.property(bytes, fc.nat(63), fc.integer({ min: 1, max: 255 }), (message, place, change) => {
      const pair = node.generateKeyPairSync('ed25519');
      const key = createPublicKey({
        key: pair.publicKey.export({ format: 'der', type: 'spki' }),
        type: 'spki',
      });
      const signature = node.sign(null, message, pair.privateKey);
      const bent = Uint8Array.from(signature, (byte, at) => (at === place ? byte ^ change : byte));
      const other = createPublicKey({
        key: node.generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }),
        type: 'spki',
      });
      expect([
        verify(null, message, key, signature),
        verify(null, Buffer.concat([message, Buffer.of(0)]), key, signature),
        verify(null, message, other, signature),
        verify(null, message, key, bent),
        verify(null, message, key, signature.subarray(1)),
      ]).toEqual([true, false, false, false, false]);
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['another hash', () => createHash('md5'), 'a browser only knows sha256 here, not md5'],
  [
    'what is no point',
    () => createPublicKey({ key: new Uint8Array(32).fill(255), type: 'spki' }),
    'expected valid point.y',
  ],
])('refuses %s', (_, attempt, says) => {
  expect(attempt).toThrow(says);
});
