import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { arbitrate } from './arbitrate.ts';
import { readStep } from './read-step.ts';
import type { ArbitratedStep, StepDraft } from './step-draft.ts';
import { usage } from './testing/case.ts';
import { describeUsage } from './testing/describe-step.ts';
import type { SpanNote } from './testing/make-span.ts';
import { makeSpan } from './testing/make-span.ts';

type Counts = readonly [input: number, output: number];

/** The span that Strands writes for an invocation of an agent, with all the agent has used since it was made. */
const invocation = (
  trace: string,
  [input, output]: Counts,
  at: SpanNote['at'],
  more: Partial<SpanNote> = {},
): SpanNote => ({
  trace,
  id: '1',
  at: at!,
  scope: 'strands.telemetry.tracer',
  ...more,
  attributes: {
    'gen_ai.system': 'strands-agents',
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'desk',
    'session.id': 's1',
    ...usage({ input_tokens: input, output_tokens: output }),
    ...more.attributes,
  },
});
const call = (trace: string, [input, output]: Counts, at: SpanNote['at'], parent = '1'): SpanNote => ({
  trace,
  id: 'c',
  parent,
  at: at!,
  scope: 'strands.telemetry.tracer',
  attributes: {
    'gen_ai.system': 'strands-agents',
    'gen_ai.operation.name': 'chat',
    ...usage({ input_tokens: input, output_tokens: output }),
  },
});

/** All traces, each arbitrated with the running totals of all others. */
function arbitrateAll(notes: readonly SpanNote[]): ArbitratedStep[] {
  const byTrace = new Map<string, StepDraft[]>();
  for (const draft of notes.map((note) => readStep(makeSpan(note))))
    byTrace.set(draft.traceId, [...(byTrace.get(draft.traceId) ?? []), draft]);
  const traces = [...byTrace.values()];
  const totals = traces.flatMap((drafts) => arbitrate(drafts, []).runningTotals);
  return traces
    .flatMap((drafts) => arbitrate(drafts, [], totals).steps)
    .sort((left, right) => (left.traceId + left.spanId < right.traceId + right.spanId ? -1 : 1));
}

const short = ({ traceId, spanId }: { traceId: string; spanId: string }): string =>
  `${traceId.replace(/^0+/, '')}${spanId.replace(/^0+/, '')}`;

/** What is billed: the span, why, what, since when, and whether it is doubtful. */
function describeBilled(notes: readonly SpanNote[]): string[] {
  return arbitrateAll(notes)
    .filter(({ role }) => role === 'leaf')
    .map((step) =>
      [
        `${short(step)} ${step.roleReason.split(':', 1)[0]!.replace('sole_carrier', 'sole')}`,
        describeUsage(step.usage),
        ...(step.increaseSince ? [`since ${short(step.increaseSince)}`] : []),
        ...step.flags.filter((flag) => !flag.startsWith('also:')),
      ].join(' | '),
    );
}

