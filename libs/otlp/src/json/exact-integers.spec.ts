import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { quoteLongIntegers } from './exact-integers.ts';

test.each([
  ['{"a":1544712660300000123}', '{"a":"1544712660300000123"}'],
  ['[-9223372036854775808,1]', '["-9223372036854775808",1]'],
  ['{"a": 1544712660300000123 ,"b":2}', '{"a": "1544712660300000123" ,"b":2}'],
  [
    '{"a":1544712660300000123.5,"b":1544712660300000123e2}',
    '{"a":1544712660300000123.5,"b":1544712660300000123e2}',
  ],
  [
    '{"a\\\\":"x\\" 1544712660300000123","b":1544712660300000123}',
    '{"a\\\\":"x\\" 1544712660300000123","b":"1544712660300000123"}',
  ],
  ['"open 1544712660300000123', '"open 1544712660300000123'],
  ['[1544712660300000123', '["1544712660300000123"'],
  ['1544712660300000123', '"1544712660300000123"'],
  ['[-, 1544712660300000123]', '[-, "1544712660300000123"]'],
  ['{"a":154471266030000}', '{"a":154471266030000}'],
  ['[-100000000000000,1000000000000000]', '[-100000000000000,"1000000000000000"]'],
])('%s', (text, quoted) => expect(quoteLongIntegers(text)).toBe(quoted));

test('only long integers change, and they keep every digit', () => {
  const exact = (value: unknown): unknown =>
    typeof value === 'bigint'
      ? value.toString()
      : Array.isArray(value)
        ? value.map(exact)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exact(member)]))
          : value;
  const leaf = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e14, max: 1e14 }),
    fc.bigInt(10n ** 15n, 10n ** 25n),
    fc.constant(null),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('tree')),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('tree'),
      ),
    ),
  }));
  const write = (value: unknown): string =>
    typeof value === 'bigint'
      ? value.toString()
      : Array.isArray(value)
        ? `[${value.map(write).join(' , ')}]`
        : typeof value === 'object' && value !== null
          ? `{${Object.entries(value)
              .map(([key, member]) => `${JSON.stringify(key)} :${write(member)}`)
              .join(',')}}`
          : JSON.stringify(value);
  fc.assert(
    fc.property(tree, (value) => {
      expect(JSON.parse(quoteLongIntegers(write(value)))).toEqual(JSON.parse(JSON.stringify(exact(value))));
    }),
  );
});
