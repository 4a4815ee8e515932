import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { USD_PICO, type Charge, type Step } from '#model';
import { arbitrate } from '../arbitrate.ts';
import { readStep } from '../read-step.ts';
import { usage } from '../testing/case.ts';
import { makeSpan, type SpanNote } from '../testing/make-span.ts';
import { assessSteps } from './assess-steps.ts';
import { claimsOf } from './claims-of.ts';
import { emitterOf } from './emitter.ts';
import { describeFinding, FINDING_CODES, findingsOf, type AssessedStep } from './finding.ts';

const chat = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'm',
  'gen_ai.provider.name': 'openai',
};
const priced = (amountPico: bigint): Charge => ({
  state: 'priced',
  asset: USD_PICO,
  amountPico,
  provider: 'openai',
  callModel: 'm',
  priceId: '1',
  priceBook: 'b',
  lines: [],
  estimates: [],
});

function assess(notes: readonly SpanNote[], charges: readonly Charge[] = [priced(5n)]): AssessedStep[] {
  const { steps } = arbitrate(
    notes.map((note) => readStep(makeSpan(note))),
    [],
  );
  return steps.map((step) => {
    const whole: Step = {
      ...step,
      workItemKeys: [],
      attemptNumber: null,
      overheadPool: null,
      dimensions: {},
    };
    return { step: whole, charges: step.role === 'leaf' ? charges : [], isLinked: true };
  });
}

test('every finding has a section in the documentation, and every section is of a finding', () => {
  const page = readFileSync(
    new URL('../../../../docs/instrumenting/data-quality.md', import.meta.url),
    'utf8',
  );
  const sections = [...page.matchAll(/^### (.*)$/gm)].map(([, title = '']) => title.replaceAll(' ', '_'));
  expect(sections.sort()).toEqual([...FINDING_CODES].sort());
  expect(describeFinding('usage_missing')?.docs).toBe('docs/instrumenting/data-quality.md#usage-missing');
  expect(describeFinding('of_a_later_version')).toBe(null);
});

describe('what is found about a step', () => {
  const cases: readonly [string, SpanNote['attributes'], number, readonly string[]][] = [
    ['a call as it should be', { ...chat, ...usage({ input_tokens: 3, output_tokens: 1 }) }, 0, []],
    ['no usage', chat, 0, ['usage_missing']],
    ['no usage of a failed call', chat, 2, ['call_failed']],
    ['a cut stream', { ...chat, ...usage({ input_tokens: 3 }) }, 0, ['usage_partial']],
    ['0 tokens', { ...chat, ...usage({ input_tokens: 0, output_tokens: 0 }) }, 0, ['usage_zero']],
    [
      '0 tokens beside an answer',
      {
        ...chat,
        ...usage({ input_tokens: 0, output_tokens: 0 }),
        'gen_ai.response.finish_reasons': ['stop'],
      },
      0,
      ['usage_zero_with_output', 'usage_missing'],
    ],
    [
      'a count that is none',
      { ...chat, ...usage({ input_tokens: -1, output_tokens: 2 }) },
      0,
      ['count_malformed', 'usage_rejected'],
    ],
    [
      'two spellings of one count',
      { ...chat, ...usage({ input_tokens: 3, prompt_tokens: 4, output_tokens: 1 }) },
      0,
      ['counts_disagree', 'usage_rejected'],
    ],
    [
      'a cost of 0',
      { ...chat, ...usage({ input_tokens: 3, output_tokens: 1, cost: 0 }) },
      0,
      ['cost_zero_with_tokens'],
    ],
  ];
  test.each(cases)('%s', (_name, attributes = {}, status, expected) => {
    expect([...findingsOf(assess([{ attributes, status }])[0]!)]).toEqual(expected);
  });

  test('no price, and no work item', () => {
    const unpriced: Charge = {
      state: 'unpriced',
      reason: 'unknown_model',
      provider: 'openai',
      callModel: 'm',
    };
    const [call] = assess(
      [{ attributes: { ...chat, ...usage({ input_tokens: 3, output_tokens: 1 }) } }],
      [unpriced],
    );
    expect([...findingsOf({ ...call!, isLinked: false })]).toEqual(['unknown_model', 'unlinked']);
  });
});

test('the counts do not depend on the order of the steps, and each step is counted once', () => {
  const steps = assess([
    {
      id: '1',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        ...usage({ input_tokens: 6, output_tokens: 2 }),
      },
    },
    {
      id: '2',
      parent: '1',
      at: [0, 2],
      attributes: { ...chat, ...usage({ input_tokens: 3, output_tokens: 1 }) },
    },
    {
      id: '3',
      parent: '1',
      at: [3, 5],
      attributes: { ...chat, ...usage({ input_tokens: 3, output_tokens: 1 }) },
    },
    {
      id: '4',
      parent: '3',
      at: [3, 5],
      scope: 'inner',
      attributes: { ...chat, ...usage({ input_tokens: 3, output_tokens: 1 }) },
    },
  ]);
  const names = { idOf: (emitter: object) => JSON.stringify(emitter), emitterAt: () => null };
  const days = assessSteps(steps, names);
  expect(assessSteps(steps.toReversed(), names)).toEqual(days);
  const total = days.flatMap(({ counts }) => [...counts]).filter(([measure]) => measure.startsWith('kind:'));
  expect(total.reduce((sum, [, spans]) => sum + spans, 0)).toBe(4);
  const outer = days.find(({ emitter }) => emitter.scope === '')!;
  expect(outer.counts.get(`mirror:${JSON.stringify(emitterOf(steps[3]!.step))}`)).toBe(1);
  expect(outer.findings.map(({ code, spans }) => [code, spans])).toEqual([['mirrored', 1]]);
});

test('a leaf keeps its own claim beside that of the gateway, and totals are held against nothing', () => {
  const counts = usage({ input_tokens: 3, output_tokens: 1 });
  const steps = assess([
    { id: '1', attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.cost': 9 } },
    {
      id: '2',
      parent: '1',
      attributes: {
        ...chat,
        ...counts,
        'gen_ai.usage.cost': 0.25,
        'gen_ai.response.id': 'chatcmpl-0123456789',
      },
    },
    {
      id: '3',
      service: 'proxy',
      scope: 'litellm',
      attributes: {
        ...chat,
        ...counts,
        'llm.request.type': 'chat',
        'gen_ai.cost.total_cost': 0.5,
        'gen_ai.response.id': 'chatcmpl-0123456789',
      },
    },
  ]);
  expect(
    claimsOf(steps).map(({ spanId, own, nearest, call, exclusion, computedPico }) => [
      spanId.slice(-1),
      own?.amount,
      nearest?.amount ?? null,
      call?.spanId.slice(-1) ?? null,
      exclusion,
      computedPico,
    ]),
  ).toEqual([
    ['1', '9', null, null, 'total_of_calls', null],
    ['2', '0.25', '0.5', '2', null, 5n],
    ['3', '0.5', null, '2', null, null],
  ]);
});

test('names of emitters are bounded and can be stored', () => {
  const emitter = emitterOf({
    serviceName: `a\0${'\u{1F600}'.repeat(200)}`,
    scopeName: 's',
    scopeVersion: '',
    dialect: 'none',
  });
  expect([emitter.service.length, emitter.service.includes('\0'), emitter.service.isWellFormed()]).toEqual([
    255,
    false,
    true,
  ]);
});