const CASES: readonly (readonly [name: string, notes: readonly SpanNote[], expected: readonly string[]])[] = [
  [
    'of three totals in three traces each is billed with its gain',
    [
      invocation('a', [100, 10], [0, 5]),
      invocation('b', [300, 30], [6, 9]),
      invocation('c', [450, 31], [9, 12]),
    ],
    [
      'a1 sole | in 100, out 10',
      'b1 sole_increase | in 200, out 20 | since a1',
      'c1 sole_increase | in 150, out 1 | since b1',
    ],
  ],
  [
    'a total that fell is of an agent made anew, and the next is counted from it',
    [
      invocation('a', [300, 30], [0, 5]),
      invocation('b', [100, 40], [6, 9]),
      invocation('c', [150, 45], [10, 12]),
    ],
    [
      'a1 sole | in 300, out 30',
      'b1 sole_anew | in 100, out 40',
      'c1 sole_increase | in 50, out 5 | since b1',
    ],
  ],
  [
    'an agent made anew that has used nothing yet',
    [
      invocation('a', [300, 30], [0, 5]),
      invocation('b', [0, 0], [6, 9]),
      invocation('c', [400, 40], [10, 12]),
    ],
    ['a1 sole | in 300, out 30', 'c1 sole_increase | in 400, out 40 | since b1'],
  ],
  [
    'a total that gained nothing',
    [invocation('a', [300, 30], [0, 5]), invocation('b', [300, 30], [6, 9])],
    ['a1 sole | in 300, out 30', 'b1 sole_increase | in 0, out 0 | since a1'],
  ],
  [
    'a total whose calls are billed one by one is counted from all the same',
    [invocation('a', [100, 10], [0, 5]), call('a', [100, 10], [1, 2]), invocation('b', [300, 30], [6, 9])],
    ['ac only_witness | in 100, out 10', 'b1 sole_increase | in 200, out 20 | since a1'],
  ],
  [
    'a total of a sampled trace is not billed, and counted from all the same',
    [
      invocation('a', [100, 10], [0, 5], { attributes: { 'sampling.probability': 0.5 } }),
      invocation('b', [300, 30], [6, 9]),
    ],
    ['b1 sole_increase | in 200, out 20 | since a1'],
  ],
  [
    'several totals in each of two traces',
    [
      invocation('a', [100, 10], [0, 5]),
      invocation('a', [300, 30], [12, 15], { id: '2' }),
      invocation('b', [150, 15], [6, 9]),
      invocation('b', [500, 50], [20, 21], { id: '2' }),
    ],
    [
      'a1 sole | in 100, out 10',
      'a2 sole_increase | in 150, out 15 | since b1',
      'b1 sole_increase | in 50, out 5 | since a1',
      'b2 sole_increase | in 200, out 20 | since a2',
    ],
  ],
  [
    'the conversation may stand on the span around',
    [
      { trace: 'a', id: 'f', at: [0, 9], attributes: { 'session.id': 's1' } },
      invocation('a', [100, 10], [1, 5], { parent: 'f', attributes: { 'session.id': null } }),
      invocation('b', [300, 30], [6, 9]),
    ],
    ['a1 sole | in 100, out 10', 'b1 sole_increase | in 200, out 20 | since a1'],
  ],
  [
    'without a conversation nothing is known of other traces',
    [
      invocation('a', [100, 10], [0, 5], { attributes: { 'session.id': null } }),
      invocation('b', [300, 30], [6, 9], { attributes: { 'session.id': null } }),
    ],
    [
      'a1 sole | in 100, out 10 | running_total_unplaced',
      'b1 sole | in 300, out 30 | running_total_unplaced',
    ],
  ],
  [
    'an unplaced total over calls that are billed is no doubt',
    [
      invocation('a', [100, 10], [0, 5], { attributes: { 'session.id': null } }),
      call('a', [100, 10], [1, 2]),
    ],
    ['ac only_witness | in 100, out 10'],
  ],
  [
    'at the same time, so of two agents: each is billed whole',
    [invocation('a', [100, 10], [0, 5]), invocation('b', [300, 30], [4, 9])],
    [
      'a1 sole | in 100, out 10 | running_total_unplaced',
      'b1 sole | in 300, out 30 | running_total_unplaced',
    ],
  ],
  ...(
    [
      ['another conversation', { attributes: { 'session.id': 's2' } }],
      ['another agent', { attributes: { 'gen_ai.agent.name': 'clerk' } }],
      ['another service', { service: 'claims' }],
      ['another emitter', { attributes: { 'openinference.span.kind': 'AGENT' } }],
      ['another process', { resource: { 'service.instance.id': 'i2' } }],
      ['a name too long for a key', { attributes: { 'gen_ai.agent.name': 'x'.repeat(1100) } }],
    ] as const
  ).map(([name, more]): (typeof CASES)[number] => [
    `${name} is another agent`,
    [invocation('a', [100, 10], [0, 5]), invocation('b', [300, 30], [6, 9], more)],
    [
      'a1 sole | in 100, out 10',
      `b1 sole | in 300, out 30${name.includes('long') ? ' | running_total_unplaced' : ''}`,
    ],
  ]),
  [
    'OpenInference hands the running totals of Strands on',
    [
      invocation('a', [100, 10], [0, 5], { attributes: { 'openinference.span.kind': 'AGENT' } }),
      invocation('b', [300, 30], [6, 9], { attributes: { 'openinference.span.kind': 'AGENT' } }),
    ],
    ['a1 sole | in 100, out 10', 'b1 sole_increase | in 200, out 20 | since a1'],
  ],
  [
    'an agent that another uses as a tool under the same name',
    [
      invocation('a', [900, 90], [0, 9]),
      {
        trace: 'a',
        id: 'e',
        parent: '1',
        at: [1, 6],
        scope: 'strands.telemetry.tracer',
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'research' },
      },
      invocation('a', [100, 10], [2, 5], { id: '2', parent: 'e' }),
      invocation('b', [1000, 91], [10, 19]),
    ],
    ['a2 sole | in 100, out 10', 'b1 sole_increase | in 100, out 1 | since a1'],
  ],
];

