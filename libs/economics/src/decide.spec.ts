import { expect, test } from '@jest/globals';
import { parsePico } from '#model';
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

test('T12.1: of 92 % at 3.10 and 8 % at 9.40, those at the baseline of 8.00 make 3.604 into 3.492', () => {
  const rest = { outcomes: 920, loadedPico: 920n * usd('3.1') };
  const segment = { outcomes: 80, loadedPico: 80n * usd('9.4') };
  expect(routedCost(rest, segment, usd('8'))).toEqual({ mixedPico: usd('3.604'), routedPico: usd('3.492') });
});

test('a mix without outcomes has no cost of one', () => {
  const nothing = { outcomes: 0, loadedPico: 1n };
  expect(() => routedCost(nothing, nothing, 1n)).toThrow(RangeError);
});
