// Goal: each of the 22 traps of the methods, section 13, is a negative test by name: what falls into the trap fails it.
// Those of one library are tested here through its door; the others stand where the trap is, and are held by their names.
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { foldWorkItem } from '#attribution';
import {
  adviseCap,
  costPerOutcomeInterval,
  costTails,
  decide,
  momentsOfItems,
  operatingMetrics,
  retryHazards,
} from '#economics';
import type { OutcomeEvent } from '#model';
import { testTitles } from '../support/test-titles.ts';

const DOLLAR = 1_000_000_000_000n;

/** Tests elsewhere, by how their names begin. */
const ELSEWHERE: readonly (readonly [trap: string, file: string, name: string])[] = [
  ['trap 1: usage of parent and child summed', 'libs/conventions/src/arbitrate.spec.ts', '[T0.3]'],
  ['trap 2: exclusive and inclusive cache', 'libs/conventions/src/arbitrate.spec.ts', 'trap 2, inclusive'],
  ['trap 2: exclusive and inclusive cache', 'libs/conventions/src/arbitrate.spec.ts', 'trap 2, exclusive'],
  ['trap 2: and what it costs', 'libs/pricing/src/charge-usage.spec.ts', '[T0.1]'],
  ['trap 4: failed attempts dropped from cost per success', 'test/pipeline/cost-lines.spec.ts', '[T2.8]'],
  [
    'trap 8: waste rules added with overlap',
    'libs/trails/src/waste/waste-laws.spec.ts',
    'essential + waste + unproven = total',
  ],
  ['trap 9: carried taken as used', 'libs/trails/src/waste/waste.spec.ts', '[T4.5] of nine steps'],
  ['trap 10: waste priced uncached when cached', 'libs/trails/src/waste/waste.spec.ts', '[T4.2]'],
  [
    'trap 10: and so does the rule',
    'libs/trails/src/waste/waste-rules.spec.ts',
    'W9: a result in the prompts after the last answer that used it, at the price of its place',
  ],
  [
    'trap 11: tests counted only on the segments that are shown',
    'libs/economics/src/segments.spec.ts',
    'trap 11',
  ],
  ['trap 12: agent on the easy mix against the BPO on all', 'libs/economics/src/baseline.spec.ts', 'T7.6'],
  ['trap 14: caps where the lower bound is above 1', 'libs/economics/src/spend-margin.spec.ts', 'trap 14'],
  ['trap 15: inverse propensity with a chance of 0', 'libs/economics/src/off-policy.spec.ts', 'trap 15'],
  [
    'trap 17: cents of Anthropic read as dollars',
    'libs/reconciliation/src/read/read-bills.spec.ts',
    'Anthropic costs count cents',
  ],
  ['trap 18: float sums', 'test/laws/splits.spec.ts', '[T2.1sql]'],
  ['trap 19: idle capacity spread into unit cost', 'libs/ledger/src/pools/pools.spec.ts', '[T2.6]'],
  ['trap 20: a placeholder presented as fact', 'libs/economics/src/decide.spec.ts', 'trap 20'],
  ['trap 21: the bill of one call as quadratic', 'libs/trails/src/waste/waste.spec.ts', '[T4.1]'],
  [
    'trap 22: sampled traces reported as complete',
    'libs/conventions/src/arbitrate.spec.ts',
    'C6: a sampled trace bills no totals',
  ],
];
/** The others are tests below. */
const OWN_FILE = new URL('traps.spec.ts', import.meta.url);

test('there are 22 traps, and each is a test', () => {
  const titles = [...ELSEWHERE.map(([trap]) => trap), ...testTitles(readFileSync(OWN_FILE, 'utf8'))];
  const numbers = titles.flatMap((title) => /^trap (\d+): /.exec(title)?.slice(1).map(Number) ?? []);
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 22 }, (_, index) => index + 1),
  );
});

test.each(ELSEWHERE)('%s', (_, file, name) => {
  const titles = testTitles(readFileSync(file, 'utf8'));
  expect(titles.filter((title) => title.startsWith(name))).not.toEqual([]);
});

