import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { EvidenceTier, Step } from '#model';
import type { LinkDecision } from './link-decisions.ts';
import { SHIPPED_LINK_POLICY } from './link-rules.ts';
import type { ResolveRules } from './resolved-trace.ts';
import { resolveTrace } from './resolve-trace.ts';

const id = (n: number): string => n.toString(16).padStart(16, '0');
const TRACE = 'a'.repeat(32);

function step(n: number, parent: number | null, fields: Partial<Step> = {}): Step {
  return {
    traceId: TRACE,
    spanId: id(n),
    parentSpanId: parent === null ? null : id(parent),
    name: 'step',
    startedAtNs: BigInt(n) * 1000n,
    endedAtNs: BigInt(n) * 1000n + 500n,
    kind: 'model_call',
    role: 'leaf',
    roleReason: '',
    mirrorOf: null,
    dialect: '',
    provider: null,
    modelRequest: null,
    modelResponse: null,
    usage: null,
    usageState: 'missing',
    usageSemantics: null,
    usageFrom: null,
    extraUsage: [],
    untraced: null,
    costReported: null,
    serviceTier: null,
    tool: null,
    documentCount: null,
    conversationId: null,
    responseId: null,
    requestId: null,
    agentName: null,
    workflowName: null,
    serviceName: null,
    errorType: null,
    finishReasons: [],
    scopeName: '',
    scopeVersion: '',
    flags: [],
    workItemKeys: [],
    attemptNumber: null,
    overheadPool: null,
    dimensions: {},
    ...fields,
  };
}
const names = (...keys: string[]): Pick<Step, 'workItemKeys'> => ({
  workItemKeys: keys.map((key) => ({ kind: 'ticket', key, tier: 'E1', mapping: 'ticket-id@0/span' })),
});
const agent = { kind: 'agent', role: 'container' } as const;
const rules: ResolveRules = {
  tenantId: 1n,
  isWorkItemKind: (kind) => kind === 'ticket',
  linkPolicyAt: () => SHIPPED_LINK_POLICY,
  isRegistered: () => true,
  isOpenAt: () => true,
  aliases: new Map([['conversation:1:c1', ['refund:1:R', 'ticket:1:C']]]),
  weights: new Map(),
  decisions: [],
};

/** span number -> `item attempt`, joined. */
const shares = (steps: Step[]) =>
  Object.fromEntries(
    resolveTrace(TRACE, steps, rules).steps.map(({ step: { spanId }, shares: list }) => [
      Number.parseInt(spanId, 16),
      list
        .map((s) => `${s.workItemRef.split(':')[2]} ${s.attemptKeyKind}:${s.attemptKey.replace(TRACE, 'T')}`)
        .join(', '),
    ]),
  );

test.each<[string, Step[], Record<number, string>]>([
  ['nothing is named', [step(1, null), step(2, 1)], { 1: '', 2: '' }],
  [
    'what the root names holds below it',
    [step(1, null, { ...agent, ...names('A') }), step(2, 1), step(3, 2)],
    { 1: 'A trace:T', 2: 'A trace:T', 3: 'A trace:T' },
  ],
  [
    'the nearest name wins',
    [step(1, null, { ...agent, ...names('A') }), step(2, 1, names('B')), step(3, 2)],
    { 1: 'A trace:T', 2: 'B trace:T', 3: 'B trace:T' },
  ],
  [
    'what names nothing belongs to the one item named elsewhere',
    [step(1, null, agent), step(2, 1, names('A')), step(3, 1)],
    { 1: 'A trace:T', 2: 'A trace:T', 3: 'A trace:T' },
  ],
  [
    'or is split over several: charges and the root',
    [
      step(1, null, agent),
      step(2, 1, names('A')),
      step(3, 1, names('B')),
      step(4, 1),
      step(5, 1, { role: 'none' }),
    ],
    { 1: 'A trace:T, B trace:T', 2: 'A trace:T', 3: 'B trace:T', 4: 'A trace:T, B trace:T', 5: '' },
  ],
  [
    'a conversation that an outcome named',
    [step(1, null, { conversationId: 'c1' }), step(2, 1)],
    { 1: 'C conversation:c1', 2: 'C conversation:c1' },
  ],
  [
    'an attempt number beats a conversation',
    [step(1, null, { ...names('A'), conversationId: 'c9', attemptNumber: '2' }), step(2, 1)],
    { 1: 'A attempt:2', 2: 'A attempt:2' },
  ],
  [
    'each top agent step that names the item is an attempt',
    [
      step(1, null, { kind: 'workflow', role: 'none' }),
      step(2, 1, { ...agent, ...names('A') }),
      step(3, 2),
      step(4, 1, { ...agent, ...names('A') }),
      step(5, 4, { ...agent, ...names('A') }),
      step(6, 5),
    ],
    {
      1: 'A trace:T',
      2: `A agent:T/${id(2)}`,
      3: `A agent:T/${id(2)}`,
      4: `A agent:T/${id(4)}`,
      5: `A agent:T/${id(4)}`,
      6: `A agent:T/${id(4)}`,
    },
  ],
  [
    'overhead belongs to no item',
    [step(1, null, names('A')), step(2, 1, { overheadPool: 'evals' })],
    { 1: 'A trace:T', 2: '' },
  ],
  ['a cycle of parents', [step(1, 2, names('A')), step(2, 1)], { 1: 'A trace:T', 2: 'A trace:T' }],
  ['its own parent', [step(1, 1, names('A'))], { 1: 'A trace:T' }],
])('%s', (_, steps, expected) => {
  expect(shares(steps)).toEqual(expected);
});

