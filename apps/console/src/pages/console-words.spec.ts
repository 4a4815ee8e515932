import { expect, test } from '@jest/globals';
import { bucketMs, moneyTicks, shownTicks } from '../charts/axis.ts';
import { toAlerts } from './overview/to-alerts.ts';
import { toPoints } from './overview/to-points.ts';
import { toPriceBook } from './settings/price-row.ts';
import { toPicoPerToken } from './settings/to-pico-per-token.ts';
import { periodBefore } from './workflow/period-before.ts';
import { adviceOf } from './workflow/advice.ts';
import { timesWords, verdictWords } from './workflow/verdict.ts';

test('alerts say what is the matter and where it is mended, once; none where nothing is', () => {
  const group = {
    reason: 'unknown_model',
    provider: 'in-house',
    model: 'reader-7b',
    entries: 2,
    calls: 4,
    since: '',
  };
  const finding = {
    code: 'unknown_model',
    severity: 'action' as const,
    words: 'calls of a model without a price row: unpriced',
    docs: '',
    spans: 4,
    share: null,
    examples: [],
  };
  const emitter = { id: '', service: 'agent', scope: '', scopeVersion: '', dialect: '' };
  expect(toAlerts([], [], 0)).toEqual([]);
  expect(toAlerts([{ kind: 'unpriced', groups: [group] }], [{ emitter, findings: [finding] }], 1)).toEqual([
    {
      severity: 'action',
      text: '1 trace is not posted, because what they would post breaks a rule',
      action: 'See why',
      page: 'data-quality',
    },
    {
      severity: 'action',
      text: '4 calls have no price (reader-7b): cost that holds one is a lower bound',
      action: 'Add a price',
      page: 'settings/prices',
    },
  ]);
});

test('buckets become points in the order of time; unknown is a gap, young or few is unsure, no bucket is none', () => {
  const row = {
    workItems: 30,
    outcomes: 20,
    loadedInterval: { lowUsd: '0.1', highUsd: '0.3', method: 'combined' as const },
    maturity: '1',
  };
  expect(
    toPoints(
      [
        { ...row, group: { week: '2026-10-12' }, loadedCostPerOutcomeUsd: null, loadedInterval: null },
        {
          ...row,
          group: { week: '2026-10-05' },
          loadedCostPerOutcomeUsd: '0.2',
          maturity: '0.5',
          bound: 'lower',
        },
        {
          ...row,
          group: { week: '2026-10-19' },
          loadedCostPerOutcomeUsd: '0.3',
          workItems: 1,
          outcomes: 1,
          loadedInterval: null,
        },
        { ...row, group: { week: null }, loadedCostPerOutcomeUsd: null },
      ],
      'week',
    ),
  ).toEqual([
    {
      bucket: '2026-10-05',
      value: 0.2,
      low: 0.1,
      high: 0.3,
      isUnsure: true,
      words:
        'Week of 5 Oct 2026: at least $0.2000 per outcome; 95 %: $0.1000 to $0.3000; 20 outcomes of 30 items; 50.0 % of the items are final: it will still move',
    },
    {
      bucket: '2026-10-12',
      value: null,
      low: null,
      high: null,
      isUnsure: false,
      words: 'Week of 12 Oct 2026: unknown per outcome; 20 outcomes of 30 items',
    },
    {
      bucket: '2026-10-19',
      value: 0.3,
      low: null,
      high: null,
      isUnsure: true,
      words:
        'Week of 19 Oct 2026: $0.3000 per outcome; 1 outcome of 1 item; fewer than 10 items: too few to compare with the others',
    },
  ]);
});

test.each([
  ['0.09', '90000'],
  ['3', '3000000'],
  ['0.000001', '1'],
  ['0.0000001', null],
  ['-1', null],
  ['1,5', null],
])('%s a million is %s pico a token', (text, pico) => {
  expect(toPicoPerToken(text)).toBe(pico);
});

