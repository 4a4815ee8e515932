import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalJson, type CanonicalValue } from '#evidence';
import { completeStep, type Step } from '#model';
import { identityOf, parseStep, sealedStepRecord } from './step-record.ts';
import { identityText, stepText, stepTexts } from './step-text.ts';

const step: Step = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  parentSpanId: null,
  name: 'chat gpt-4.1',
  startedAtNs: 1_764_000_000_123_456_789n,
  endedAtNs: 1_764_000_001_000_000_000n,
  kind: 'model_call',
  role: 'leaf',
  roleReason: 'own_usage: it reports its own usage',
  mirrorOf: null,
  dialect: 'otel-gen-ai@1',
  provider: 'openai',
  modelRequest: 'gpt-4.1',
  modelResponse: 'gpt-4.1-2025-04-14',
  usage: { tokens: { in_uncached: 9_007_199_254_740_993n, out_text: 0n }, units: { search: 2n } },
  usageState: 'reported',
  usageSemantics: { input: 'inclusive', rule: 'A1.7' },
  usageFrom: null,
  extraUsage: [{ line: 'compaction', model: null, usage: { tokens: { in_uncached: 5n }, units: {} } }],
  untraced: null,
  costReported: { amount: '0.01', currency: 'USD', source: 'operation.cost' },
  serviceTier: null,
  tool: null,
  documentCount: null,
  conversationId: 'c-1',
  responseId: 'resp-1',
  requestId: null,
  agentName: null,
  workflowName: null,
  serviceName: 'support',
  errorType: null,
  finishReasons: ['stop'],
  scopeName: 'openai',
  scopeVersion: '1',
  flags: [],
  workItemKeys: [{ kind: 'ticket', key: '8123', tier: 'E1', mapping: 'ticket-id@0/span' }],
  attemptNumber: null,
  overheadPool: null,
  dimensions: { 'customer.tier': 'gold' },
};

const commitments = { subject: 's', span: 'a', identity: 'b', parts: { 'input.messages': 'c' } };
/** The record by its definition. */
const recordOf = (any: Step): string => canonical({ ...any, v: 1 });
const canonical = (value: object): string => {
  const plain: CanonicalValue = JSON.parse(
    JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member)),
  );
  return canonicalJson(plain);
};

test('a step survives its record, counts beyond 2^53 included', () => {
  expect(parseStep(recordOf(step))).toEqual(step);
});
test('a step is completed with all of its members, those that may be absent included', () => {
  const whole: Required<Step> = {
    ...step,
    increaseSince: { traceId: 't', spanId: 's' },
    evaluation: { name: 'helpful', score: '0.9', label: null },
    decisions: [{ kind: 'rule', id: 'r', version: null, result: 'met', from: null, reason: null }],
    commitments,
  };
  expect(completeStep(whole, whole, whole.commitments)).toStrictEqual(whole);
  expect(completeStep(step, step, undefined)).toStrictEqual(step);
  expect(parseStep(recordOf(whole))).toStrictEqual(whole);
});
test('a record of another version is refused', () => {
  expect(() => parseStep('{"v":2}')).toThrow('not of version 1');
});

test('the leaf of a record with commitments says nothing personal; what it leaves out is what identity commits to', () => {
  const record = recordOf({ ...step, commitments });
  const { conversationId, dimensions, errorType, name, workItemKeys, ...rest } = step;
  expect(sealedStepRecord(record)).toBe(canonical({ ...rest, v: 1, commitments }));
  expect(identityOf(record)).toBe(canonical({ conversationId, dimensions, errorType, name, workItemKeys }));
});

test('a record of before there were commitments is hashed as it stands', () => {
  expect(sealedStepRecord(recordOf(step))).toBe(recordOf(step));
  const quoting = recordOf({ ...step, name: '"commitments":{' });
  expect(sealedStepRecord(quoting)).toBe(quoting);
});

const text = fc.string({ unit: 'grapheme' });
const address = fc.record({ traceId: text, spanId: text });
const usage = fc.record({
  tokens: fc.record(
    { reasoning: fc.nat().map(BigInt), in_uncached: fc.nat().map(BigInt) },
    { requiredKeys: [] },
  ),
  units: fc.record({ search: fc.nat().map(BigInt), image: fc.nat().map(BigInt) }, { requiredKeys: [] }),
});
const anyStep: fc.Arbitrary<Step> = fc
  .record({
    name: text,
    usage: fc.option(usage),
    untraced: fc.option(usage),
    extraUsage: fc.array(
      fc.record({ usage, model: fc.option(text), line: fc.constant('advisor' as const) }),
      {
        maxLength: 2,
      },
    ),
    mirrorOf: fc.option(address),
    increaseSince: fc.option(address, { nil: undefined }),
    costReported: fc.option(
      fc.record({
        source: text,
        own: fc.record({ source: text, amount: text, currency: text }),
        from: address,
        currency: text,
        amount: text,
      }),
    ),
    tool: fc.option(
      fc.record({ name: text, callId: fc.option(text), effect: fc.constant('attempted' as const) }),
    ),
    evaluation: fc.option(fc.record({ score: fc.option(text), name: text, label: fc.option(text) }), {
      nil: undefined,
    }),
    workItemKeys: fc.array(
      fc.record({ tier: fc.constant('E1' as const), mapping: text, kind: text, key: text }),
      { maxLength: 2 },
    ),
    dimensions: fc.dictionary(
      text.filter((name) => !/^\d+$/.test(name)),
      text,
    ),
    flags: fc.array(text, { maxLength: 2 }),
  })
  .map((some) => ({ ...step, ...some }));
const anyCommitments = fc.option(
  fc.record({
    subject: text,
    span: text,
    parts: fc.record({ 'output.messages': text, 'input.messages': text }),
    identity: text,
  }),
  { nil: undefined },
);

test('law: the texts of any step are canonical JSON, and are read back as what was written', () => {
  fc.assert(
    fc.property(anyStep, anyCommitments, (any, committed) => {
      const written = stepText(any);
      const { record, sealed } = stepTexts(written, committed);
      expect(record).toBe(recordOf({ ...any, commitments: committed }));
      expect(sealed).toBe(sealedStepRecord(record));
      expect(identityText(written)).toBe(identityOf(record));
      expect(parseStep(record)).toEqual(committed === undefined ? any : { ...any, commitments: committed });
    }),
  );
});