describe('totals that run on over the life of an agent', () => {
  test.each(CASES)('%s', (_name, notes, expected) => {
    expect(describeBilled(notes)).toEqual(expected);
  });

  test('they are published raw, under the agent and its conversation', () => {
    const drafts = [
      invocation('a', [100, 10], [0, 5]),
      invocation('a', [300, 30], [6, 9], { id: '2', resource: { 'host.name': 'h1' } }),
      invocation('a', [1, 1], [10, 11], { id: '3', attributes: { 'session.id': null } }),
    ].map((note) => readStep(makeSpan(note)));
    const own = { traceId: 'a'.padStart(32, '0') };
    expect(arbitrate(drafts, []).runningTotals).toEqual([
      {
        ...own,
        spanId: '0000000000000001',
        agent: '["strands","agent",null,[null,null],"desk","s1"]',
        startedAtNs: '1760000000000000000',
        endedAtNs: '1760000005000000000',
        tokens: { in_uncached: '100', out_text: '10' },
      },
      {
        ...own,
        spanId: '0000000000000002',
        agent: '["strands","agent","[null,null,null,null,\\"h1\\",null]",[null,null],"desk","s1"]',
        startedAtNs: '1760000006000000000',
        endedAtNs: '1760000009000000000',
        tokens: { in_uncached: '300', out_text: '30' },
      },
    ]);
  });
});

/** The lives of one agent: what it used in each invocation, made anew wherever a life ends. */
const lives = fc.array(
  fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 3 },
);

/** The invocations one after the other, each in one of four traces, some with their calls, some beginning as one ends. */
const plans = lives.chain((all) =>
  fc
    .array(
      fc.record({
        trace: fc.constantFrom('a', 'b', 'c', 'd'),
        hasCalls: fc.boolean(),
        pause: fc.constantFrom(0, 1),
      }),
      { minLength: 12, maxLength: 12 },
    )
    .map((places) => ({ lives: all, places })),
);

type Plan = typeof plans extends fc.Arbitrary<infer Value> ? Value : never;

interface Planned {
  readonly notes: readonly SpanNote[];
  readonly expected: readonly string[];
}

/** What the agent really used from one total to the next, where a total can tell it. */
function carryOut({ lives: all, places }: Plan): Planned {
  const notes: SpanNote[] = [];
  const expected: string[] = [];
  let clock = 0;
  let before: Counts = [0, 0];
  let number = 0;
  for (const life of all) {
    let total: Counts = [0, 0];
    for (const [input, output] of life) {
      const { trace, hasCalls, pause } = places[number]!;
      total = [total[0] + input, total[1] + output];
      const id = String((number += 1));
      const at = [clock, clock + 1] as const;
      clock += 1 + pause;
      notes.push(invocation(trace, total, at, { id }));
      const hasFallen = total[0] < before[0] || total[1] < before[1];
      const gain: Counts = hasFallen ? total : [total[0] - before[0], total[1] - before[1]];
      before = total;
      if (hasCalls) notes.push({ ...call(trace, [input, output], at, id), id: `c${id}` });
      // A total of 0 is no carrier.
      if (hasCalls || total[0] + total[1] > 0)
        expected.push(`${hasCalls ? 'c' : ''}${id} in ${(hasCalls ? [input, output] : gain).join(', out ')}`);
    }
  }
  return { notes, expected: expected.sort() };
}

test('any order, cut and repetition: each total is billed with its gain, whatever trace it is in', () => {
  const shuffled = plans
    .map(carryOut)
    .chain((planned) =>
      fc
        .tuple(
          fc.shuffledSubarray([...planned.notes], { minLength: planned.notes.length }),
          fc.subarray([...planned.notes]),
        )
        .map(([order, repeated]) => ({ ...planned, order: [...order, ...repeated] })),
    );
  fc.assert(
    fc.property(shuffled, ({ notes, order, expected }) => {
      const steps = arbitrateAll(order);
      expect(steps).toEqual(arbitrateAll(notes));
      const billed = steps.filter(
        ({ role, usageState }) => role === 'leaf' && usageState !== 'zero_reported',
      );
      expect(
        billed.map(({ spanId, usage: used }) => `${spanId.replace(/^0+/, '')} ${describeUsage(used)}`).sort(),
      ).toEqual(expected.filter((line) => !/^c\d+ in 0, out 0$/.test(line)));
      expect(billed.flatMap(({ flags }) => flags)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('what a trace publishes does not depend on what others published', () => {
  fc.assert(
    fc.property(plans.map(carryOut), ({ notes }) => {
      const drafts = notes.filter(({ trace }) => trace === 'a').map((note) => readStep(makeSpan(note)));
      const others = notes.filter(({ trace }) => trace !== 'a').map((note) => readStep(makeSpan(note)));
      const { runningTotals } = arbitrate(others, []);
      const alone = arbitrate(drafts, []);
      const among = arbitrate(drafts, [], runningTotals);
      expect(among.runningTotals).toEqual(alone.runningTotals);
      expect(among.candidates).toEqual(alone.candidates);
    }),
    { numRuns: 100 },
  );
});
