// Goal: each rule proves what it says and nothing else; its guards leave the rest suspected or alone; what is not known is
// never 0, and never essential.
import { expect, test } from '@jest/globals';
import { call, retrieval, runOf, tool, type Act } from '../testing/agent-run.ts';
import { atUs } from '../testing/trail-facts.ts';
import { judgeRun } from './judge-run.ts';
import type { RunFacts } from './run-facts.ts';
import { SHIPPED_WASTE_POLICY, type WastePolicy } from './waste-policy.ts';

type Told = readonly [rule: string, step: number, state: string, reason: string, waste: bigint];

const told = (facts: RunFacts): Told[] =>
  judgeRun(facts).findings.map(({ rule, spanId, state, reason, wastePico }) => [
    rule,
    Number(spanId),
    state,
    reason,
    wastePico,
  ]);

const failed = (errorType: string) => ({ step: { errorType } });
const policy = (more: Partial<WastePolicy>): Partial<RunFacts> => ({
  policy: { ...SHIPPED_WASTE_POLICY, ...more },
});
const WRITE = { tool: 'set', key: ['id'], readBy: ['get'], revertedBy: ['undo'] };
const LONG =
  'Twenty words stand in this text because shorter texts are told apart in another way than longer ones like this one are';
const said = (role: string, content: string) => ({ role, content });

