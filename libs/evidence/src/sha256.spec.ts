import { createHash, createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { hmacSha256, sha256OfTextInto, sha256OfTwo, sha256OfTwoAsBase64 } from './sha256.ts';

// RFC 4231, cases 1 to 3 (those with keys of at most a block and data that is text or can be written as such).
test.each([
  ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    '4a656665',
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
])('HMAC of RFC 4231: %#', (key, text, expected) =>
  expect(hmacSha256(Buffer.from(key, 'hex'), text).toString('hex')).toBe(expected),
);
test('equals the HMAC of the platform for any key of a block and any text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'grapheme' }), (key, text) => {
      const expected = createHmac('sha256', key).update(text).digest();
      expect(hmacSha256(key, text).equals(expected)).toBe(true);
    }),
  );
});
test('refuses what it would have to cut', () => {
  expect(() => hmacSha256(Buffer.alloc(65), '')).toThrow(RangeError);
  expect(() => hmacSha256(Buffer.alloc(32), 'x'.repeat(61 * 1024))).toThrow(RangeError);
});
test.each([
  [0, 0],
  [32, 1000],
  [1, 65_535],
  [1, 65_536],
  [32, 1_000_000],
])('two pieces of %p and %p bytes are hashed as one', (first, second) => {
  const [a, b] = [Buffer.alloc(first, 1), Buffer.alloc(second, 2)];
  const expected = createHash('sha256').update(a).update(b).digest();
  expect(sha256OfTwo(a, b).equals(expected)).toBe(true);
  expect(sha256OfTwoAsBase64(a, b)).toBe(expected.toString('base64'));
});
test.each(['', 'Grüße 🧾', 'x'.repeat(30_000), 'é'.repeat(40_000)])(
  'a text is hashed as UTF-8: %#',
  (text) => {
    const first = Buffer.from([0]);
    const expected = createHash('sha256').update(first).update(text, 'utf8').digest();
    const target = Buffer.alloc(40, 7);
    sha256OfTextInto(target, 4, first, text);
    expect(target).toEqual(Buffer.concat([Buffer.alloc(4, 7), expected, Buffer.alloc(4, 7)]));
  },
);
