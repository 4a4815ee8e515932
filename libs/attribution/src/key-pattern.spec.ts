import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { hasRightCheckDigit, type CheckDigit } from './check-digit.ts';
import { KeyPattern } from './key-pattern.ts';

test.each([
  ['CLM-\\d{4,8}', 'see CLM-1234, CLM-123 and CLM-123456789; XCLM-5555 no', ['CLM-1234']],
  ['CLM-\\d{4,8}', 'CLM-4444', ['CLM-4444']],
  ['CLM-\\d{4,8}', 'CLM-4444 CLM-4444 CLM-5555', ['CLM-4444', 'CLM-5555']],
  ['[A-Z]{2}\\d{3}[a-z]?', 'AB123 CD456x EF78 GH901xx', ['AB123', 'CD456x']],
  ['#\\d{3,5}', '(#123) #123456 ##1234', ['#123', '#1234']],
  ['\\d{3}-?\\d{2}', '123-45 67890 1234', ['123-45', '67890']],
  ['T\\d{3}', 'ÜT123 T123ü T124', ['T124']],
  ['[A-F0-9]{6}', '{"id":"00FFAA"}', ['00FFAA']],
])('%s in %s', (pattern, text, expected) => {
  expect(KeyPattern.parse(pattern).find(text, 10)).toEqual(expected);
});

test('at most the limit is found', () => {
  expect(KeyPattern.parse('\\d{3}').find('111 222 333', 2)).toEqual(['111', '222']);
});

test.each([
  ['C-\\d+', '"+" has no meaning here (character 5 of "C-\\\\d+")'],
  ['(C-\\d{4})', '"(" has no meaning here (character 1 of "(C-\\\\d{4})")'],
  ['C-\\d{4,}', 'must be {n} or {m,n}: how often is always bounded (character 5 of "C-\\\\d{4,}")'],
  ['C-\\d{8,4}', 'the greater number comes second and is not 0 (character 5 of "C-\\\\d{8,4}")'],
  ['C-\\w{4}', 'only \\d is known (character 3 of "C-\\\\w{4}")'],
  ['[A-', 'the set is not closed (character 1 of "[A-")'],
  [
    '[A-z]\\d{4}',
    'a range goes from digit to digit or letter to letter of one case (character 2 of "[A-z]\\\\d{4}")',
  ],
  ['[^A]\\d{4}', '"^" has no meaning in a set (character 2 of "[^A]\\\\d{4}")'],
  ['\\d{2}', 'a key of this pattern could have under 3 characters'],
  ['\\d{20}\\d{20}', 'a key of this pattern could have over 30 characters'],
  ['[A-Z]{4}', 'no place of the pattern must hold a digit: it would find words'],
  ['é\\d{4}', 'a key has printable ASCII characters only (character 1 of "é\\\\d{4}")'],
])('%s is refused', (pattern, message) => {
  expect(() => KeyPattern.parse(pattern)).toThrow(new SyntaxError(message));
});

test('finds what a regular expression finds', () => {
  const atom = fc.constantFrom('A', '-', '\\d', '[A-B]', '[0-1]', '[AB0-9]');
  const times = fc.constantFrom('', '', '?', '{2}', '{1,3}', '{0,2}');
  const pattern = fc
    .array(fc.tuple(atom, times), { minLength: 1, maxLength: 5 })
    .map((parts) => `\\d${parts.map((part) => part.join('')).join('')}\\d\\d`);
  const text = fc
    .array(fc.constantFrom('A', 'B', '0', '1', '-', ' '), { maxLength: 40 })
    .map((s) => s.join(''));
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      const longest = longestMatches(p, t);
      expect(KeyPattern.parse(p).find(t, 1000)).toEqual(longest);
    }),
    { numRuns: 400 },
  );
});

/** Every start from left to right, and the longest end there. */
function longestMatches(pattern: string, text: string): string[] {
  const whole = new RegExp(`^${pattern}$`);
  const isWord = (sign: string | undefined): boolean => sign !== undefined && /\w/.test(sign);
  const found = new Set<string>();
  for (let start = 0; start < text.length; start++) {
    if (isWord(text[start - 1])) continue;
    for (let end = text.length; end > start; end--) {
      if (isWord(text[end]) || !whole.test(text.slice(start, end))) continue;
      found.add(text.slice(start, end));
      start = end - 1;
      break;
    }
  }
  return [...found];
}

test('a text made to be slow takes time in proportion to its length', () => {
  const pattern = KeyPattern.parse('\\d{0,9}\\d{0,9}\\d{0,9}-\\d\\d');
  const steps = (length: number): number => {
    const text = '1'
      .repeat(25)
      .concat(' ')
      .repeat(length / 26);
    const before = process.hrtime.bigint();
    expect(pattern.find(text, 10)).toEqual([]);
    return Number(process.hrtime.bigint() - before);
  };
  steps(26_000);
  // 16 times the text may take 16 times as long; a backtracking engine needs over 10^4 steps for each of these starts.
  expect(steps(1_664_000)).toBeLessThan(3e9);
});

test.each<[string, CheckDigit, boolean]>([
  ['79927398713', 'luhn', true],
  ['79927398714', 'luhn', false],
  ['CLM-7992-7398-713', 'luhn', true],
  ['7', 'luhn', false],
  ['0000-0002-1825-0097', 'mod11_2', true],
  ['0000-0002-1825-0098', 'mod11_2', false],
  ['0794-0', 'mod11_2', true],
  ['0000-0002-1694-233X', 'mod11_2', true],
  ['79444', 'mod97_10', true],
  ['79445', 'mod97_10', false],
  ['XS-794-44', 'mod97_10', false],
])('%s by %s: %s', (key, method, expected) => {
  expect(hasRightCheckDigit(key, method)).toBe(expected);
});
