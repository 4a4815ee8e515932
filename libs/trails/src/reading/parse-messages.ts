/** One message of a conversation with a model, whichever way it was written down. */
export interface Message {
  /** `system`, `user`, `assistant`, `tool`, or as it was written; null = not said. */
  readonly role: string | null;
  /** What it says, in one text; empty for nothing but calls. */
  readonly text: string;
  readonly calls: readonly {
    readonly id: string | null;
    readonly name: string | null;
    readonly arguments: string;
  }[];
  /** Of an answer of a tool: the call that it answers. */
  readonly answers: string | null;
}

const MAX_DEPTH = 8;

/**
 * Reads messages out of a content part: OpenTelemetry's `{role, parts}`, OpenAI's `{role, content, tool_calls}`,
 * Anthropic's content blocks, flattened keys, or plain text, which is one message. Never throws; what is not
 * understood is a text.
 */
export function parseMessages(text: string): Message[] {
  const value = parseJson(text);
  if (value === undefined) return text === '' ? [] : [plain(null, text)];
  return messagesIn(value, 0);
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

function parseJson(text: string): Json | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const plain = (role: string | null, text: string): Message => ({ role, text, calls: [], answers: null });
const isMembers = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const textIn = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

const MESSAGE_KEYS = ['role', 'parts', 'content', 'tool_calls'];

function messagesIn(value: Json, depth: number): Message[] {
  if (depth > MAX_DEPTH || value === null) return [];
  if (typeof value === 'string') return depth === 0 ? parseMessages(value) : [plain(null, value)];
  if (isList(value)) return value.flatMap((item) => messagesIn(item, depth + 1));
  return isMembers(value) ? messagesInMembers(value, depth) : [];
}

function messagesInMembers(value: { readonly [key: string]: Json }, depth: number): Message[] {
  const nested = value['messages'] ?? value['contents'] ?? value['choices'];
  if (isList(nested)) return messagesIn(nested, depth + 1);
  if (isMembers(value['message'])) return messagesIn(value['message'], depth + 1);
  if (MESSAGE_KEYS.some((key) => key in value)) return [messageOf(value)];
  const flattened = Object.values(value);
  return flattened.every((item) => typeof item === 'string')
    ? flattened.flatMap((item) =>
        isList(parseJson(item) ?? null) ? parseMessages(item) : [plain(null, item)],
      )
    : flattened.flatMap((item) => messagesIn(item, depth + 1));
}

function messageOf(value: { readonly [key: string]: Json }): Message {
  const blocks = [value['parts'], value['content'], value['tool_calls'], value['toolCalls']].flatMap(
    (item) => (item === undefined ? [] : isList(item) ? item : [item]),
  );
  const texts: string[] = [];
  const calls: Message['calls'][number][] = [];
  let answers = textIn(value['tool_call_id']) ?? textIn(value['toolCallId']);
  for (const block of blocks) {
    if (typeof block === 'string') texts.push(block);
    if (!isMembers(block)) continue;
    const call = callIn(block);
    const answer = answerIn(block);
    if (call !== null) calls.push(call);
    else if (answer !== null) {
      answers ??= answer.id;
      texts.push(answer.text);
    } else texts.push(textIn(block['text']) ?? textIn(block['content']) ?? '');
  }
  return {
    role: textIn(value['role']),
    text: texts.filter((each) => each !== '').join('\n'),
    calls,
    answers,
  };
}

/** `{type: tool_call, name, arguments}`, `{type: tool_use, name, input}`, `{function: {name, arguments}}`. */
function callIn(block: { readonly [key: string]: Json }): Message['calls'][number] | null {
  const call = isMembers(block['function']) ? block['function'] : block;
  const name = textIn(call['name']) ?? textIn(call['toolName']);
  const given = call['arguments'] ?? call['args'] ?? call['input'];
  if (name === null || given === undefined) return null;
  return {
    id: textIn(block['id']) ?? textIn(block['toolCallId']),
    name,
    arguments: typeof given === 'string' ? given : JSON.stringify(given),
  };
}

function answerIn(block: { readonly [key: string]: Json }): { id: string | null; text: string } | null {
  const given =
    block['response'] ?? block['result'] ?? (block['type'] === 'tool_result' ? block['content'] : undefined);
  if (given === undefined) return null;
  const id = textIn(block['id']) ?? textIn(block['tool_use_id']) ?? textIn(block['toolCallId']);
  return { id, text: typeof given === 'string' ? given : JSON.stringify(given) };
}
