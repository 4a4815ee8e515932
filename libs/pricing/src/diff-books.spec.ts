import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { priceRow } from '../../../test/support/price-rows.ts';
import { diffBooks } from './diff-books.ts';
import type { PriceRow, PriceTable } from './price-row.ts';

const JULY = '2026-07-01T00:00:00Z';
const row = (model: string, prices: PriceTable, more: Parameters<typeof priceRow>[3] = {}, version = 1) =>
  priceRow('openai', model, prices, more, { version });
const above = (prices: PriceTable) => ({ contextTiers: [{ aboveTokens: '200', prices }] });

/** `kind effect: class[>tier] before->after effect, ...; fields`. */
const told = (before: readonly PriceRow[], after: readonly PriceRow[]) =>
  diffBooks(before, after).map(({ kind, effect, prices, fields, ...sides }) => {
    const moved = prices.map(
      (each) =>
        `${each.priceClass}${each.aboveTokens === null ? '' : `>${each.aboveTokens}`} ${each.before}->${each.after} ${each.effect}`,
    );
    const model = (sides.after ?? sides.before)!.model;
    return `${model} ${kind} ${effect}: ${[...moved, ...fields].join(', ')}`;
  });

test.each<[string, PriceRow[], PriceRow[], string[]]>([
  ['nothing', [row('a', { in_uncached: '1' })], [row('a', { in_uncached: '1' }, {}, 2)], []],
  ['a new row', [], [row('a', { in_uncached: '1' })], ['a added now_priced: in_uncached null->1 now_priced']],
  [
    'a row that is gone',
    [row('a', { in_uncached: '1' })],
    [],
    ['a removed now_unpriced: in_uncached 1->null now_unpriced'],
  ],
  [
    'a withdrawn row',
    [row('a', { in_uncached: '1' })],
    [row('a', { in_uncached: '1' }), row('a', { in_uncached: '1' }, { isWithdrawn: true }, 2)],
    ['a removed now_unpriced: in_uncached 1->null now_unpriced'],
  ],
  [
    'a dearer and a cheaper class',
    [row('a', { in_uncached: '1', out_text: '9' })],
    [row('a', { in_uncached: '2', out_text: '8' })],
    ['a changed mixed: in_uncached 1->2 dearer, out_text 9->8 cheaper'],
  ],
  [
    'a class that was charged as another one and has a price of its own now',
    [row('a', { in_uncached: '4', out_text: '9' })],
    [row('a', { in_uncached: '4', out_text: '9', cache_read: '1', reasoning: '9' })],
    ['a changed cheaper: cache_read null->1 cheaper, reasoning null->9 same'],
  ],
  [
    'a context tier that is gone',
    [row('a', { in_uncached: '3' }, above({ in_uncached: '6' }))],
    [row('a', { in_uncached: '3' })],
    ['a changed cheaper: in_uncached>200 6->null cheaper'],
  ],
  [
    'a price that cannot be stored any more',
    [row('a', { in_uncached: '3', cache_read: '1' })],
    [row('a', { in_uncached: '3', cache_read: null })],
    ['a changed now_unpriced: cache_read 1->null now_unpriced'],
  ],
  [
    'another currency, which cannot be compared',
    [row('a', { in_uncached: '3' })],
    [row('a', { in_uncached: '4' }, { asset: 'EUR/12' })],
    ['a changed other_currency: in_uncached 3->4 other_currency, asset'],
  ],
  [
    'members in another order',
    [row('a', { in_uncached: '3' }, { inputs: { a: '1', b: '2' } })],
    [row('a', { in_uncached: '3' }, { inputs: { b: '2', a: '1' } })],
    [],
  ],
  [
    'a date',
    [row('a', { in_uncached: '3' })],
    [row('a', { in_uncached: '3' }, { validTo: JULY })],
    ['a changed same: validTo'],
  ],
  [
    'a later price beside the old one',
    [row('a', { in_uncached: '3' })],
    [row('a', { in_uncached: '3' }), row('a', { in_uncached: '4' }, { validFrom: JULY })],
    ['a added now_priced: in_uncached null->4 now_priced'],
  ],
  [
    'what an alias means',
    [row('a', {}, { aliasOf: { provider: null, model: 'x' } })],
    [row('a', {}, { aliasOf: { provider: null, model: 'y' } })],
    ['a changed same: aliasOf'],
  ],
])('the difference of two books: %s', (_, before, after, expected) =>
  expect(told(before, after)).toEqual(expected),
);

const arbitraryRows = fc
  .uniqueArray(
    fc.record({
      model: fc.constantFrom('a', 'b', 'c', 'd'),
      price: fc.constantFrom('1', '2', null),
      output: fc.constantFrom('1', '2'),
    }),
    { selector: ({ model }) => model },
  )
  .map((list) =>
    list.map(({ model, price, output }) => row(model, { in_uncached: price, out_text: output })),
  );

test('read the other way round every difference is its opposite, and a book does not differ from itself', () => {
  const opposite = {
    added: 'removed',
    removed: 'added',
    changed: 'changed',
    dearer: 'cheaper',
    cheaper: 'dearer',
    now_priced: 'now_unpriced',
    now_unpriced: 'now_priced',
    same: 'same',
    mixed: 'mixed',
    other_currency: 'other_currency',
  } as const;
  fc.assert(
    fc.property(arbitraryRows, arbitraryRows, (left, right) => {
      expect(diffBooks(left, left)).toEqual([]);
      expect(diffBooks(left, right)).toEqual(
        diffBooks(right, left).map(({ kind, before, after, prices, effect, fields }) => ({
          kind: opposite[kind],
          before: after,
          after: before,
          prices: prices.map((each) => ({
            ...each,
            before: each.after,
            after: each.before,
            effect: opposite[each.effect],
          })),
          effect: opposite[effect],
          fields,
        })),
      );
    }),
  );
});
