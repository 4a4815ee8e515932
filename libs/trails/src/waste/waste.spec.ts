// Goal: the worked examples of methods.md 4, by name.
import { expect, test } from '@jest/globals';
import { formatPico } from '#model';
import { call, runOf, tool, type Act } from '../testing/agent-run.ts';
import { findLoops } from './find-loop.ts';
import { judgeRun } from './judge-run.ts';
import {
  breakEvenCalls,
  cachingSaving,
  contextGrowth,
  priceTokens,
  splitByWeight,
  tokensBetween,
} from './token-costs.ts';

const PRICES = { readPico: 300_000n, writePico: 3_750_000n, uncachedPico: 3_000_000n };
const MICRO = 1_000_000n;

test('[T4.1] history that is sent again grows with the square of the turns, the conversation does not', () => {
  const turns = (count: number): bigint[] =>
    Array.from({ length: count }, (_, turn) => 2_000n + BigInt(turn) * 1_000n);
  const [twenty, forty] = [contextGrowth([turns(20)]), contextGrowth([turns(40)])];
  expect(twenty).toEqual({ billedTokens: 230_000n, uniqueTokens: 21_000n });
  expect((Number(twenty.billedTokens) / Number(twenty.uniqueTokens)).toFixed(2)).toBe('10.95');
  expect(forty.billedTokens).toBe(860_000n);
  expect((Number(forty.billedTokens) / Number(twenty.billedTokens)).toFixed(2)).toBe('3.74');
});

test('[T4.2] a result of 4,000 tokens carried 16 calls too long costs $0.192, from the cache $0.0192', () => {
  const carried = (tokens: { read: bigint; write: bigint; uncached: bigint }): bigint =>
    16n * priceTokens(tokensBetween(tokens, 1_000n, 5_000n), PRICES);
  expect(formatPico(carried({ read: 0n, write: 0n, uncached: 9_000n }))).toBe('0.192');
  expect(formatPico(carried({ read: 9_000n, write: 0n, uncached: 0n }))).toBe('0.0192');
});

test('[T4.3] five calls that share 10,000 tokens save $0.1005 by caching them', () => {
  expect(formatPico(cachingSaving(5n, 10_000n, PRICES))).toBe('0.1005');
});

test('[T4.3b] caching is worth it from the second call on, written for an hour from the third', () => {
  expect([breakEvenCalls(PRICES), breakEvenCalls({ ...PRICES, writePico: 6_000_000n })]).toEqual([2n, 3n]);
  for (const writePico of [3_750_000n, 6_000_000n]) {
    const prices = { ...PRICES, writePico };
    const fewest = breakEvenCalls(prices)!;
    expect(cachingSaving(fewest, 1_000n, prices) >= 0n).toBe(true);
    expect(cachingSaving(fewest - 1n, 1_000n, prices) < 0n).toBe(true);
  }
});

test('[T4.4] billed input is split over the parts of a prompt by their bytes', () => {
  expect(splitByWeight(12_000n, [600n, 9_000n, 2_400n, 3_000n])).toEqual([480n, 7_200n, 1_920n, 2_400n]);
});

test('[T4.6] a part is priced by its place in what was cached', () => {
  const tokens = { read: 8_000n, write: 2_000n, uncached: 4_000n };
  const part = tokensBetween(tokens, 7_000n, 11_000n);
  expect(part).toEqual({ read: 1_000n, write: 2_000n, uncached: 1_000n });
  expect(formatPico(priceTokens(part, PRICES))).toBe('0.0108');
});

const POLICY =
  'Refunds are granted within thirty days of delivery when the article was returned unused in its original box by the buyer';
const ARTICLE =
  'The quarterly newsletter describes how warehouse robots were painted yellow because visitors liked the colour more than grey ones';

