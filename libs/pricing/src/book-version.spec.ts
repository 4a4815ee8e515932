import { expect, test } from '@jest/globals';
import { issueRows, planVersion, type RevisionMode } from './book-version.ts';
import { plainRow, type DraftRow } from './import/imported-prices.ts';
import { effectiveRows } from './effective-rows.ts';
import { priceRowSchema, type PriceRow } from './price-row.ts';

const name = { tenantId: '0', book: 'shipped' };
const july = '2026-07-01T00:00:00Z';
const october = '2026-10-01T00:00:00Z';
const november = '2026-11-01T00:00:00Z';
const prospective = (from: string): RevisionMode => ({ kind: 'prospective', from });
const retrospective: RevisionMode = { kind: 'retrospective' };

const draft = (model: string, pico: string, more: Partial<DraftRow> = {}): DraftRow => ({
  ...plainRow('openai', model, { in_uncached: pico }),
  ...more,
});
/** `model from..to price version` of the rows that count. */
const said = (rows: readonly PriceRow[]) =>
  effectiveRows(rows)
    .map(
      (row) =>
        `${row.model} ${row.validFrom?.slice(0, 10) ?? ''}..${row.validTo?.slice(0, 10) ?? ''} ${row.prices.in_uncached} v${row.version}`,
    )
    .sort();

/** All rows of a book after taking the lists one after the other. */
function take(...lists: readonly (readonly [readonly DraftRow[], RevisionMode])[]): PriceRow[] {
  return lists.reduce<PriceRow[]>((standing, [drafts, mode]) => {
    const plan = planVersion(standing, drafts, name, mode);
    return plan === null ? standing : [...standing, ...plan.rows];
  }, []);
}

test('rows are valid, with ids that follow from what they are', () => {
  const [row, again] = [issueRows([draft('m', '3')], name, 1)[0]!, issueRows([draft('m', '4')], name, 1)[0]!];
  expect(priceRowSchema.parse(row)).toEqual(row);
  expect(row.priceId).toBe('0a390e46-52f8-5d0b-9cd4-0359cb9108c4');
  expect(again.priceId).toBe(row.priceId);
  const others = [
    issueRows([draft('m', '3')], name, 2),
    issueRows([draft('m', '3')], { ...name, tenantId: '1' }, 1),
    issueRows([draft('m', '3', { validFrom: july })], name, 1),
    issueRows([draft('m', '3', { serviceTier: 'batch' })], name, 1),
    issueRows([draft('m', '3', { dailyWindow: { from: '00:00:00', to: '01:00:00' } })], name, 1),
  ].map(([other]) => other!.priceId);
  expect(new Set([row.priceId, ...others]).size).toBe(6);
});

test('the same list again is no new version', () => {
  const list = [draft('a', '1'), draft('b', '2', { validFrom: july })];
  expect(planVersion(take([list, prospective(october)]), list, name, prospective(november))).toBeNull();
  expect(planVersion(take([list, retrospective]), [...list].reverse(), name, retrospective)).toBeNull();
});

test('only what changed is in the next version', () => {
  const rows = take(
    [[draft('a', '1'), draft('b', '2')], prospective(october)],
    [[draft('a', '1'), draft('b', '2'), draft('c', '3')], prospective(november)],
  );
  expect(said(rows)).toEqual(['a .. 1 v1', 'b .. 2 v1', 'c .. 3 v2']);
});

test.each<[string, DraftRow[], string[]]>([
  ['a price without a date', [draft('a', '5')], ['a .. 1 v1', 'a 2026-11-01.. 5 v2']],
  [
    'a price with a date',
    [draft('a', '1', { validTo: july }), draft('a', '5', { validFrom: july })],
    ['a ..2026-07-01 1 v2', 'a 2026-07-01.. 5 v2'],
  ],
  ['more names', [draft('a', '1', { match: { starts_with: 'a' } })], ['a .. 1 v2']],
  ['a model that is gone', [], ['a ..2026-11-01 1 v2']],
])('prospective: %s', (_, list, expected) => {
  expect(said(take([[draft('a', '1')], prospective(october)], [list, prospective(november)]))).toEqual(
    expected,
  );
});

test('a price that changes again is dated again, and one that stays is not', () => {
  const steps: [DraftRow[], RevisionMode][] = [
    [[draft('a', '1')], prospective(july)],
    [[draft('a', '2')], prospective(october)],
    [[draft('a', '2')], prospective(november)],
    [[draft('a', '3')], prospective(november)],
  ];
  expect(said(take(...steps))).toEqual(['a .. 1 v1', 'a 2026-10-01.. 2 v2', 'a 2026-11-01.. 3 v3']);
});

test('a price that has not begun is replaced', () => {
  const rows = take(
    [[draft('a', '1', { validFrom: november })], prospective(july)],
    [[draft('a', '2', { validFrom: november })], prospective(october)],
  );
  expect(said(rows)).toEqual(['a 2026-11-01.. 2 v2']);
});

test('retrospective: what the list says is what was always so', () => {
  const rows = take([[draft('a', '1'), draft('b', '2')], retrospective], [[draft('a', '5')], retrospective]);
  expect(said(rows)).toEqual(['a .. 5 v2']);
});