test('trap 3: an outcome is counted once, however often it was reopened', () => {
  const event = (verb: string, effect: OutcomeEvent['effect'], day: bigint): OutcomeEvent => ({
    ref: 'ticket:1:T-1',
    source: '/desk',
    eventId: `${verb} ${day}`,
    kind: 'ticket',
    verb,
    effect,
    occurredAtUs: day * 86_400_000_000n,
    sequence: null,
    value: { amountPico: DOLLAR, asset: 'USD/12' },
    tier: null,
    quality: null,
    refersTo: null,
  });
  const events = [
    event('resolved', 'achieved', 1n),
    event('reopened', 'reopened', 3n),
    event('resolved', 'achieved', 5n),
    event('resolved', 'achieved', 6n),
  ];
  const standing = events.map((_, last) => {
    const { phase, settlements, value } = foldWorkItem(events.slice(0, last + 1));
    return [
      phase,
      settlements.filter(({ reopenedAtUs }) => reopenedAtUs === null).length,
      value === null ? null : value.amountPico,
    ];
  });
  expect(standing).toEqual([
    ['achieved', 1, DOLLAR],
    ['open', 0, null],
    ['achieved', 1, DOLLAR],
    ['achieved', 1, DOLLAR],
  ]);
});

test('trap 5: an immature cohort decides nothing', () => {
  const decision = decide({
    successes: 900,
    failures: 20,
    linkCoverage: 1,
    known: 0.89,
    reconciliation: 'tied',
    agent: { estimatePico: 3n * DOLLAR, interval: { lowPico: 2n * DOLLAR, highPico: 4n * DOLLAR } },
    baseline: { estimatePico: 8n * DOLLAR, interval: null, isAssumed: false },
    yearlyCases: null,
    breakEvenCases: null,
    afterExactFixes: null,
  });
  expect(decision).toEqual({ verdict: 'need_data', missing: ['maturity'] });
});

test('trap 6: the tail is told beside the mean, and is not it', () => {
  const costs = [...Array.from({ length: 97 }, () => DOLLAR), 50n * DOLLAR, 60n * DOLLAR, 90n * DOLLAR];
  const { quantiles, costPico, dearest } = costTails(costs)!;
  const [p50, , , p99] = quantiles.map(({ valuePico }) => valuePico / DOLLAR);
  expect([p50, p99, dearest.costPico * 2n > costPico]).toEqual([1n, 60n, true]);
  expect(costPico / 100n).toBeGreaterThan(2n * DOLLAR);
});

test('trap 7: no cap is advised beyond the attempts that were seen', () => {
  const attempts = (number: number, succeeded: number, failed: number) =>
    (['succeeded', 'failed'] as const).map((result) => ({
      number,
      result,
      attempts: result === 'succeeded' ? succeeded : failed,
      costPico: DOLLAR,
    }));
  const advice = adviseCap(retryHazards([...attempts(1, 70, 30), ...attempts(2, 20, 10)]), 100n * DOLLAR)!;
  expect([advice.steps.map(({ number }) => number), advice.bestCap]).toEqual([[1, 2], 2]);
});

test('trap 13: released capacity is minutes, and no money is made of it', () => {
  const metrics = operatingMetrics([
    { isAchieved: true, attempts: 1, generation: 1, cycleMs: 1, humanMs: 60_000n },
  ]);
  expect(Object.keys(metrics).filter((name) => /usd|pico|cost|saving/i.test(name))).toEqual([]);
  const text = readFileSync('apps/api/src/economics/operating-report.ts', 'utf8');
  expect(text.includes('Capacity released, no cash')).toBe(true);
});

test('trap 16: nothing answers whether a budget still holds, because nothing reserves', () => {
  const controllers = readdirSync('apps/api/src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.controller.ts'),
  );
  const routes = controllers.flatMap((file) => [
    ...readFileSync(`apps/api/src/${file}`, 'utf8').matchAll(/@(?:Controller|Get|Post)\('([^']*)'\)/g),
  ]);
  expect(routes.length).toBeGreaterThan(50);
  expect(routes.map(([, route]) => route!).filter((route) => /decide$|budget|settle$/.test(route))).toEqual(
    [],
  );
});

test('an interval is not told where it would not cover', () => {
  const few = Array.from({ length: 19 }, () => ({ costPico: DOLLAR, isAchieved: true }));
  expect(costPerOutcomeInterval(momentsOfItems(few))).toBeNull();
});
