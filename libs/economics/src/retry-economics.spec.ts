import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { adviseCap, costOfCappedAttempts, type CapAdvice } from './attempt-cap.ts';
import {
  compareHazards,
  hazardsOfUnlikeItems,
  resultOfPlacement,
  retryHazards,
  successWithContamination,
  type AttemptGroup,
} from './retry-hazards.ts';

const PICO = 1_000_000_000_000;
const attempts = (number: number, count: number, succeeded: number, costUsd: number): AttemptGroup[] => {
  const costPico = BigInt(Math.round(costUsd * 100)) * 10_000_000_000n;
  return [
    { number, result: 'succeeded', attempts: succeeded, costPico: costPico * BigInt(succeeded) },
    { number, result: 'failed', attempts: count - succeeded, costPico: costPico * BigInt(count - succeeded) },
  ];
};

/** The data of T3.1id. */
const recorded = [...attempts(1, 100, 70, 0.5), ...attempts(2, 30, 9, 0.6), ...attempts(3, 21, 2, 0.7)];

test('T3.1: from 90 to 70 % success, the same attempts cost 28.57 % more per success', () => {
  const perSuccess = (succeeded: number): number => {
    const [row] = retryHazards(attempts(1, 100, succeeded, 0.5));
    return Number(row!.costPico) / row!.succeeded;
  };
  expect(((perSuccess(70) / perSuccess(90) - 1) * 100).toFixed(2)).toBe('28.57');
  // Without a cap that matters, one attempt costs T and all of them T / p.
  const uncapped = (p: number): number => costOfCappedAttempts(0.5, p, 1000, 6);
  expect(((uncapped(0.7) / uncapped(0.9) - 1) * 100).toFixed(2)).toBe('28.57');
});

test('T3.1id: $82.70 of 151 attempts over 81 successes is $1.020988, and T / p is the same', () => {
  const rows = retryHazards(recorded);
  const costPico = rows.reduce((sum, row) => sum + row.costPico, 0n);
  const succeeded = rows.reduce((sum, row) => sum + row.succeeded, 0);
  expect([costPico, rows.reduce((sum, row) => sum + row.attempts, 0), succeeded]).toEqual([
    82_700_000_000_000n,
    151,
    81,
  ]);
  expect((Number(costPico) / PICO / succeeded).toFixed(6)).toBe('1.020988');
  const [perAttempt, share] = [Number(costPico) / PICO / 151, 81 / 151];
  expect((perAttempt / share).toFixed(6)).toBe('1.020988');
  expect(
    rows.map(({ number, attempts: n, succeeded: s, interval }) => [number, n, s, interval!.low.toFixed(3)]),
  ).toEqual([
    [1, 100, 70, '0.604'],
    [2, 30, 9, '0.167'],
    [3, 21, 2, '0.027'],
  ]);
});

test('T3.3: capped at 3 with a hand-off of $6: $0.857', () => {
  expect(costOfCappedAttempts(0.5, 0.7, 3, 6).toFixed(3)).toBe('0.857');
});

test('T3.4z: 70 of 100 against 9 of 30 is z 3.94: second attempts are not like first ones', () => {
  const [first, second] = retryHazards(recorded);
  const { z, pValue } = compareHazards(first!, second!)!;
  expect(z.toFixed(2)).toBe('3.94');
  expect(pValue).toBeLessThan(0.0001);
  expect(compareHazards({ succeeded: 3, failed: 0 }, { succeeded: 2, failed: 0 })).toBeNull();
  expect(compareHazards({ succeeded: 3, failed: 1 }, { succeeded: 0, failed: 0 })).toBeNull();
});

test('T3.4: of items that differ as Beta(2, 1) the hazards are 0.667, 0.5, 0.4; 1.5 attempts are in truth 2', () => {
  const { hazards, naive, expected } = hazardsOfUnlikeItems(2, 1, 3);
  expect(hazards.map((hazard) => hazard.toFixed(3))).toEqual(['0.667', '0.500', '0.400']);
  expect([naive, expected, hazardsOfUnlikeItems(1, 1, 1).expected]).toEqual([1.5, 2, null]);
});

test('T3.5: with contamination 0.8298 within three attempts, independent ones would be 0.9354', () => {
  expect(successWithContamination(0.05, 0.1, 10, 3).toFixed(4)).toBe('0.8298');
  expect(successWithContamination(0.05, 0.05, 10, 3).toFixed(4)).toBe('0.9354');
});

const shown = (advice: CapAdvice | null): unknown =>
  advice && [
    advice.bestCap,
    advice.evidence,
    (Number(advice.gainPico) / PICO).toFixed(3),
    advice.steps.map(({ breakEvenHazard, expectedCostPico, evidence }) => [
      breakEvenHazard.toFixed(4),
      (Number(expectedCostPico) / PICO).toFixed(4),
      evidence,
    ]),
  ];

