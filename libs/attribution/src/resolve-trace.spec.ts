import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Step } from '#model';
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
      key: fc.option(fc.constantFrom('A', 'B'), { freq: 2 }),
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
          ...(each.key === null ? {} : names(each.key)),
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