test('the order of the steps does not matter', () => {
  const anySteps = fc.array(
    fc.record({
      parent: fc.option(fc.integer({ min: 1, max: 8 })),
      key: fc.option(fc.constantFrom('E1 A', 'E1 B', 'E4 A', 'E4 B', 'E5 A'), { freq: 2 }),
      isAgent: fc.boolean(),
      conversation: fc.option(fc.constantFrom('c1', 'c2'), { freq: 1 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(anySteps, fc.infiniteStream(fc.nat()), (list, random) => {
      const steps = list.map((each, n) =>
        step(n + 1, each.parent, {
          ...(each.isAgent ? agent : {}),
          ...(each.key === null ? {} : says(each.key)),
          conversationId: each.conversation,
        }),
      );
      const shuffled = steps.map((each) => ({ each, at: random.next().value })).sort((a, b) => a.at - b.at);
      expect(
        resolveTrace(
          TRACE,
          shuffled.map(({ each }) => each),
          rules,
        ),
      ).toEqual(resolveTrace(TRACE, steps, rules));
    }),
  );
});

test('a chain of 20,000 spans and a batch of 2,000 items are resolved without being multiplied', () => {
  const chain = Array.from({ length: 20_000 }, (_, n) =>
    step(n + 1, n === 0 ? null : n, n === 0 ? names('A') : {}),
  );
  expect(resolveTrace(TRACE, chain, rules).steps.every(({ shares: list }) => list.length === 1)).toBe(true);
  const batch = [
    step(1, null, agent),
    ...Array.from({ length: 2000 }, (_, n) => step(n + 2, 1, names(`K${n}`))),
    ...Array.from({ length: 2000 }, (_, n) => step(n + 2002, 1)),
  ];
  const wide = resolveTrace(TRACE, batch, rules);
  expect(wide.unlinkedReason).toBe('names_too_many_work_items');
  expect(wide.steps.reduce((sum, { shares: list }) => sum + list.length, 0)).toBe(2000);
});

const TIERS: readonly EvidenceTier[] = ['E1', 'E2', 'E3', 'E4', 'E5'];

/** Keys by tier, as `E4 A`; E4 and E5 are found, the others declared. */
const says = (...keys: string[]): Pick<Step, 'workItemKeys'> => ({
  workItemKeys: keys.map((text) => {
    const tier = TIERS.find((each) => text.startsWith(each))!;
    return { kind: 'ticket', key: text.slice(3), tier, mapping: `${tier}-rule@1/span` };
  }),
});
const decision = (
  n: number,
  action: 'link' | 'unlink',
  key: string,
  spans: number[] | null,
): LinkDecision => ({
  decisionId: String(n),
  recordedAtUs: BigInt(n),
  action,
  workItemRef: `ticket:1:${key}`,
  spanIds: spans === null ? null : spans.map(id),
});
const withRules = (changes: Partial<ResolveRules>): ResolveRules => ({ ...rules, ...changes });
const policy = (changes: object) => ({ linkPolicyAt: () => ({ ...SHIPPED_LINK_POLICY, ...changes }) });

/** span number -> `item weight confidence` of its shares, or `?item confidence state` of its candidates. */
const linked = (steps: Step[], under: ResolveRules) =>
  Object.fromEntries(
    resolveTrace(TRACE, steps, under).steps.map(({ step: { spanId }, shares: list, candidates }) => [
      Number.parseInt(spanId, 16),
      [
        ...list.map((s) => `${s.workItemRef.split(':')[2]} ${s.weight} ${s.confidenceBps}`),
        ...candidates.map(
          (c) => `?${c.ref.split(':')[2]} ${c.confidenceBps}${c.isDangling ? ' dangling' : ''}`,
        ),
      ].join(', '),
    ]),
  );
const tool = { kind: 'tool_call', role: 'none' } as const;

test.each<[string, Step[], Partial<ResolveRules>, Record<number, string>]>([
  ['E2 books', [step(1, null, says('E2 A'))], {}, { 1: 'A 1 9900' }],
  ['E5 is a candidate', [step(1, null, says('E5 A'))], {}, { 1: '?A 7000' }],
  [
    'at a lower threshold it books',
    [step(1, null, says('E5 A'))],
    policy({ bookThresholdBps: 7000 }),
    { 1: 'A 1 7000' },
  ],
  ['E1 copied from E2 counts once', [step(1, null, says('E1 A', 'E2 A'))], {}, { 1: 'A 1 10000' }],
  ['E4 and E5 are one source', [step(1, null, says('E4 A', 'E5 A'))], {}, { 1: 'A 1 9500' }],
  [
    'text and the conversation are two',
    [step(1, null, { ...says('E5 C'), conversationId: 'c1' })],
    {},
    { 1: 'C 1 9850' },
  ],
  ['the best of one step wins', [step(1, null, says('E1 A', 'E2 B'))], {}, { 1: 'A 1 10000' }],
  ['equals of one step share it', [step(1, null, says('E4 A', 'E4 B'))], {}, { 1: 'A 1 9500, B 1 9500' }],
  [
    'what is declared above beats what is found nearer',
    [step(1, null, says('E1 A')), step(2, 1, says('E4 B')), step(3, 2)],
    {},
    { 1: 'A 1 10000', 2: 'A 1 10000', 3: 'A 1 10000' },
  ],
  [
    'found nearer beats found above; text beats nothing',
    [step(1, null, says('E4 A')), step(2, 1, says('E4 B')), step(3, 2, says('E5 A'))],
    {},
    { 1: 'A 1 9500', 2: 'B 1 9500', 3: 'B 1 9500' },
  ],
  [
    'a found key of an unknown item dangles',
    [step(1, null), step(2, 1, { ...tool, ...says('E4 A') })],
    { isRegistered: () => false },
    { 1: '?A 9500 dangling', 2: '?A 9500 dangling' },
  ],
  [
    'a declared key never does',
    [step(1, null, says('E1 A'))],
    { isRegistered: () => false },
    { 1: 'A 1 10000' },
  ],
  [
    'an outcome event names the trace: declared at its roots',
    [step(1, null), step(2, 1, says('E4 B'))],
    { aliases: new Map([[`trace:1:${TRACE}`, ['ticket:1:A']]]) },
    { 1: 'A 1 10000', 2: 'A 1 10000' },
  ],
  [
    'an outcome event names a run of the trace',
    [
      step(1, null),
      step(2, 1, { workItemKeys: [{ kind: 'run', key: 'r', tier: 'E1', mapping: 'run-id@0/span' }] }),
      step(3, 2),
    ],
    { aliases: new Map([['run:1:r', ['ticket:1:A']]]) },
    { 1: 'A 1 10000', 2: 'A 1 10000', 3: 'A 1 10000' },
  ],
  [
    'of the items of a conversation the open one',
    [step(1, null, { conversationId: 'c2' })],
    {
      aliases: new Map([['conversation:1:c2', ['ticket:1:A', 'ticket:1:B']]]),
      isOpenAt: (ref) => ref === 'ticket:1:B',
    },
    { 1: 'B 1 9500' },
  ],
  [
    'of several open ones none',
    [step(1, null, { conversationId: 'c2' })],
    { aliases: new Map([['conversation:1:c2', ['ticket:1:A', 'ticket:1:B']]]) },
    { 1: '?A 4750, ?B 4750' },
  ],
  [
    'shared by tokens of their own parts',
    [
      step(1, null, agent),
      step(2, 1, { ...says('E1 A'), usage: { tokens: { in_uncached: 30n, out_text: 1n }, units: {} } }),
      step(3, 1, { ...says('E1 B'), usage: { tokens: { in_uncached: 9n }, units: {} } }),
      step(4, 1),
    ],
    policy({ splitDriver: 'tokens' }),
    { 1: 'A 31 10000, B 9 10000', 2: 'A 1 10000', 3: 'B 1 10000', 4: 'A 31 10000, B 9 10000' },
  ],
  [
    'shared by tool calls, the first of best_available that says anything',
    [
      step(1, null, agent),
      step(2, 1, { ...tool, ...says('E4 A') }),
      step(3, 1, { ...tool, ...says('E4 A') }),
      step(4, 1, { ...tool, ...says('E4 B') }),
      step(5, 1),
    ],
    policy({ splitDriver: 'best_available' }),
    { 1: 'A 2 9500, B 1 9500', 2: 'A 1 9500', 3: 'A 1 9500', 4: 'B 1 9500', 5: 'A 2 9500, B 1 9500' },
  ],
  [
    'shared by the weight that outcomes state',
    [step(1, null, agent), step(2, 1, says('E1 A')), step(3, 1, says('E1 B')), step(4, 1)],
    { ...policy({ splitDriver: 'weight' }), weights: new Map([['ticket:1:A', 3n]]) },
    { 1: 'A 3 10000, B 0 10000', 2: 'A 1 10000', 3: 'B 1 10000', 4: 'A 3 10000, B 0 10000' },
  ],
  [
    'a driver that says nothing gives way to even',
    [step(1, null, agent), step(2, 1, says('E1 A')), step(3, 1, says('E1 B')), step(4, 1)],
    policy({ splitDriver: 'weight' }),
    { 1: 'A 1 10000, B 1 10000', 2: 'A 1 10000', 3: 'B 1 10000', 4: 'A 1 10000, B 1 10000' },
  ],
  [
    'a person links the trace: whatever it says',
    [step(1, null, says('E1 A')), step(2, 1)],
    { decisions: [decision(1, 'link', 'B', null)] },
    { 1: 'B 1 10000', 2: 'B 1 10000' },
  ],
  [
    'a person links a step with all under it',
    [step(1, null, says('E1 A')), step(2, 1), step(3, 2), step(4, 1)],
    { decisions: [decision(1, 'link', 'B', [2])] },
    { 1: 'A 1 10000', 2: 'B 1 10000', 3: 'B 1 10000', 4: 'A 1 10000' },
  ],
  [
    'an unlink beats every automatic link, and the next evidence holds',
    [step(1, null, says('E1 A')), step(2, 1, says('E1 B'))],
    { decisions: [decision(1, 'unlink', 'B', null)] },
    { 1: 'A 1 10000', 2: 'A 1 10000' },
  ],
  [
    'a later link supersedes an unlink, whatever comes first',
    [step(1, null, says('E1 A'))],
    {
      decisions: [
        decision(3, 'link', 'B', null),
        decision(2, 'unlink', 'B', null),
        decision(1, 'unlink', 'A', null),
      ],
    },
    { 1: 'B 1 10000' },
  ],
  [
    'what is said nearer to the step wins, and two said alike share',
    [step(1, null), step(2, 1), step(3, 1)],
    {
      decisions: [
        decision(3, 'link', 'A', null),
        decision(2, 'link', 'B', [2]),
        decision(1, 'link', 'C', [2]),
      ],
    },
    { 1: 'A 1 10000', 2: 'B 1 10000, C 1 10000', 3: 'A 1 10000' },
  ],
])('%s', (_, steps, changes, expected) => {
  const under = withRules(changes);
  expect(linked(steps, under)).toEqual(expected);
  expect(linked(steps.toReversed(), under)).toEqual(expected);
});

test.each<[string, Step[], Partial<ResolveRules>, string]>([
  ['nothing', [step(1, null)], {}, 'names_no_work_item'],
  ['only text', [step(1, null, says('E5 A'))], {}, 'below_threshold'],
  ['an unknown item', [step(1, null, says('E4 A'))], { isRegistered: () => false }, 'dangling_key'],
  [
    'a conversation of two',
    [step(1, null, { conversationId: 'c2' })],
    { aliases: new Map([['conversation:1:c2', ['ticket:1:A', 'ticket:1:B']]]) },
    'ambiguous_conversation',
  ],
])('%s is the reason', (_, steps, changes, reason) => {
  expect(resolveTrace(TRACE, steps, withRules(changes)).unlinkedReason).toBe(reason);
});