test.each<[string, readonly Act[], Partial<RunFacts>, readonly Told[]]>([
  [
    'W1: a call after the outcome',
    [call(1, 5n), call(9, 7n)],
    { outcomeAtUs: atUs(5) },
    [['W1', 9, 'proven', 'after_outcome', 7n]],
  ],
  [
    'W1: not of a run that bought nothing',
    [call(1, 5n), call(9, 7n)],
    { outcomeAtUs: atUs(5), isAchieved: false },
    [],
  ],
  [
    'W1: telling of the outcome is no waste',
    [call(1, 5n), call(9, 7n), tool(10, 'notify')],
    { outcomeAtUs: atUs(5), ...policy({ afterOutcomeTools: ['notify'] }) },
    [],
  ],
  [
    'W2: the same asked again; the answer that was needed is kept',
    [
      call(1, 5n, { prompt: [said('user', 'Hi')], says: 'a' }),
      call(3, 7n, { prompt: [said('user', 'Hi')], says: 'b' }),
    ],
    {},
    [['W2', 1, 'proven', 'identical', 5n]],
  ],
  [
    'W2: of another size it is another question',
    [
      call(1, 5n, { prompt: [said('user', 'Hi')], says: 'a' }),
      call(3, 7n, { prompt: [said('user', 'Hi')], says: 'b', tokens: { uncached: 2n } }),
    ],
    {},
    [['W14', 1, 'proven', 'leads_nowhere', 5n]],
  ],
  [
    'W2: side by side it may be meant',
    [
      call(1, 5n, { prompt: [said('user', 'Hi')], says: 'a', step: { endedAtNs: atUs(4) * 1000n } }),
      call(3, 7n, { prompt: [said('user', 'Hi')], says: 'b' }),
    ],
    {},
    [
      ['W2', 1, 'suspected', 'identical:parallel', 0n],
      ['W14', 1, 'suspected', 'leads_nowhere:parallel', 0n],
    ],
  ],
  [
    'W3: the same tool, arguments in another order, the same result; with its call',
    [
      call(1, 5n),
      tool(2, 'get', { given: { a: 1, b: 2 }, result: 'x' }),
      call(3, 7n),
      tool(4, 'get', { given: { b: 2, a: 1 }, result: 'x', feePico: 2n }),
      call(5, 9n),
    ],
    {},
    [['W3', 4, 'proven', 'identical_consecutive', 9n]],
  ],
  [
    'W3: of a call that asked for something else as well only the fee',
    [
      tool(2, 'get', { given: {}, result: 'x' }),
      call(3, 7n),
      tool(4, 'get', { given: {}, result: 'x', feePico: 2n }),
      tool(5, 'other', { given: {}, result: 'x' }),
      call(6, 9n),
    ],
    {},
    [['W3', 4, 'proven', 'identical_consecutive', 2n]],
  ],
  [
    'W3: another result is suspected, no result too, a tool that polls as well',
    [
      tool(1, 'get', { given: {}, result: 'x' }),
      tool(2, 'get', { given: {}, result: 'y' }),
      tool(3, 'put', { given: {} }),
      tool(4, 'put', { given: {} }),
      tool(5, 'poll', { given: {}, result: 'x' }),
      tool(6, 'poll', { given: {}, result: 'x' }),
    ],
    policy({ pollingTools: ['poll'] }),
    [
      ['W3', 2, 'suspected', 'identical_consecutive:result_other', 0n],
      ['W3', 4, 'suspected', 'identical_consecutive:result_unknown', 0n],
      ['W3', 6, 'suspected', 'identical_consecutive:polling', 0n],
    ],
  ],
  [
    'W3: what was written in between makes it another question; asked later it is still the same',
    [
      tool(1, 'get', { given: {}, result: 'x' }),
      tool(2, 'set', { given: { id: 1 } }),
      tool(3, 'get', { given: {}, result: 'x' }),
      tool(4, 'find', { given: {}, result: 'y' }),
      tool(5, 'get', { given: {}, result: 'x' }),
    ],
    policy({ writes: [WRITE], readingTools: ['find'] }),
    [['W3', 5, 'proven', 'identical_later', 0n]],
  ],
  [
    'W3: what else was called in between may have written; side by side nobody knows',
    [
      tool(1, 'get', { given: {}, result: 'x' }),
      tool(2, 'find', { given: {}, result: 'y' }),
      tool(3, 'get', { given: {}, result: 'x' }),
      tool(4, 'get', {
        given: {},
        result: 'x',
        step: { startedAtNs: atUs(3) * 1000n, endedAtNs: atUs(3) * 1000n },
      }),
    ],
    {},
    [
      ['W3', 3, 'suspected', 'identical_later:others_between', 0n],
      ['W3', 4, 'suspected', 'identical_later:at_once', 0n],
    ],
  ],
  [
    'W3: without arguments nothing is the same',
    [tool(1, 'get', { result: 'x' }), tool(2, 'get', { result: 'x' })],
    {},
    [],
  ],
  [
    'W4: the same two actions three times; by names only they are suspected',
    [1, 2, 3, 4, 5, 6].map((n) => tool(n, n % 2 === 0 ? 'b' : 'a', { feePico: 1n })),
    {},
    [3, 4, 5, 6].map((n): Told => ['W4', n, 'suspected', 'loop:arguments_unknown', 0n]),
  ],
  [
    'W4: with other results it is an iteration',
    [1, 2, 3].map((n) => tool(n, 'next', { given: {}, result: `page ${n}`, feePico: 1n })),
    {},
    [
      ['W3', 2, 'suspected', 'identical_consecutive:result_other', 0n],
      ['W3', 3, 'suspected', 'identical_consecutive:result_other', 0n],
      ['W4', 2, 'suspected', 'loop:iteration', 0n],
      ['W4', 3, 'suspected', 'loop:iteration', 0n],
    ],
  ],
  [
    'W5: an error that changes the plan is suspected, the next error of the tool is proven',
    [
      call(1, 5n),
      tool(2, 'get', { given: { a: 1 }, ...failed('x') }),
      call(3, 7n),
      tool(4, 'get', { given: { a: 2 }, ...failed('x') }),
      call(5, 9n),
      tool(6, 'get', { given: { a: 3 } }),
    ],
    {},
    [
      ['W5', 2, 'suspected', 'error:plan_changed', 0n],
      ['W5', 4, 'proven', 'error_again', 7n],
    ],
  ],
  [
    'W5: without arguments the first error is suspected',
    [call(1, 5n), tool(2, 'get', failed('x')), call(3, 7n), tool(4, 'get'), call(5, 1n)],
    {},
    [['W5', 2, 'suspected', 'error:plan_unknown', 0n]],
  ],
  [
    'W6: a call the transport lost',
    [call(1, 5n, failed('429')), call(3, 7n)],
    {},
    [['W6', 1, 'proven', 'transport', 5n]],
  ],
  [
    'W6: of unknown usage it is counted only',
    [call(1, null, failed('timeout')), call(3, 7n)],
    {},
    [['W6', 1, 'proven', 'transport', 0n]],
  ],
  ['W6: a refusal is no transport', [call(1, 5n, failed('content_filter')), call(3, 7n)], {}, []],
  [
    'W7: written over before anybody read it',
    [
      call(1, 5n),
      tool(2, 'set', { given: { id: 1, v: 1 }, feePico: 1n }),
      call(3, 7n),
      tool(4, 'set', { given: { id: 1, v: 2 } }),
      call(5, 9n),
      tool(6, 'get'),
      call(7, 9n),
      tool(8, 'set', { given: { id: 1, v: 3 } }),
    ],
    { ...policy({ writes: [WRITE] }), isAchieved: false },
    [['W7', 2, 'proven', 'overwritten', 6n]],
  ],
  [
    'W12: cut off and asked again; going on from it is none',
    [
      call(1, 5n, { step: { finishReasons: ['length'] }, outputTokens: 10n, tokens: { uncached: 50n } }),
      call(2, 6n, { step: { finishReasons: ['length'] }, outputTokens: 10n, tokens: { uncached: 50n } }),
      call(3, 7n, { tokens: { uncached: 60n } }),
    ],
    {},
    [['W12', 1, 'proven', 'cut_off_and_redone', 5n]],
  ],
  [
    'W16: calls at intervals for no work item',
    [10, 40, 70, 100].map((n) => call(n, 5n)),
    { isLinked: false, isAchieved: false },
    [10, 40, 70, 100].map((n): Told => ['W16', n, 'proven', 'periodic', 5n]),
  ],
  ['W16: not for a work item', [10, 40, 70, 100].map((n) => call(n, 5n)), {}, []],
])('%s', (_, acts, more, expected) => {
  expect(told(runOf(acts, more))).toEqual(expected);
});

