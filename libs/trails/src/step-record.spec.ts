import { expect, test } from '@jest/globals';
import type { Step } from '#model';
import { identityOf, parseStep, sealedStepRecord, stepRecord } from './step-record.ts';

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

test('a step survives its record, counts beyond 2^53 included', () => {
  expect(parseStep(JSON.stringify(stepRecord(step)))).toEqual(step);
});
test('a record of another version is refused', () => {
  expect(() => parseStep('{"v":2}')).toThrow('not of version 1');
});

test('the leaf of a record with commitments says nothing personal; what it leaves out is what identity commits to', () => {
  const commitments = { subject: 's', span: 'a', identity: 'b', parts: { 'input.messages': 'c' } };
  const text = JSON.stringify(sorted(stepRecord({ ...step, commitments })));
  expect(parseStep(text)).toEqual({ ...step, commitments });
  const { conversationId, dimensions, errorType, name, workItemKeys, ...rest } = sorted(
    stepRecord({ ...step, commitments }),
  );
  expect(sealedStepRecord(text)).toBe(JSON.stringify(rest));
  expect(identityOf(text)).toBe(
    JSON.stringify({ conversationId, dimensions, errorType, name, workItemKeys }),
  );
});

test('a record of before there were commitments is hashed as it stands', () => {
  const text = JSON.stringify(sorted(stepRecord(step)));
  expect(sealedStepRecord(text)).toBe(text);
  const quoting = JSON.stringify(sorted(stepRecord({ ...step, name: '"commitments":{' })));
  expect(sealedStepRecord(quoting)).toBe(quoting);
});

function sorted<Value extends object>(value: Value): Value {
  const text = JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
  const parsed: Value = JSON.parse(text);
  return parsed;
}
