import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  chatAnswer,
  embeddingsAnswer,
  generateAnswer,
  messagesAnswer,
  responsesAnswer,
  type Answer,
  type AskedTool,
} from './answers.ts';
import {
  CHAT,
  EMBEDDINGS,
  GENERATE,
  MESSAGES,
  MESSAGES_1H,
  RESPONSES,
  type Bill,
  type RecordedUsage,
} from './recorded-answers.ts';

/** What the stub did for one request. */
export interface Served {
  readonly api: 'chat' | 'responses' | 'embeddings' | 'messages' | 'generate';
  /** answered: whole, and billed; cut: the client left a stream; refused: an error, not billed. */
  outcome: 'answered' | 'cut' | 'refused';
  /** The status of a refusal; 0 where there was none. */
  refusal: 0 | 429 | 500;
  readonly isStream: boolean;
  /** Whether the answer told its usage: an OpenAI chat stream tells it only when asked. */
  readonly tellsUsage: boolean;
  readonly bill: Bill;
  /** The id of the answer; '' where the API gives none. */
  readonly id: string;
}

export interface ProviderStub {
  /** Programs call `<url>/<program>/v1/...`: each has a book of its own. */
  readonly url: string;
  servedTo(program: string): readonly Served[];
  stop(): Promise<void>;
}

interface Body {
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly service_tier?: string;
  readonly tools?: readonly { readonly name?: string; readonly function?: { readonly name: string } }[];
}

/**
 * The HTTP APIs of three providers on one free port of this machine. Answers are replayed from recorded bodies; what
 * they cost is written beside them, so that the sum of what was served is known without any code of the service.
 *
 * Words in a prompt steer it: `[429 once]` and `[500]` refuse, `[cut]` never ends a stream, `[1h]` writes the cache for
 * an hour. A request that offers tools and holds no result of one is answered by a call of the first.
 */
export async function startProviderStub(): Promise<ProviderStub> {
  const books = new Map<string, Served[]>();
  const server = createServer((request, response) => {
    void serve(request, response, books).catch((error: unknown) =>
      response.destroy(new Error('the stub failed', { cause: error })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stub has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    servedTo: (program) => books.get(program) ?? [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  books: Map<string, Served[]>,
): Promise<void> {
  const [, program = '', ...path] = new URL(request.url!, 'http://stub').pathname.split('/');
  const text = await readText(request);
  const book = books.get(program) ?? [];
  books.set(program, book);
  const reply = replyTo(path.join('/'), text, book);
  if (reply === null) {
    response.writeHead(404).end(`nothing is served at ${request.url}`);
    return;
  }
  const { served, answer } = reply;
  book.push(served);
  response.setHeader('x-request-id', `req_${randomBytes(16).toString('hex')}`);
  response.setHeader('request-id', `req_${randomBytes(12).toString('base64url')}`);
  // Providers take their time: spans of one call nest, and spans of two calls do not touch.
  await sleep(5);
  const refusal = refusalFor(text, book, served);
  if (refusal !== null) {
    served.outcome = 'refused';
    served.refusal = refusal;
    response.writeHead(refusal, { 'content-type': 'application/json', 'retry-after': '0' });
    response.end(
      JSON.stringify({ type: 'error', error: { type: 'overloaded', message: 'refused', code: null } }),
    );
  } else if (served.isStream) await stream(response, answer, served, text.includes('[cut]'));
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
}

function refusalFor(text: string, book: readonly Served[], served: Served): 429 | 500 | null {
  if (text.includes('[500]')) return 500;
  const isFirst = !book.some((one) => one !== served && one.outcome === 'refused');
  return text.includes('[429 once]') && isFirst ? 429 : null;
}

async function stream(
  response: ServerResponse,
  answer: Answer,
  served: Served,
  isCut: boolean,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  for (const [index, part] of answer.events.entries()) {
    if (isCut && index === 4) {
      served.outcome = 'cut';
      await closed;
      return;
    }
    response.write(part);
    await sleep(2);
  }
  response.end();
}

function replyTo(
  path: string,
  text: string,
  book: readonly Served[],
): { served: Served; answer: Answer } | null {
  const generate = /models\/gemini-2\.5-flash:(streamG|g)enerateContent$/.exec(path);
  const api = generate ? 'generate' : API_BY_PATH.get(path.replace(/^v1\//, ''));
  if (api === undefined) return null;
  const body: Body = JSON.parse(text);
  const isStream = body.stream === true || generate?.[1] === 'streamG';
  const recorded = pick(api, text, book);
  const tier = body.service_tier === 'priority' ? 'priority' : null;
  const tool = toolToAsk(body, text);
  const tellsUsage = api !== 'chat' || !isStream || body.stream_options?.include_usage === true;
  const answer = ANSWERS[api](recorded, { hasUsage: tellsUsage, tier: tier ?? 'default', tool });
  const served: Served = {
    api,
    outcome: 'answered',
    refusal: 0,
    isStream,
    tellsUsage,
    bill: { ...SELLER[api], tier, tokens: recorded.tokens },
    id: answer.id,
  };
  return { served, answer };
}

const API_BY_PATH: ReadonlyMap<string, Served['api']> = new Map<string, Served['api']>([
  ['chat/completions', 'chat'],
  ['responses', 'responses'],
  ['embeddings', 'embeddings'],
  ['messages', 'messages'],
]);

const SELLER: Readonly<Record<Served['api'], Pick<Bill, 'provider' | 'model'>>> = {
  chat: { provider: 'openai', model: 'gpt-5.2' },
  responses: { provider: 'openai', model: 'gpt-5.2' },
  embeddings: { provider: 'openai', model: 'text-embedding-3-small' },
  messages: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  generate: { provider: 'google', model: 'gemini-2.5-flash' },
};

interface Asked {
  readonly hasUsage: boolean;
  readonly tier: string;
  readonly tool: AskedTool | null;
}

const ANSWERS: Readonly<Record<Served['api'], (recorded: RecordedUsage, asked: Asked) => Answer>> = {
  chat: (recorded, asked) => chatAnswer(`chatcmpl-${newId(21)}`, recorded, asked),
  responses: (recorded, asked) => responsesAnswer(`resp_${newId(32)}`, recorded, asked),
  embeddings: (recorded) => embeddingsAnswer(recorded),
  messages: (recorded, { tool }) => messagesAnswer(`msg_01${newId(16)}`, recorded, tool),
  generate: (recorded) => generateAnswer(newId(16), recorded),
};

const newId = (bytes: number): string => randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, 'x');

const RECORDED: Readonly<Record<Served['api'], readonly RecordedUsage[]>> = {
  chat: CHAT,
  responses: RESPONSES,
  embeddings: EMBEDDINGS,
  messages: MESSAGES,
  generate: GENERATE,
};

function pick(api: Served['api'], text: string, book: readonly Served[]): RecordedUsage {
  if (api === 'messages' && text.includes('[1h]')) return MESSAGES_1H[0]!;
  const list = RECORDED[api];
  return list[
    book.filter((served) => served.api === api && served.outcome !== 'refused').length % list.length
  ]!;
}

/** Results come as role `tool` (chat), `function_call_output` (responses) or `tool_result` (messages). */
function toolToAsk(body: Body, text: string): AskedTool | null {
  const tool = body.tools?.[0];
  if (tool === undefined || /"(?:function_call_output|tool_result)"|"role": ?"tool"/.test(text)) return null;
  const name = tool.name ?? tool.function?.name;
  return name === undefined ? null : { name, arguments: '{"order":"4711"}' };
}