test('T3.6: hazards 0.7, 0.3, 0.1, 0.05 and a hand-off of $6: cap at 2', () => {
  const many = [
    ...attempts(1, 10_000, 7000, 0.5),
    ...attempts(2, 3000, 900, 0.6),
    ...attempts(3, 2100, 210, 0.7),
    ...attempts(4, 1900, 95, 0.8),
  ];
  expect(shown(adviseCap(retryHazards(many), 6_000_000_000_000n))).toEqual([
    2,
    'strong',
    '0.021',
    [
      ['0.0833', '2.3000', 'strong'],
      ['0.1000', '1.9400', 'strong'],
      ['0.1167', '1.9610', 'strong'],
      ['0.1333', '2.0555', 'strong'],
    ],
  ]);
});

test('T3.6: of few items the second attempt pays for sure; nothing is advised about a third with two successes', () => {
  expect(shown(adviseCap(retryHazards(recorded), 6_000_000_000_000n))).toEqual([
    2,
    'strong',
    '0.360',
    [
      ['0.0833', '2.3000', 'strong'],
      ['0.1000', '1.9400', 'strong'],
    ],
  ]);
});

test('no advice without five successes and five failures, nor with a hand-off that is free', () => {
  expect(adviseCap(retryHazards(attempts(1, 20, 4, 1)), 1n)).toBeNull();
  expect(adviseCap(retryHazards(attempts(1, 20, 16, 1)), 1n)).toBeNull();
  expect(adviseCap([], 1n)).toBeNull();
  expect(() => adviseCap([], 0n)).toThrow(RangeError);
});

test('weak evidence is called so: 6 of 40 may be on either side of the break-even', () => {
  const rows = retryHazards([...attempts(1, 100, 60, 0.5), ...attempts(2, 40, 6, 0.7)]);
  expect(shown(adviseCap(rows, 6_000_000_000_000n))).toEqual([
    2,
    'weak',
    '0.080',
    [
      ['0.0833', '2.9000', 'strong'],
      ['0.1167', '2.8200', 'weak'],
    ],
  ]);
});

test('an attempt without a result takes its cost and says nothing of success', () => {
  const rows = retryHazards([
    { number: 2, costPico: 7n, result: 'open', attempts: 1 },
    { number: 1, costPico: 5n, result: 'failed', attempts: 1 },
  ]);
  expect(rows).toEqual([
    {
      number: 1,
      attempts: 1,
      succeeded: 0,
      failed: 1,
      open: 0,
      costPico: 5n,
      hazard: 0,
      interval: { low: 0, high: expect.any(Number) },
    },
    { number: 2, attempts: 1, succeeded: 0, failed: 0, open: 1, costPico: 7n, hazard: null, interval: null },
  ]);
  expect(() => retryHazards([{ number: 0, costPico: 1n, result: 'open', attempts: 1 }])).toThrow(RangeError);
});

test('the best cap is never dearer than any other, and counts add up', () => {
  const anyAttempt = fc.record({
    number: fc.integer({ min: 1, max: 5 }),
    costPico: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    attempts: fc.integer({ min: 1, max: 40 }),
    result: fc.constantFrom('succeeded' as const, 'failed' as const, 'open' as const),
  });
  fc.assert(
    fc.property(fc.array(anyAttempt, { minLength: 1, maxLength: 30 }), (sample) => {
      const rows = retryHazards(sample);
      expect(rows.reduce((sum, row) => sum + row.attempts, 0)).toBe(
        sample.reduce((sum, each) => sum + each.attempts, 0),
      );
      expect(rows.reduce((sum, row) => sum + row.costPico, 0n)).toBe(
        sample.reduce((sum, { costPico }) => sum + costPico, 0n),
      );
      const advice = adviseCap(rows, 10n ** 12n);
      if (advice === null) return;
      const costs = [advice.handOffCostPico, ...advice.steps.map(({ expectedCostPico }) => expectedCostPico)];
      for (const cost of costs) expect(costs[advice.bestCap]!).toBeLessThanOrEqual(cost);
    }),
  );
});

test.each([
  ['outcome', 'succeeded'],
  ['waste:retry', 'failed'],
  ['carried:retry', 'failed'],
  ['waste:reopened', 'failed'],
  ['waste:failed', 'failed'],
  ['waste:abandoned', 'open'],
  ['work', 'open'],
  ['waste:after_outcome', null],
  ['overhead:cancelled_before_work', null],
])('cost at %s: %s', (placement, result) => {
  expect(resultOfPlacement(placement)).toBe(result);
});
