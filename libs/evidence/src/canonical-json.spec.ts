import { expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { canonicalJson, canonicalMembers, writeMembers, type CanonicalValue } from './canonical-json.ts';

test('equals the reference implementation on any JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(value as CanonicalValue)).toBe(canonicalize(value));
    }),
  );
});
test.each([
  [{ b: 9_007_199_254_740_993n, a: undefined, A: null }, '{"A":null,"b":"9007199254740993"}'],
  [[1e21, -0, 0.1], '[1e+21,0,0.1]'],
])('%#', (value, text) => expect(canonicalJson(value as CanonicalValue)).toBe(text));
test.each([Number.NaN, Infinity, '\ud800'])('refuses %p', (value) =>
  expect(() => canonicalJson(value)).toThrow(RangeError),
);
test('an object is written the same from its members, whole or in part', () => {
  const value = { b: [1, { d: 'é', c: undefined }], a: 'x', 10: null, 9: 2n };
  const members = canonicalMembers(value);
  expect(writeMembers(members)).toBe(canonicalJson(value));
  expect(writeMembers(members.filter(([name]) => name !== 'a'))).toBe(
    canonicalJson({ ...value, a: undefined }),
  );
});
