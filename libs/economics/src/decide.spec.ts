import { expect, test } from '@jest/globals';
import { parsePico } from '#model';
import { businessSentence, type SentenceSlots } from './business-sentence.ts';
import { decide, routedCost, type Decision, type DecisionInputs } from './decide.ts';

const usd = (text: string): bigint => parsePico(text)!;
const cost = (estimate: string, low: string, high: string): DecisionInputs['agent'] => ({
  estimatePico: usd(estimate),
  interval: { lowPico: usd(low), highPico: usd(high) },
});
const common: DecisionInputs = {
  successes: 900,
  failures: 20,
  linkCoverage: 1,
  known: 1,
  reconciliation: 'tied',
  agent: cost('3.1', '2.938', '3.262'),
  baseline: { estimatePico: usd('8'), interval: null, isAssumed: false },
  yearlyCases: 50_000n,
  breakEvenCases: 27_778n,
  afterExactFixes: null,
};
const exceptional = cost('9.4', '8.085', '10.715');

test.each<[string, Partial<DecisionInputs>, Decision]>([
  ['T12.1: exception_doc=no', {}, { verdict: 'replace_baseline' }],
  [
    'T12.1: exception_doc=yes',
    { agent: exceptional, successes: 70, failures: 10 },
    { verdict: 'keep_baseline' },
  ],
  [
    'T12.1: with 40 in half B it is not told apart',
    { agent: cost('9.4', '7.48', '11.32'), successes: 35, failures: 5 },
    { verdict: 'hold', itemsToDecide: 76 },
  ],
  [
    'an exact fix turns it',
    { agent: exceptional, afterExactFixes: { fixes: ['cap attempts at 2'], highPico: usd('7') } },
    { verdict: 'fix_first', fixes: ['cap attempts at 2'] },
  ],
  [
    'an exact fix that is not enough',
    { agent: exceptional, afterExactFixes: { fixes: ['cap attempts at 2'], highPico: usd('8') } },
    { verdict: 'keep_baseline' },
  ],
  ['too little volume', { yearlyCases: 10_000n }, { verdict: 'hold', itemsToDecide: 920 }],
  ['equal figures', { agent: cost('8', '7', '9') }, { verdict: 'hold', itemsToDecide: null }],
  [
    'an agent that never succeeds is not spared',
    {
      successes: 0,
      failures: 40,
      agent: { estimatePico: usd('20'), interval: { lowPico: usd('12'), highPico: null } },
    },
    { verdict: 'keep_baseline' },
  ],
  [
    'everything is missing',
    {
      successes: 3,
      failures: 1,
      linkCoverage: 0.79,
      known: 0.89,
      reconciliation: 'failed',
      agent: { estimatePico: usd('3'), interval: null },
      baseline: null,
    },
    {
      verdict: 'need_data',
      missing: ['items', 'interval', 'link_coverage', 'maturity', 'reconciliation', 'baseline'],
    },
  ],
  [
    'trap 20: a placeholder decides nothing',
    { baseline: { estimatePico: usd('8'), interval: null, isAssumed: true } },
    { verdict: 'need_data', missing: ['baseline_is_assumed'] },
  ],
])('%s', (_, over, decision) => {
  expect(decide({ ...common, ...over })).toEqual(decision);
});

const slots: SentenceSlots = {
  unit: 'processed claim',
  caseName: 'claim',
  baseline: { name: 'the BPO', costPico: usd('8'), isAssumed: false },
  agent: { ...common.agent, items: 920, isComplete: true },
  segment: {
    conditions: [{ attribute: 'exception_doc', value: 'yes' }],
    cost: { ...exceptional, items: 80, isComplete: true },
    attempts: 3.1,
    restAttempts: 1.2,
    attemptsShareOfGap: 0.578,
    shareOfVolume: 0.08,
    ...routedCost({ cases: 920, costPico: usd('3.1') }, { cases: 80, costPico: usd('9.4') }, usd('8')),
  },
};

test('T12.1: the sentence about claims', () => {
  expect(slots.segment).toMatchObject({ mixedPico: usd('3.604'), routedPico: usd('3.492') });
  expect(businessSentence(slots)).toBe(
    'The agent costs $3.10 per processed claim (95 % CI 2.94 to 3.26, n=920) vs $8.00 at the BPO: 61 % cheaper. ' +
      'But where exception_doc=yes it costs $9.40 (95 % CI 8.09 to 10.71, n=80), 18 % dearer than the BPO: 3.1 attempts ' +
      'instead of 1.2; 58 % of the gap in token cost goes with the number of attempts. That is 8 % of the volume. ' +
      'Sending only these to the BPO saves $0.112 per claim (3.60 to 3.49).',
  );
});

test.each<[string, SentenceSlots, string]>([
  [
    'no segment',
    { ...slots, segment: null },
    'The agent costs $3.10 per processed claim (95 % CI 2.94 to 3.26, n=920) vs $8.00 at the BPO: 61 % cheaper.',
  ],
  [
    'no baseline',
    { ...slots, segment: null, baseline: null },
    'The agent costs $3.10 per processed claim (95 % CI 2.94 to 3.26, n=920); no baseline is recorded to compare it with.',
  ],
  [
    'an assumed baseline, few items, a small figure',
    {
      ...slots,
      segment: null,
      baseline: { name: 'the BPO', costPico: usd('8'), isAssumed: true },
      agent: { estimatePico: usd('0.025123'), interval: null, items: 7, isComplete: true },
    },
    'The agent costs $0.0251 per processed claim (too few items for an interval, n=7) vs $8.00 at the BPO: not told ' +
      'apart from the BPO yet. The figure of the BPO is an assumption.',
  ],
  [
    'part of the cost is unknown',
    {
      ...slots,
      segment: null,
      agent: { estimatePico: usd('3.1'), interval: null, items: 36, isComplete: false },
    },
    'The agent costs at least $3.10 per processed claim (part of it is not known, n=36) vs $8.00 at the BPO: not told ' +
      'apart from the BPO yet.',
  ],
  [
    'nothing succeeded',
    {
      ...slots,
      segment: null,
      agent: {
        estimatePico: usd('20'),
        interval: { lowPico: usd('12'), highPico: null },
        items: 40,
        isComplete: true,
      },
    },
    'The agent costs $20.00 per processed claim (at least 12.00, n=40) vs $8.00 at the BPO: 150 % dearer than the BPO.',
  ],
])('%s', (_, given, sentence) => {
  expect(businessSentence(given)).toBe(sentence);
});

test('no sentence says what brings a difference about', () => {
  const sentences = [slots, { ...slots, baseline: null }, { ...slots, segment: null }].map(businessSentence);
  for (const sentence of sentences)
    expect(sentence).not.toMatch(/\b(because|caus(e|es|ed|ing)|due to|leads? to|drives?)\b/i);
});

test('a mix without cases has no cost', () => {
  expect(() => routedCost({ cases: 0, costPico: 1n }, { cases: 0, costPico: 1n }, 1n)).toThrow(RangeError);
});
