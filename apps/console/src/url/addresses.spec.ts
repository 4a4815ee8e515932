// Goal: any figure, trace or leaf has an address, whatever characters its name has.
import { expect, test } from '@jest/globals';
import { addressesOf, readWorkItemName } from './addresses.ts';

const to = addressesOf('acme');
const then = addressesOf('acme', { as_of: '2026-10-01' });

test.each([
  [to.workItem({ kind: 'claim', key: 'C/1 ?' }, { n: 5 }), '/acme/work-items/claim/C%2F1%20%3F?n=5'],
  [to.diff('ticket:1', 'ticket:2'), '/acme/diff?a=ticket%3A1&b=ticket%3A2'],
  [
    to.figure({ filters: { from: '2026-10-01' }, groupBy: ['workflow'], cell: ['Claims'] }),
    '/acme/explain?from=2026-10-01&group_by=workflow&cell=%5B%22Claims%22%5D',
  ],
  [to.figure({ filters: {}, groupBy: [], cell: null }), '/acme/explain'],
  [to.itemAt({ kind: 'claim', key: 'C 1' }, null), '/acme/explain/claim/C%201'],
  [to.itemAt({ kind: 'claim', key: 'C 1' }, 40), '/acme/explain/claim/C%201?size=40'],
  [then.itemAt({ kind: 'claim', key: 'C1' }, null), '/acme/explain/claim/C1'],
  [then.workItemCost({ kind: 'claim', key: 'C1' }), '/acme/explain/claim/C1?as_of=2026-10-01'],
  [then.workItem({ kind: 'claim', key: 'C1' }, { n: 5 }), '/acme/work-items/claim/C1?as_of=2026-10-01&n=5'],
  [then.workItem({ kind: 'claim', key: 'C1' }, { size: 40 }), '/acme/work-items/claim/C1?size=40'],
  [then.workItem({ kind: 'claim', key: 'C1' }, { size: null }), '/acme/work-items/claim/C1'],
  [then.diff('claim:1', 'claim:2'), '/acme/diff?as_of=2026-10-01&a=claim%3A1&b=claim%3A2'],
  [
    to.segment(
      { filters: { to: '2026-11-01' }, groupBy: ['workflow'], cell: ['C'] },
      [{ attribute: 'doc', value: 'a b' }],
      'outside',
    ),
    '/acme/explain?to=2026-11-01&group_by=workflow&cell=%5B%22C%22%5D' +
      '&segment=%5B%7B%22attribute%22%3A%22doc%22%2C%22value%22%3A%22a+b%22%7D%5D&side=outside',
  ],
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