const usesDocument = (kind: 'used' | 'ignored') => ({
  decisions: [{ kind: 'document' as const, id: 'd0', version: null, result: kind, from: null, reason: null }],
});

test.each([
  ['of an agent that cites', usesDocument('used'), 'proven', 'not_used'],
  ['of an agent that does not', {}, 'suspected', 'not_used:no_citations'],
])('W8: a document that no answer used, %s', (_, step, state, reason) => {
  const acts = [
    call(1, 100n),
    retrieval(2, [LONG], step),
    call(3, 3_000_000n * 100n, {
      prompt: [said('user', 'Hello there'), said('tool', LONG)],
      says: 'No idea.',
      tokens: { uncached: 20n },
    }),
  ];
  const carried = told(runOf(acts)).filter(([rule]) => rule === 'W8');
  expect(carried.map((each) => each.slice(0, 4))).toEqual([['W8', 2, state, reason]]);
  expect(carried[0]![4] > 0n).toBe(state === 'proven');
});

test('W9: a result in the prompts after the last answer that used it, at the price of its place', () => {
  const result = said('tool', LONG);
  const at = (n: number, says: string, more: readonly unknown[], read = 0n) =>
    call(n, 1_000n * 3_000_000n - read * 2_700_000n, {
      prompt: [result, said('user', 'x'.repeat(4_000)), ...more],
      says,
      tokens: { read, uncached: 1_000n - read },
    });
  const acts = [at(1, LONG, []), at(2, 'ok', [said('user', 'a')]), at(3, 'fine', [said('user', 'b')], 500n)];
  const { findings } = judgeRun(runOf(acts));
  const stale = findings.filter(({ rule }) => rule === 'W9');
  expect(stale.map(({ reason, costOf }) => [reason, costOf.map(Number)])).toEqual([
    ['after_last_use', [2, 3]],
  ]);
  // 118 of 4,157 bytes are 29 of 1,000 tokens: uncached at 3 a million once, from the cache at 0.3 once.
  expect(stale[0]!.wastePico).toBe(29n * 3_300_000n);
});

