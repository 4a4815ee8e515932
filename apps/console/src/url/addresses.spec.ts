// Goal: any figure, trace or leaf has an address, whatever characters its name has.
import { expect, test } from '@jest/globals';
import { addressesOf, readWorkItemName } from './addresses.ts';

const to = addressesOf('acme');

test.each([
  [to.workItem({ kind: 'claim', key: 'C/1 ?' }, { n: 5 }), '/acme/work-items/claim/C%2F1%20%3F?n=5'],
  [to.diff('ticket:1', 'ticket:2'), '/acme/diff?a=ticket%3A1&b=ticket%3A2'],
  [
    to.figure({ filters: { from: '2026-10-01' }, groupBy: ['workflow'], cell: ['Claims'] }),
    '/acme/explain?from=2026-10-01&group_by=workflow&cell=%5B%22Claims%22%5D',
  ],
  [to.figure({ filters: {}, groupBy: [], cell: null }), '/acme/explain'],
  [to.transactions({ trace: 'ab', code: null }), '/acme/transactions?trace=ab'],
  [to.leaf(7), '/acme/evidence?leaf=7'],
  [to.settings('prices', { model: 'm' }), '/acme/settings/prices?model=m'],
])('%s', (address, expected) => {
  expect(address).toBe(expected);
});

test.each([
  ['ticket:8123', { kind: 'ticket', key: '8123' }],
  [' claim:a:b ', { kind: 'claim', key: 'a:b' }],
  ['Ticket:1', null],
  ['ticket:', null],
  ['8123', null],
])('%p names %p', (text, item) => {
  expect(readWorkItemName(text)).toEqual(item);
});
