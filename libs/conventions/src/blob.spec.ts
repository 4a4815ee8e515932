import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { at, parseBlob, toBlob, toBlobMap } from './blob.ts';

/** The value as plain JavaScript, whatever its prototype. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? 'null',
  );

describe('texts of values', () => {
  test.each([
    ['{"a": [1, 2.5, true, null, "x"]}', { a: ['1n', 2.5, true, null, 'x'] }],
    ["{'cache_read': 38000, 'cache_creation': None}", { cache_read: '38000n', cache_creation: null }],
    ["{'a': True, 'b': (1, 'x',), }", { a: true, b: ['1n', 'x'] }],
    [
      'Usage(prompt_tokens=1350, details=Details(cached_tokens=1000), none=None)',
      { prompt_tokens: '1350n', details: { cached_tokens: '1000n' }, none: null },
    ],
    [String.raw`"a\"\né\\"`, 'a"\né\\'],
    [String.raw`'it\'s \x41 \U0001F600'`, 'it’s A 😀'.replace('’', "'")],
    ['9007199254740993', '9007199254740993n'],
    ['  [ ]  ', []],
  ])('%s', (text, expected) => {
    expect(plain(parseBlob(text))).toEqual(expected);
  });

  test.each([
    '',
    '{',
    '{"a":}',
    '[1 2]',
    '{"a": 1} x',
    "'open",
    String.raw`"\u12"`,
    '__import__',
    'open("/etc/passwd")',
    '[1, 2',
    '{[1]: 2}',
    '['.repeat(1000),
    `[${'1,'.repeat(30_000)}1]`,
    `"${'x'.repeat(2 << 20)}"`,
  ])('unreadable or beyond a bound: %.40s', (text) => {
    expect(parseBlob(text)).toBeUndefined();
  });

  test('JSON reads as JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const asNumbers = (value: unknown): unknown =>
          JSON.parse(
            JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)),
          );
        const expected: unknown = JSON.parse(text);
        expect(asNumbers(parseBlob(text))).toEqual(asNumbers(toBlob(expected)));
      }),
    );
  });

  test('no text throws or reaches a prototype', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...`{}[]()'",:=\\ntTrueNone0159-._ `.split('')) }),
        (text) => {
          parseBlob(text);
          expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('a key named __proto__ is a key', () => {
  const map = toBlobMap('{"__proto__": {"polluted": 1}, "constructor": 2}')!;
  expect(Object.getPrototypeOf(map)).toBeNull();
  expect(at(map, '__proto__', 'polluted')).toBe(1n);
  expect(at(map, 'toString')).toBeUndefined();
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
