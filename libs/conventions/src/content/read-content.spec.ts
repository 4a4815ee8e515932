import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { LogRecord, Span, StepKind } from '#model';
import { spanOfLog } from '../log-span.ts';
import { cutLog, cutSpan } from '../testing/cut-span.ts';
import { makeLog } from '../testing/make-log.ts';
import { makeSpan, toAttributes } from '../testing/make-span.ts';
import { CUT, cutContent } from './cut-content.ts';
import { contentRule } from './content-rules.ts';
import { readContent } from './read-content.ts';

type Part = readonly [part: string, mediaType: 'json' | 'text', text: string, sources: string];
const shown = (span: Span, kind: StepKind, log: LogRecord | null = null): Part[] =>
  readContent(span, kind, log).map(({ part, mediaType, text, sources }) => [
    part,
    mediaType === 'text/plain' ? 'text' : 'json',
    text,
    sources.join(' '),
  ]);

const MESSAGES = '[{"role":"user","parts":[{"type":"text","content":"hail damage"}]}]';
const ANSWER = '[{"role":"assistant","parts":[{"type":"text","content":"approved"}],"finish_reason":"stop"}]';

describe('Content of spans, by dialect', () => {
  test.each<[string, StepKind, Record<string, unknown>, Part[]]>([
    [
      'OpenTelemetry, a model call',
      'model_call',
      {
        'gen_ai.input.messages': MESSAGES,
        'gen_ai.output.messages': ANSWER,
        'gen_ai.system_instructions': '[{"type":"text","content":"You settle claims"}]',
        'gen_ai.tool.definitions': '[{"type":"function","name":"get_claim"}]',
        'gen_ai.request.model': 'gpt-4.1',
      },
      [
        ['input.messages', 'json', MESSAGES, 'gen_ai.input.messages'],
        ['output.messages', 'json', ANSWER, 'gen_ai.output.messages'],
        ['system', 'json', '[{"type":"text","content":"You settle claims"}]', 'gen_ai.system_instructions'],
        ['tool.definitions', 'json', '[{"type":"function","name":"get_claim"}]', 'gen_ai.tool.definitions'],
      ],
    ],
    [
      'OpenTelemetry, a tool with structured arguments',
      'tool_call',
      { 'gen_ai.tool.call.arguments': { claim: 'C-17', limit: 3 }, 'gen_ai.tool.call.result': 'paid' },
      [
        ['tool.arguments', 'json', '{"claim":"C-17","limit":3}', 'gen_ai.tool.call.arguments'],
        ['tool.result', 'text', 'paid', 'gen_ai.tool.call.result'],
      ],
    ],
    [
      'OpenTelemetry, a retrieval',
      'retrieval',
      { 'gen_ai.retrieval.query.text': 'hail', 'gen_ai.retrieval.documents': '[{"id":"d1","score":0.9}]' },
      [
        ['documents', 'json', '[{"id":"d1","score":0.9}]', 'gen_ai.retrieval.documents'],
        ['input.messages', 'text', 'hail', 'gen_ai.retrieval.query.text'],
      ],
    ],
    [
      'OpenInference, flattened messages; roles and ids are no content',
      'model_call',
      {
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.content': 'hail damage',
        'llm.input_messages.1.message.content': 'and rain',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'find',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"x":1}',
        'llm.tools.0.tool.json_schema': '{"type":"function"}',
        'llm.token_count.prompt': 10,
      },
      [
        [
          'input.messages',
          'json',
          '{"llm.input_messages.0.message.content":"hail damage","llm.input_messages.1.message.content":"and rain"}',
          'llm.input_messages.0.message.content llm.input_messages.1.message.content',
        ],
        [
          'output.messages',
          'json',
          '{"x":1}',
          'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments',
        ],
        ['tool.definitions', 'json', '{"type":"function"}', 'llm.tools.0.tool.json_schema'],
      ],
    ],
    [
      'OpenInference, a tool',
      'tool_call',
      { 'input.value': '{"a":1}', 'output.value': 'r', 'input.mime_type': 'application/json' },
      [
        ['tool.arguments', 'json', '{"a":1}', 'input.value'],
        ['tool.result', 'text', 'r', 'output.value'],
      ],
    ],
    [
      'OpenInference, a retriever',
      'retrieval',
      {
        'input.value': 'hail',
        'retrieval.documents.0.document.id': 'd1',
        'retrieval.documents.0.document.content': 'policy 7',
        'retrieval.documents.0.document.score': 0.9,
      },
      [
        ['documents', 'text', 'policy 7', 'retrieval.documents.0.document.content'],
        ['input.messages', 'text', 'hail', 'input.value'],
      ],
    ],
    [
      'OpenLLMetry',
      'model_call',
      {
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': 'hail',
        'gen_ai.completion.0.content': 'ok',
        'gen_ai.completion.0.finish_reason': 'stop',
        'llm.request.functions.0.parameters': '{}',
      },
      [
        ['input.messages', 'text', 'hail', 'gen_ai.prompt.0.content'],
        ['output.messages', 'text', 'ok', 'gen_ai.completion.0.content'],
        ['tool.definitions', 'json', '{}', 'llm.request.functions.0.parameters'],
      ],
    ],
    [
      'OpenLLMetry, a tool task',
      'tool_call',
      { 'traceloop.entity.input': '{"inputs":{}}', 'traceloop.entity.output': 'done' },
      [
        ['tool.arguments', 'json', '{"inputs":{}}', 'traceloop.entity.input'],
        ['tool.result', 'text', 'done', 'traceloop.entity.output'],
      ],
    ],
    [
      'Vercel AI SDK',
      'model_call',
      {
        'ai.prompt.messages': '[{"role":"user"}]',
        'ai.prompt.tools': ['{"name":"find"}'],
        'ai.prompt.toolChoice': '{"type":"auto"}',
        'ai.response.text': 'ok',
        'ai.response.finishReason': 'stop',
      },
      [
        ['input.messages', 'json', '[{"role":"user"}]', 'ai.prompt.messages'],
        ['output.messages', 'text', 'ok', 'ai.response.text'],
        ['tool.definitions', 'json', '["{\\"name\\":\\"find\\"}"]', 'ai.prompt.tools'],
      ],
    ],
    [
      'LangSmith',
      'model_call',
      { 'gen_ai.prompt': '{"messages":[]}', 'gen_ai.completion': '{"text":"ok"}' },
      [
        ['input.messages', 'json', '{"messages":[]}', 'gen_ai.prompt'],
        ['output.messages', 'json', '{"text":"ok"}', 'gen_ai.completion'],
      ],
    ],
    [
      'Langfuse',
      'agent',
      { 'langfuse.observation.input': 'a', 'langfuse.observation.output': 'b', 'langfuse.trace.name': 't' },
      [
        ['input.messages', 'text', 'a', 'langfuse.observation.input'],
        ['output.messages', 'text', 'b', 'langfuse.observation.output'],
      ],
    ],
    [
      'Pydantic AI, a tool',
      'tool_call',
      { tool_arguments: '{"a":1}', tool_response: 'r' },
      [
        ['tool.arguments', 'json', '{"a":1}', 'tool_arguments'],
        ['tool.result', 'text', 'r', 'tool_response'],
      ],
    ],
    [
      'Google ADK',
      'model_call',
      {
        'gcp.vertex.agent.llm_request': '{"contents":[]}',
        'gcp.vertex.agent.llm_response': '{"content":{}}',
      },
      [
        ['input.messages', 'json', '{"contents":[]}', 'gcp.vertex.agent.llm_request'],
        ['output.messages', 'json', '{"content":{}}', 'gcp.vertex.agent.llm_response'],
      ],
    ],
    ['nothing was captured', 'model_call', { 'gen_ai.usage.input_tokens': 5, 'gen_ai.prompt': '' }, []],
  ])('%s', (_, kind, attributes, expected) => {
    expect(shown(makeSpan({ attributes }), kind)).toEqual(expected);
  });

  test('messages as events, of a model and of a tool; a status message', () => {
    const event = (name: string, attributes: Record<string, unknown>) => ({
      name,
      timeNs: 0n,
      attributes: toAttributes(attributes),
    });
    const span: Span = {
      ...makeSpan({}),
      statusMessage: 'declined: hail',
      events: [
        event('gen_ai.user.message', { content: 'hail', role: 'user', 'gen_ai.system': 'openai' }),
        event('gen_ai.choice', { message: '{"content":"ok"}', index: 0, finish_reason: 'stop' }),
        event('exception', { 'exception.type': 'E', 'exception.message': 'no such claim' }),
      ],
    };
    const other: Part = [
      'other',
      'json',
      '{"exception[2].exception.message":"no such claim","status.message":"declined: hail"}',
      'exception[2].exception.message status.message',
    ];
    expect(shown(span, 'model_call')).toEqual([
      ['input.messages', 'text', 'hail', 'gen_ai.user.message[0].content'],
      other,
      ['output.messages', 'json', '{"content":"ok"}', 'gen_ai.choice[1].message'],
    ]);
    expect(shown(span, 'tool_call').map(([part]) => part)).toEqual([
      'other',
      'tool.arguments',
      'tool.result',
    ]);
  });

  test.each<[string, StepKind, Parameters<typeof makeLog>[0], Part[]]>([
    [
      'Claude Code, a prompt; its body is its name',
      'other',
      {
        event: 'user_prompt',
        body: 'claude_code.user_prompt',
        attributes: { prompt: 'hail', prompt_length: 4 },
      },
      [['input.messages', 'text', 'hail', 'prompt']],
    ],
    [
      'Codex, a tool result',
      'tool_call',
      {
        event: 'codex.tool_result',
        attributes: { arguments: '{"cmd":"ls"}', output: 'a.txt', tool_name: 'sh' },
      },
      [
        ['tool.arguments', 'json', '{"cmd":"ls"}', 'arguments'],
        ['tool.result', 'text', 'a.txt', 'output'],
      ],
    ],
    [
      'Gemini CLI',
      'model_call',
      { event: 'gemini_cli.api_response', attributes: { response_text: 'ok', model: 'gemini-2.5-pro' } },
      [['output.messages', 'text', 'ok', 'response_text']],
    ],
    [
      'OpenTelemetry, a message as an event with a body',
      'other',
      { event: 'gen_ai.user.message', body: '{"content":"hail"}', attributes: { 'gen_ai.system': 'openai' } },
      [['input.messages', 'json', '{"content":"hail"}', 'body']],
    ],
    [
      'OpenTelemetry, the details of a call',
      'model_call',
      {
        event: 'gen_ai.client.inference.operation.details',
        attributes: { 'gen_ai.input.messages': MESSAGES, 'gen_ai.output.messages': ANSWER },
      },
      [
        ['input.messages', 'json', MESSAGES, 'gen_ai.input.messages'],
        ['output.messages', 'json', ANSWER, 'gen_ai.output.messages'],
      ],
    ],
  ])('a log record of %s', (_, kind, note, expected) => {
    const log = makeLog(note);
    expect(shown(spanOfLog(log), kind, log)).toEqual(expected);
  });
});

