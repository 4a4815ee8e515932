import { expect, test } from '@jest/globals';
import type { FigureKind } from '../../url/figure-kinds.ts';
import { workOut } from './work-out.ts';

const item = (phase: string, costUsd: string, directCostUsd: string) => ({
  kind: 'ticket',
  key: `${phase}-${costUsd}`,
  phase,
  attempts: 1,
  calls: 1,
  unpricedCalls: 0,
  callsWithoutUsage: 0,
  costUsd,
  directCostUsd,
  href: '',
});
const ITEMS = [item('achieved', '0.3', '0.1'), item('achieved', '0.2', '0.2'), item('failed', '0.05', '0')];
const ROW = { costUsd: '0.55', costLinesUsd: '7', usedOverheadUsd: '0.000000000001', outcomes: 2 };

test.each<[FigureKind, string | null, number | null]>([
  ['cost', '0.55', null],
  ['cost_per_outcome', '0.275', 2],
  ['direct', '0.3', null],
  ['failed_attempts', '0.2', null],
  ['no_outcome', '0.05', null],
  ['bought_nothing', '0.25', null],
  ['outcomes', '2', null],
  ['work_items', '3', null],
  ['mean', '0.183333333333', 3],
  ['dearest_tenth', '0.3', null],
  ['loaded', '7.550000000001', null],
  ['loaded_per_outcome', '3.775', 2],
])('%s of three items is %s', (kind, value, by) => {
  const worked = workOut(kind, { outcomes: 2 }, ITEMS, ROW);
  expect([worked.value, worked.by?.count ?? null]).toEqual([value, by]);
});

test('what needs the row of the report is unknown until it is there, and nothing is divided by no outcome', () => {
  expect(workOut('loaded', { outcomes: 2 }, ITEMS, undefined).value).toBeNull();
  expect(workOut('cost_per_outcome', { outcomes: 0 }, [], undefined).value).toBeNull();
});
