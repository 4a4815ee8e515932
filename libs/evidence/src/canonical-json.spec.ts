import { expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { canonicalJson, type CanonicalValue } from './canonical-json.ts';

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