test('W10: what telling of each tool cost, of what no other rule took', () => {
  const acts = [
    call(1, 30n, { prompt: [said('user', 'Hi')], asks: [['c', 'search', {}]] }),
    tool(2, 'search', { id: 'c', given: {}, result: 'x' }),
    call(3, 30n, { prompt: [said('user', 'Hi'), said('tool', 'x')], says: 'done' }),
  ];
  const { offered } = judgeRun(runOf(acts));
  expect(offered.map(({ tool: name, calls }) => [name, calls])).toEqual([
    ['get_policy', 0],
    ['search', 1],
  ]);
});

test('W11: a prefix that was not read from the cache; the premium of writing it is paid once', () => {
  const history = said('user', 'y'.repeat(8_000));
  const at = (n: number, more: string) =>
    call(n, 3_000n * 3_000_000n, {
      prompt: [history, said('user', more)],
      says: 'ok',
      tokens: { uncached: 3_000n },
    });
  const { findings } = judgeRun(runOf([at(1, 'a'), at(2, 'b'), at(3, 'c')]));
  const missed = findings.filter(({ rule }) => rule === 'W11');
  expect(missed.map(({ spanId, state, reason }) => [Number(spanId), state, reason])).toEqual([
    [2, 'proven', 'prefix_not_read'],
    [3, 'proven', 'prefix_not_read'],
  ]);
  const [first, second] = missed.map(({ wastePico }) => wastePico);
  // Of each token of the prefix 2.7 of 3 would have been saved, less 0.75 once.
  expect((first! * 270n) / 195n - second! < 3_000n && second! - (first! * 270n) / 195n < 3_000n).toBe(true);
});

test('W13, W15 and context are told beside the verdict', () => {
  const verdict = judgeRun(
    runOf([
      call(1, 5n, { tokens: { read: 60n, uncached: 40n }, outputTokens: 3n }),
      tool(2, 'get', failed('x')),
      call(3, 7n, { tokens: { read: 90n, uncached: 60n }, outputTokens: 900n }),
    ]),
  );
  expect(verdict.afterWarningPico).toBe(7n);
  expect([verdict.billedInputTokens, verdict.uniqueInputTokens, verdict.cacheReadTokens]).toEqual([
    250n,
    150n,
    150n,
  ]);
  expect(verdict.outputs.map(({ tokens }) => tokens)).toEqual([3n, 900n]);
});

test('without content the last answer is essential, and the rest is neither that nor waste', () => {
  const { essential, essentialPico, wastePico, unprovenPico, withContentPico } = judgeRun(
    runOf([call(1, 5n), tool(2, 'get'), call(3, 7n), tool(4, 'get'), call(5, 9n)]),
  );
  expect([essential.map(Number), essentialPico, wastePico, unprovenPico, withContentPico]).toEqual([
    [5],
    9n,
    0n,
    12n,
    0n,
  ]);
});

test('what the outcome needed is not taken by a rule', () => {
  const acts = [
    call(1, 5n),
    tool(2, 'set', { given: { id: 1 } }),
    call(3, 6n),
    tool(4, 'set', { given: { id: 1 } }),
    call(5, 7n),
  ];
  const verdict = judgeRun(runOf(acts, policy({ writes: [WRITE] })));
  expect(verdict.wastePico).toBe(0n);
  expect(verdict.findings.map(({ rule, reason }) => [rule, reason])).toEqual([
    ['W3', 'identical_consecutive:writes'],
    ['W7', 'needed_for_the_outcome'],
  ]);
});
