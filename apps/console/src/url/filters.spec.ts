import { expect, test } from '@jest/globals';
import { addressOf } from '../api/address.ts';
import { filterSearch, readFilters, reportQuery, withFilters } from './filters.ts';

const filters = (text: string) => readFilters(new URLSearchParams(text));

test.each([
  ['', {}],
  [
    'from=2026-10-01&to=2026-11-01&view=cohort&outcome_type=ticket.resolved',
    { from: '2026-10-01', to: '2026-11-01', view: 'cohort', outcome_type: 'ticket.resolved' },
  ],
  ['from=yesterday&view=all&currency=euro&size=0&basis=none&as_of=1', {}],
  [
    'currency=EUR&size=1042&as_of=2026-11-01T10:00:00Z',
    { currency: 'EUR', size: '1042', as_of: '2026-11-01T10:00:00Z' },
  ],
  ['workflow=Insurance%20claims&tab=x', { workflow: 'Insurance claims' }],
])('%s is read as %j', (text, read) => {
  expect(filters(text)).toEqual(read);
});

test('what an address says is what a link to it says', () => {
  const text = '?from=2026-10-01&view=period&currency=EUR';
  expect(filterSearch(filters(text))).toBe(text);
});

test('a filter is set, changed and taken away, and what belongs to the page stays', () => {
  const search = new URLSearchParams('from=2026-10-01&bucket=day');
  expect(withFilters(search, { to: '2026-11-01' }).toString()).toBe(
    'from=2026-10-01&bucket=day&to=2026-11-01',
  );
  expect(withFilters(search, { from: null }).toString()).toBe('bucket=day');
  expect(search.toString()).toBe('from=2026-10-01&bucket=day');
});

test('a report is asked without the workflow, which is a group', () => {
  expect(reportQuery(filters('workflow=a&from=2026-10-01'))).toEqual({ from: '2026-10-01' });
});

test.each([
  [
    '/v1/work-items/{kind}/{key}',
    { kind: 'ticket', key: 'A/7 ü' },
    {},
    '/v1/work-items/ticket/A%2F7%20%C3%BC',
  ],
  [
    '/v1/outcomes',
    {},
    { limit: 5, kind: '', cursor: null, q: undefined, all: false },
    '/v1/outcomes?limit=5&all=false',
  ],
])('%s becomes an address', (path, values, query, address) => {
  expect(addressOf(path, values, query)).toBe(address);
});

test('a path that lacks a value is an error of ours', () => {
  expect(() => addressOf('/v1/keys/{keyId}')).toThrow('/v1/keys/{keyId} needs keyId');
});
