import { expect, test } from '@jest/globals';
import type { Entry } from './describe-entry.ts';
import { nextFlagged, wasteMarks, wasteOf } from './waste-of.ts';

const step = (n: number, spanId: string): Entry => {
  const entry: Partial<Record<keyof Entry, unknown>> = { n, step: { traceId: 't', spanId } };
  return JSON.parse(JSON.stringify(entry));
};
const ENTRIES = [step(1, 'a'), step(2, 'b'), step(3, 'c'), step(4, 'd')];
const run = (wasteCostUsd: string | null) => ({
  attemptId: 'x',
  traceId: 't',
  placement: 'outcome',
  isFailed: false,
  isJudged: wasteCostUsd !== null,
  costUsd: '1',
  essentialCostUsd: '0.4',
  wasteCostUsd,
  unprovenCostUsd: '0.3',
  withContentUsd: '0',
  billedInputTokens: '1',
  uniqueInputTokens: '1',
  cacheReadTokens: '0',
  essentialSpans: ['d'],
  rules: 'waste@1',
});
const flag = (rule: string, spanId: string, state: 'proven' | 'suspected', costUsd: string) => ({
  traceId: 't',
  spanId,
  attemptId: 'x',
  rule,
  name: 'identical_tool',
  state,
  reason: 'identical_consecutive',
  because: ['a'],
  costOf: ['b', spanId],
  foundUsd: costUsd,
  costUsd,
});
const judged = {
  kind: 'ticket',
  key: '1',
  runs: [run('0.3'), run('0.05')],
  flags: [flag('W3', 'c', 'proven', '0.35'), flag('W5', 'zz', 'suspected', '0')],
};

test('flags stand at the entries they name; what is wasted is the sum of the runs', () => {
  const { flags, steps, wastedUsd } = wasteOf(judged, ENTRIES);
  expect(wastedUsd).toBe('0.35');
  expect(flags.map(({ at, because, costOf }) => [at, because, costOf])).toEqual([
    [3, [1], [2, 3]],
    [null, [1], [2]],
  ]);
  expect([1, 2, 3, 4].map((n) => wasteMarks(steps.get(n)).map(({ text }) => text))).toEqual([
    [],
    ['wasted'],
    ['W3'],
    ['bought it'],
  ]);
});

test('of a run that is not judged yet the waste is unknown', () => {
  expect(wasteOf({ ...judged, runs: [run('0.3'), run(null)] }, ENTRIES).wastedUsd).toBeNull();
});

test.each([
  [1, 1, 3],
  [3, 1, null],
  [4, -1, 3],
  [3, -1, null],
] as const)('from entry %s in direction %s the next flagged one is %s', (n, direction, to) => {
  expect(nextFlagged(ENTRIES, wasteOf(judged, ENTRIES).steps, n, direction)).toBe(to);
});
