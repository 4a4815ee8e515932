// What the traces of the benchmarks are made of, about 1 KB a span. A shape gives the spans of one trace in the order in
// which they end, the root last. `own` = attributes whose text is of that trace alone: a number of eight digits in them is
// written anew for every copy of the trace.

/** Two thousand made-up words: bodies compress about as real ones do (four times), which eight words would not. */
export function vocabulary(random) {
  const letters = 'etaoinshrdlucmfwypvbgkqjxz';
  const word = () =>
    Array.from({ length: 2 + random(9) }, () => letters[Math.min(random(26), random(26))]).join('');
  const words = Array.from({ length: 2000 }, word);
  return (count) => Array.from({ length: count }, () => words[random(words.length)]).join(' ');
}

const MODELS = ['gpt-5.2', 'claude-sonnet-4-6', 'gemini-3-pro-preview'];

/** Fifteen model calls and the agent that made them: what ingest is measured with, to whom all spans are alike. */
export function calls({ random, prose, id }) {
  return Array.from({ length: 16 }, (_, n) => {
    const isRoot = n === 15;
    const model = MODELS[random(3)];
    return {
      isRoot,
      name: isRoot ? 'invoke_agent support' : `chat ${model}`,
      own: [],
      attributes: {
        'gen_ai.operation.name': isRoot ? 'invoke_agent' : 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': model,
        'gen_ai.response.model': model,
        'gen_ai.response.id': `chatcmpl-${id(12).toString('hex')}`,
        'gen_ai.usage.input_tokens': random(60_000),
        'gen_ai.usage.output_tokens': random(4_000),
        'gen_ai.usage.cache_read.input_tokens': random(30_000),
        'gen_ai.usage.reasoning.output_tokens': random(900),
        'gen_ai.request.temperature': 0.2,
        'gen_ai.conversation.id': `conversation-${random(100_000)}`,
        'work_item.kind': 'ticket',
        'work_item.key': `T-${random(100_000)}`,
        'gen_ai.output.messages': messages(prose(46)),
      },
    };
  });
}

/** An agent at work on one ticket: six model calls, each with a tool it asked for, two retrievals and one request. */
export function agentRun({ random, prose, id }) {
  const conversation = { 'gen_ai.conversation.id': 'conversation-00000000' };
  const spans = [];
  for (let turn = 0; turn < 6; turn += 1) {
    spans.push(modelCall({ random, prose, id }, conversation), toolCall({ prose, id }));
    if (turn < 2) spans.push(retrieval(random, prose));
    if (turn === 2) spans.push(request(prose));
  }
  spans.push({
    isRoot: true,
    name: 'invoke_agent support',
    own: ['gen_ai.conversation.id', 'work_item.key'],
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'support',
      ...conversation,
      'workflow.name': 'support-tickets',
      'work_item.kind': 'ticket',
      'work_item.key': 'T-00000000',
      'gen_ai.input.messages': messages(prose(90)),
    },
  });
  return spans;
}

/** Which of their attributes are content, in the order of preference of what stands in their place. */
const CONTENT = [
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.tool.call.result',
  'gen_ai.tool.call.arguments',
];

/**
 * The same run by an agent that exports nothing of what was said, as instrumentations do unless they are told to: of the
 * same size, because the application says as much of its own.
 */
export function agentRunWithoutContent(tools) {
  return agentRun(tools).map((span) => {
    const { attributes } = span;
    const content = CONTENT.filter((name) => attributes[name] !== undefined);
    if (content.length === 0) return span;
    const own = content.map((name, n) => [`app.context.${n}`, attributes[name]]);
    const rest = Object.entries(attributes).filter(([name]) => !CONTENT.includes(name));
    return { ...span, attributes: Object.fromEntries([...rest, ...own]) };
  });
}

function modelCall({ random, prose, id }, conversation) {
  const model = MODELS[random(2)];
  return {
    name: `chat ${model}`,
    own: ['gen_ai.response.id', 'gen_ai.conversation.id'],
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': model.startsWith('gpt') ? 'openai' : 'anthropic',
      'gen_ai.request.model': model,
      'gen_ai.response.model': model,
      'gen_ai.response.id': `chatcmpl-00000000${id(8).toString('hex')}`,
      'gen_ai.response.finish_reasons': 'tool_calls',
      'gen_ai.usage.input_tokens': 30_000 + random(30_000),
      'gen_ai.usage.output_tokens': random(4_000),
      'gen_ai.usage.cache_read.input_tokens': random(30_000),
      'gen_ai.request.temperature': 0.2,
      ...conversation,
      'gen_ai.output.messages': messages(prose(80)),
    },
  };
}

function toolCall({ prose, id }) {
  return {
    name: 'execute_tool look_up_order',
    own: [],
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'look_up_order',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': `call_${id(12).toString('hex')}`,
      'gen_ai.tool.call.arguments': JSON.stringify({ query: prose(12) }),
      'gen_ai.tool.call.result': JSON.stringify({ text: prose(80) }),
    },
  };
}

function retrieval(random, prose) {
  return {
    name: 'retrieval articles',
    own: [],
    attributes: {
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.data_source.id': `articles-${random(10)}`,
      'gen_ai.request.top_k': 5,
      'retrieval.query': prose(100),
    },
  };
}

function request(prose) {
  return {
    name: 'POST /refunds',
    own: [],
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': 'shop.example',
      'url.full': 'https://shop.example/refunds',
      'http.request.body.content': prose(100),
    },
  };
}

const messages = (text) => JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: text }] }]);