test('a price that is typed is a version of a book, or says which fields break a rule', () => {
  const given = {
    book: 'own',
    source: 'Study',
    provider: 'x',
    model: 'm',
    input: '0.09',
    cacheRead: '',
    output: '0.35',
  };
  expect(toPriceBook(given)).toEqual({
    body: {
      book: 'own',
      source: 'Study',
      mode: 'add',
      format: 'rows',
      rows: [{ provider: 'x', model: 'm', prices: { in_uncached: '90000', out_text: '350000' } }],
    },
  });
  expect(toPriceBook({ ...given, source: ' ', input: 'nine', output: '' })).toEqual({
    errors: ['source is missing', 'in_uncached is no amount with at most six decimals, as 0.09'],
  });
});

test.each([
  ['2026-10-01', '2026-11-01', '2026-09-01'],
  ['2026-01-01', '2026-04-01', '2025-10-01'],
  ['2026-10-05', '2026-10-12', '2026-09-28'],
])('before %s to %s begins %s', (from, to, before) => {
  expect(periodBefore(from, to)).toBe(before);
});

test('ticks of an axis have the places that tell them apart', () => {
  expect(moneyTicks([0, 0.005, 0.01])).toEqual(['$0', '$0.005', '$0.010']);
  expect(moneyTicks([0, 500, 1000])).toEqual(['$0', '$500', '$1,000']);
  expect(shownTicks(7, 3)).toEqual([0, 3, 6]);
  expect(new Date(bucketMs('2026-10')).toISOString()).toBe('2026-10-01T00:00:00.000Z');
});

test('verdicts are told in words', () => {
  expect(
    verdictWords({ verdict: 'need_data', missing: ['baseline', 'new_gate'], itemsToDecide: null }),
  ).toEqual({
    text: 'Over all of them nothing is decided: no baseline is recorded, new gate',
    tone: 'warn',
  });
  const missing = { verdict: 'need_data', missing: ['interval'], itemsToDecide: null } as const;
  expect([true, false].map((isIncomplete) => verdictWords({ ...missing, isIncomplete }).text)).toEqual([
    'Over all of them nothing is decided: part of the cost has no price',
    'Over all of them nothing is decided: there are too few items for an interval',
  ]);
  expect(verdictWords({ verdict: 'hold', missing: [], itemsToDecide: 1200 }).text).toBe(
    'Not told apart yet: about 1,200 items would',
  );
  expect(['34.9', '321.049', '1.26', null].map(timesWords)).toEqual(['34', '321', '1.3', null]);
});

const dearer = {
  conditions: [
    { attribute: 'doc', value: 'true' },
    { attribute: 'lines', value: 'over 7' },
  ],
  verdict: 'keep_baseline',
  mixedUsd: '20.53',
  routedUsd: '10.05',
} as const;
const known = {
  outcomeType: 'claim.processed',
  decision: { verdict: 'need_data', itemsToDecide: null },
  baselineName: 'the BPO',
  savingPerOutcomeUsd: '2.5',
  segments: [],
} as const;

test.each<[string, Partial<Parameters<typeof adviceOf>[0]>, string[]]>([
  ['nothing is decided', {}, []],
  ['a segment that is not decided', { segments: [{ ...dearer, verdict: 'hold' }] }, []],
  [
    'no baseline',
    { baselineName: null, segments: [dearer] },
    ['Record what the same costs another way: then it can be compared'],
  ],
  [
    'a dearer segment, nothing of the others',
    { segments: [dearer] },
    [
      'Send each claim with doc = true and lines = over 7 to the BPO: in the half of the claims this is told from, $20.53 each become $10.05',
    ],
  ],
  [
    'a dearer segment of an unknown saving, the others cheaper',
    {
      segments: [{ ...dearer, mixedUsd: null }],
      decision: { verdict: 'replace_baseline', itemsToDecide: null },
    },
    ['Send each claim with doc = true and lines = over 7 to the BPO', 'Leave the others to the agent'],
  ],
  [
    'the agent is cheaper',
    { outcomeType: null, decision: { verdict: 'replace_baseline', itemsToDecide: null } },
    ['Leave each item to the agent: $2.50 less than at the BPO'],
  ],
  [
    'the baseline is cheaper',
    { decision: { verdict: 'keep_baseline', itemsToDecide: null } },
    ['Send each claim to the BPO, or make the agent cheaper'],
  ],
])('what to do: %s', (_, over, lines) => {
  expect(adviceOf({ ...known, ...over })).toEqual(lines);
});