/** Nine steps: two searches for the same, a policy that timed out and was asked for again, an answer. */
function nineSteps(answer: string): Act[] {
  const asked = { role: 'user', content: 'May I get my money back?' };
  const search = (id: string) => ({
    role: 'assistant',
    tool_calls: [{ id, function: { name: 'search', arguments: '{"q":"A"}' } }],
  });
  const policy = (id: string) => ({
    role: 'assistant',
    tool_calls: [{ id, function: { name: 'get_policy', arguments: '{"p":"P"}' } }],
  });
  const found = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content });
  const history = [
    asked,
    search('c1'),
    found('c1', ARTICLE),
    search('c2'),
    found('c2', ARTICLE),
    policy('c3'),
    found('c3', 'timeout'),
    policy('c4'),
    found('c4', POLICY),
  ];
  const seen = (messages: number) => history.slice(0, messages);
  return [
    call(1, 10n * MICRO, { prompt: seen(1), asks: [['c1', 'search', { q: 'A' }]] }),
    tool(2, 'search', { id: 'c1', given: { q: 'A' }, result: ARTICLE }),
    call(3, 12n * MICRO, { prompt: seen(3), asks: [['c2', 'search', { q: 'A' }]] }),
    tool(4, 'search', { id: 'c2', given: { q: 'A' }, result: ARTICLE }),
    call(5, 14n * MICRO, { prompt: seen(5), asks: [['c3', 'get_policy', { p: 'P' }]] }),
    tool(6, 'get_policy', { id: 'c3', given: { p: 'P' }, step: { errorType: 'timeout' } }),
    call(7, 15n * MICRO, { prompt: seen(7), asks: [['c4', 'get_policy', { p: 'P' }]] }),
    tool(8, 'get_policy', { id: 'c4', given: { p: 'P' }, result: POLICY }),
    call(9, 20n * MICRO, { prompt: seen(9), says: answer }),
  ];
}

const spanOf = (n: number): string => String(n).padStart(16, '0');

test('[T4.5] of nine steps 35 of 71 were essential, and each other pico is waste by one rule', () => {
  const verdict = judgeRun(runOf(nineSteps(`Yes. ${POLICY}.`)));
  expect(verdict.essential).toEqual([7, 8, 9].map(spanOf));
  expect(verdict.essentialPico).toBe(35n * MICRO);
  expect(Math.round((Number(verdict.essentialPico) / Number(verdict.totalPico)) * 1000)).toBe(493);
  expect(verdict.unprovenPico).toBe(0n);
  expect(
    verdict.findings.map(({ rule, spanId, reason, wastePico }) => [rule, spanId, reason, wastePico / MICRO]),
  ).toEqual([
    ['W3', spanOf(4), 'identical_consecutive', 12n],
    ['W3', spanOf(8), 'identical_consecutive:after_error', 0n],
    ['W5', spanOf(6), 'error:plan_same', 14n],
    ['W14', spanOf(1), 'leads_nowhere', 10n],
  ]);
});

test('[T4.5] where the answer quotes the first document too, what found it joins: 45 of 71', () => {
  const verdict = judgeRun(runOf(nineSteps(`Yes. ${POLICY}. By the way: ${ARTICLE}.`)));
  expect(verdict.essential).toEqual([1, 2, 7, 8, 9].map(spanOf));
  expect([verdict.essentialPico, verdict.wastePico, verdict.unprovenPico, verdict.totalPico]).toEqual(
    [45n, 26n, 0n, 71n].map((amount) => amount * MICRO),
  );
});

test.each([
  ['ABABABC', [{ start: 0, period: 2, repeats: 3 }]],
  ['AAAB', [{ start: 0, period: 1, repeats: 3 }]],
  ['ABCD', []],
  ['AAB', []],
  ['XABCABCABCY', [{ start: 1, period: 3, repeats: 3 }]],
  ['ABCDEABCDEABCDE', []],
  ['AAAAAA', [{ start: 0, period: 1, repeats: 6 }]],
  [
    'AAABBB',
    [
      { start: 0, period: 1, repeats: 3 },
      { start: 3, period: 1, repeats: 3 },
    ],
  ],
])('loops of %s', (keys, loops) => {
  expect(findLoops(keys.split(''))).toEqual(loops);
});
