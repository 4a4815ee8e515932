import { describe, expect, test } from '@jest/globals';
import type { Case } from '../testing/case.ts';
import { usage } from '../testing/case.ts';
import { describeTrace, readTrace } from '../testing/describe-step.ts';

const CASES: readonly Case[] = [
  [
    'L02',
    [
      {
        scope: 'opentelemetry.instrumentation.bedrock',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'AWS',
          ...usage({
            input_tokens: 3,
            output_tokens: 442,
            total_tokens: 445,
            'cache_read.input_tokens': 7917,
            'cache_creation.input_tokens': 350,
          }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 3, cr 7917, cw 350, out 442 | reported exclusive A1.3'],
  ],
  [
    'L02 with an ordinary hit: Converse counts the cache beside the input',
    [
      {
        scope: 'opentelemetry.instrumentation.bedrock',
        attributes: {
          'gen_ai.operation.name': 'chat',
          ...usage({
            input_tokens: 5000,
            output_tokens: 45,
            total_tokens: 5045,
            'cache_read.input_tokens': 1000,
          }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 5000, cr 1000, out 45 | reported exclusive A1.6:openllmetry:bedrock',
    ],
  ],
  [
    'L04',
    [
      {
        scope: 'opentelemetry.instrumentation.anthropic',
        attributes: {
          'llm.request.type': 'completion',
          'llm.usage.total_tokens': 1413,
          ...usage({
            prompt_tokens: 1353,
            completion_tokens: 60,
            cache_read_input_tokens: 1000,
            cache_creation_input_tokens: 350,
          }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 3, cr 1000, cw 350, out 60 | reported inclusive A1.6:openllmetry'],
  ],
  [
    'L08',
    [
      {
        scope: 'openlit.instrumentation.anthropic',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'anthropic',
          'gen_ai.client.token.usage': 452,
          ...usage({
            input_tokens: 7,
            output_tokens: 445,
            'cache_read.input_tokens': 16399,
            'cache_creation.input_tokens': 2089,
            cost: 0.0195,
          }),
        },
      },
    ],
    [
      'model_call leaf(only_witness) | in 7, cr 16399, cw 2089, out 445 | reported exclusive A1.3 | cost 0.0195 client_estimate',
    ],
  ],
  [
    'L09',
    [
      {
        scope: 'openlit.instrumentation.openai',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.tool.name': 'a, b',
          ...usage({ input_tokens: 10, output_tokens: 2 }),
        },
      },
    ],
    ['model_call leaf(only_witness) | in 10, out 2 | reported inclusive A1.2'],
  ],
];

describe('OpenLLMetry and OpenLIT', () => {
  test.each(CASES)('%s', (_id, notes, expected) => {
    expect(describeTrace(notes)).toEqual(expected);
  });

  test('L07: the provider behind LangChain', () => {
    const [step] = readTrace([
      {
        attributes: {
          'gen_ai.system': 'Langchain',
          'llm.request.type': 'chat',
          'traceloop.association.properties.ls_provider': 'anthropic',
          'traceloop.association.properties.session_id': 's1',
          'traceloop.workflow.name': 'refunds',
        },
      },
    ]);
    expect({
      provider: step!.provider,
      conversationId: step!.conversationId,
      workflowName: step!.workflowName,
      dialect: step!.dialect,
    }).toEqual({
      provider: 'anthropic',
      conversationId: 's1',
      workflowName: 'refunds',
      dialect: 'openllmetry@2',
    });
  });

  test('the tools listed on a chat span are no tool call', () => {
    expect(readTrace(CASES.find(([id]) => id === 'L09')![1])[0]!.tool).toBeNull();
  });
});