describe('Cut content', () => {
  const cutOf = (key: string, value: string): unknown => cutContent(value, contentRule(key)!);

  test.each([
    ['a text', 'gen_ai.input.messages', MESSAGES, CUT],
    ['nothing said', 'gen_ai.output.messages', '[]', '[]'],
    [
      'documents: how many',
      'gen_ai.retrieval.documents',
      '[{"id":"d1","text":"policy"},{"id":"d2"}]',
      '[{"id":"[cut]","text":"[cut]"},{"id":"[cut]"}]',
    ],
    [
      'an answer with its usage',
      'gcp.vertex.agent.llm_response',
      '{"content":{"parts":[{"text":"hail"}],"role":"model"},"usage_metadata":{"prompt_token_count":100},"age":42}',
      '{"content":{"parts":[{"text":"[cut]"}],"role":"model"},"usage_metadata":{"prompt_token_count":100},"age":null}',
    ],
    [
      'the id of an answer in a stream that is no JSON',
      'output.value',
      'data: {"id": "chatcmpl-o2SsuKZrF8g0", "text": "hail"}\n\n',
      '[{"id":"chatcmpl-o2SsuKZrF8g0"}]',
    ],
    ['a sentence is no role', 'response_data', '{"role":"the lady at 4 Elm St"}', '{"role":"[cut]"}'],
  ])('%s', (_, key, value, expected) => {
    expect(cutOf(key, value)).toBe(expected);
  });

  const KEYS = [
    'gen_ai.input.messages',
    'gen_ai.prompt.0.content',
    'output.value',
    'gen_ai.retrieval.documents',
    'gcp.vertex.agent.llm_response',
    'ai.response.text',
    'prompt',
    'llm.openai.messages',
    'response_data',
  ];
  /** A canary wherever content may stand: as text, inside of JSON, and as a structured value. */
  const someContent = fc.oneof(
    fc.string().map((text) => `${text} CANARY`),
    fc.json().map((json) => `{"text":"CANARY","more":${json}}`),
    fc.json().map((json) => `[{"usage":${json},"content":"a CANARY"}]`),
    fc.constant(['CANARY', { deep: ['the CANARY'] }]),
  );

  test('holds none of what was said, and cut again it is the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...KEYS), someContent), (attributes) => {
        const whole = makeSpan({ attributes });
        const span = cutSpan({ ...whole, statusMessage: 'CANARY' });
        expect(JSON.stringify([[...span.attributes], span.statusMessage])).not.toContain('CANARY');
        expect(cutSpan(span)).toEqual(span);
      }),
    );
  });

  test('of a log record: its body and its attributes, never its name', () => {
    const log = makeLog({
      event: 'user_prompt',
      body: 'claude_code.user_prompt',
      attributes: { prompt: 'hail', 'session.id': 's' },
    });
    expect(cutLog(log, spanOfLog(log).name)).toEqual({
      ...log,
      attributes: toAttributes({ prompt: CUT, 'session.id': 's', 'event.name': 'user_prompt' }),
    });
    expect(cutLog({ ...log, body: 'the hail' }, 'claude_code.x').body).toBe(CUT);
  });
});
