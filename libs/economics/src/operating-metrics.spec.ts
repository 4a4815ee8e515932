import { expect, test } from '@jest/globals';
import { operatingMetrics, type FinishedItem } from './operating-metrics.ts';

const item = (over: Partial<FinishedItem>): FinishedItem => ({
  isAchieved: true,
  attempts: 1,
  generation: 1,
  cycleMs: 60_000,
  humanMs: 0n,
  ...over,
});

test('what the work of a period was like', () => {
  const items = [
    item({}),
    item({ attempts: 2, cycleMs: 120_000 }),
    item({ generation: 2, humanMs: 600_000n, cycleMs: 900_000 }),
    item({ isAchieved: false, attempts: 0, cycleMs: null }),
  ];
  expect(operatingMetrics(items)).toEqual({
    items: 4,
    outcomes: 3,
    touchlessShare: 0.5,
    firstTimeRightShare: 0.25,
    reopenedShare: 0.25,
    cycleMsP50: 120_000,
    cycleMsP90: 900_000,
    humanMinutesPerItem: 2.5,
  });
});

test('without items nothing is 0', () => {
  expect(operatingMetrics([])).toEqual({
    items: 0,
    outcomes: 0,
    touchlessShare: null,
    firstTimeRightShare: null,
    reopenedShare: null,
    cycleMsP50: null,
    cycleMsP90: null,
    humanMinutesPerItem: null,
  });
});
