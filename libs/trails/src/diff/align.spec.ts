// Goal: two sequences are aligned by a longest common subsequence, every place once and in order, the same every time.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { align } from './align.ts';

/** By the definition: try everything. */
function longest(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const [x, ...restA] = a;
  const [y, ...restB] = b;
  return x === y ? 1 + longest(restA, restB) : Math.max(longest(restA, b), longest(a, restB));
}

test('it is a longest one, and nothing is lost or moved', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 9 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const rows = align(a, b, () => false);
      expect(rows.flatMap((row) => row.a ?? [])).toEqual(a.map((_, n) => n));
      expect(rows.flatMap((row) => row.b ?? [])).toEqual(b.map((_, n) => n));
      const pairs = rows.filter((row) => row.a !== null && row.b !== null);
      expect(pairs.every((row) => a[row.a!] === b[row.b!])).toBe(true);
      expect(pairs).toHaveLength(longest(a, b));
    }),
  );
});

test('as many pairs of what matters as there can be come first', () => {
  const words = fc.array(fc.constantFrom('m', 'A', 'B'), { maxLength: 9 });
  const isDeed = (word: string): boolean => word !== 'm';
  fc.assert(
    fc.property(words, words, (a, b) => {
      const pairs = align(a, b, isDeed).filter((row) => row.a !== null && row.b !== null);
      expect(pairs.filter((row) => isDeed(a[row.a!]!))).toHaveLength(
        longest(a.filter(isDeed), b.filter(isDeed)),
      );
    }),
  );
});

test.each([
  ['abc', 'abc', '= = ='],
  ['abc', 'axc', '= - + ='],
  ['urss', 'urrss', '= = + = ='],
  ['', 'ab', '+ +'],
  ['mmUmm', 'mUmmmm', '= - = + + = ='],
  ['ab', '', '- -'],
])('%s and %s: %s', (a, b, expected) => {
  const marks = align(a.split(''), b.split(''), (item) => item === item.toUpperCase()).map((row) =>
    row.b === null ? '-' : row.a === null ? '+' : '=',
  );
  expect(marks.join(' ')).toBe(expected);
});

test('trails that are too long to be compared are refused', () => {
  const long = (word: string): string[] => Array.from({ length: 5000 }, (_, n) => `${word}${n}`);
  expect(() => align(long('a'), long('b'), () => true)).toThrow(
    new RangeError('the trails are too long to be compared'),
  );
});
