import type { RecordedUsage } from './recorded-answers.ts';

/** One answer of a provider: whole, and as the events of its stream. */
export interface Answer {
  readonly id: string;
  readonly body: object;
  /** Parts of the event stream, in order. */
  readonly events: readonly string[];
}

export interface AskedTool {
  readonly name: string;
  readonly arguments: string;
}

const CREATED_S = 1_795_000_000;
const TEXT = ['Your refund', ' is on', ' its way.'];
const data = (part: unknown): string => `data: ${JSON.stringify(part)}\n\n`;
type Part = Readonly<Record<string, unknown>>;
const event = (part: Part): string => `event: ${String(part['type'])}\n${data(part)}`;

export interface ChatRequest {
  readonly hasUsage: boolean;
  readonly tier: string;
  readonly tool: AskedTool | null;
}

/** OpenAI chat completions. Streams end with the usage only where it was asked for. */
export function chatAnswer(
  id: string,
  recorded: RecordedUsage,
  { hasUsage, tier, tool }: ChatRequest,
): Answer {
  const head = { id, created: CREATED_S, model: 'gpt-5.2-2025-12-11', service_tier: tier };
  const calls = tool && [
    {
      id: `call_${id.slice(-24)}`,
      type: 'function',
      function: { name: tool.name, arguments: tool.arguments },
    },
  ];
  const finish = tool ? 'tool_calls' : 'stop';
  const chunk = (delta: object, finishReason: string | null, rest: object = {}): string =>
    data({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(hasUsage ? { usage: null } : {}),
      ...rest,
    });
  const parts = calls
    ? [
        chunk(
          { role: 'assistant', content: null, tool_calls: calls.map((call) => ({ index: 0, ...call })) },
          null,
        ),
      ]
    : [chunk({ role: 'assistant', content: '' }, null), ...TEXT.map((content) => chunk({ content }, null))];
  const last = hasUsage
    ? [data({ ...head, object: 'chat.completion.chunk', choices: [], usage: recorded.usage })]
    : [];
  return {
    id,
    body: {
      ...head,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: calls ? null : TEXT.join(''),
            refusal: null,
            annotations: [],
            ...(calls ? { tool_calls: calls } : {}),
          },
          logprobs: null,
          finish_reason: finish,
        },
      ],
      usage: recorded.usage,
    },
    events: [...parts, chunk({}, finish), ...last, 'data: [DONE]\n\n'],
  };
}

/** OpenAI responses. */
export function responsesAnswer(
  id: string,
  recorded: RecordedUsage,
  { tier, tool }: Omit<ChatRequest, 'hasUsage'>,
): Answer {
  const part = { type: 'output_text', text: TEXT.join(''), annotations: [], logprobs: [] };
  const itemId = `msg_${id.slice(5)}`;
  const item = tool
    ? {
        type: 'function_call',
        id: `fc_${id.slice(5)}`,
        call_id: `call_${id.slice(-24)}`,
        name: tool.name,
        arguments: tool.arguments,
        status: 'completed',
      }
    : { type: 'message', id: itemId, status: 'completed', role: 'assistant', content: [part] };
  const response = (status: string, rest: object): object => ({
    id,
    object: 'response',
    created_at: CREATED_S,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: 'gpt-5.2-2025-12-11',
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: 'medium', summary: null },
    service_tier: tier,
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    user: null,
    metadata: {},
    ...rest,
  });
  const body = response('completed', { output: [item], usage: recorded.usage });
  const begun = response('in_progress', { output: [], usage: null });
  const place = { output_index: 0, item_id: itemId, content_index: 0 };
  const textEvents = [
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...TEXT.map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...place, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part },
  ];
  const toolEvents = tool
    ? [
        {
          type: 'response.function_call_arguments.delta',
          output_index: 0,
          item_id: `fc_${id.slice(5)}`,
          delta: tool.arguments,
        },
        {
          type: 'response.function_call_arguments.done',
          output_index: 0,
          item_id: `fc_${id.slice(5)}`,
          name: tool.name,
          arguments: tool.arguments,
        },
      ]
    : [];
  const parts: readonly Part[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: tool
        ? { ...item, arguments: '', status: 'in_progress' }
        : { ...item, status: 'in_progress', content: [] },
    },
    ...(tool ? toolEvents : textEvents),
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: body },
  ];
  return {
    id,
    body,
    events: parts.map((one, index) => event({ ...one, sequence_number: index })),
  };
}

export function embeddingsAnswer(recorded: RecordedUsage): Answer {
  const embedding = [0.0125, -0.25, 0.5];
  const body = {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding }],
    model: 'text-embedding-3-small',
    usage: recorded.usage,
  };
  return { id: '', body, events: [] };
}

/** Anthropic messages. The stream tells the input at its start and the output, cumulatively, at its end. */
export function messagesAnswer(id: string, recorded: RecordedUsage, tool: AskedTool | null): Answer {
  const content = tool
    ? {
        type: 'tool_use',
        id: `toolu_${id.slice(4)}`,
        name: tool.name,
        input: JSON.parse(tool.arguments),
      }
    : { type: 'text', text: TEXT.join('') };
  const head = {
    id,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    stop_sequence: null,
  };
  const stopReason = tool ? 'tool_use' : 'end_turn';
  const deltas = tool
    ? [{ type: 'input_json_delta', partial_json: tool.arguments }]
    : TEXT.map((text) => ({ type: 'text_delta', text }));
  const { output_tokens: output, ...input } = recorded.usage;
  const start = tool ? { ...content, input: {} } : { type: 'text', text: '' };
  const parts: readonly Part[] = [
    {
      type: 'message_start',
      message: { ...head, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: start },
    { type: 'ping' },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: output },
    },
    { type: 'message_stop' },
  ];
  return {
    id,
    body: { ...head, content: [content], stop_reason: stopReason, usage: recorded.usage },
    events: parts.map(event),
  };
}

/** Gemini generateContent; every part of its stream repeats the usage so far, the last one is whole. */
export function generateAnswer(id: string, recorded: RecordedUsage): Answer {
  const body = {
    candidates: [
      { content: { role: 'model', parts: [{ text: TEXT.join('') }] }, finishReason: 'STOP', index: 0 },
    ],
    usageMetadata: recorded.usage,
    modelVersion: 'gemini-2.5-flash',
    responseId: id,
  };
  return { id, body, events: [data(body)] };
}
