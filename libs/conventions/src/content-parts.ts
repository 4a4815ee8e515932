import type { Attributes, AttributeValue, ContentPart, Span, SpanEvent, ToolUse } from '#model';
import { toText } from './attribute.ts';

/** Where tools were handed their arguments, by dialect (conventions.md 3). */
const ARGUMENT_KEYS = [
  'gen_ai.tool.call.arguments',
  'ai.toolCall.args',
  'ai.toolCall.input',
  'tool_arguments',
  'tool.parameters',
  'gcp.vertex.agent.tool_call_args',
  'traceloop.entity.input',
  'langfuse.observation.input',
  'input.value',
  'gen_ai.prompt',
] as const;
const RESULT_KEYS = [
  'gen_ai.tool.call.result',
  'ai.toolCall.result',
  'tool_response',
  'gcp.vertex.agent.tool_response',
  'traceloop.entity.output',
  'langfuse.observation.output',
  'output.value',
  'gen_ai.completion',
] as const;
/** Messages of the model in which it asks for tools, as JSON. */
const OUTPUT_MESSAGE_KEYS = ['gen_ai.output.messages', 'ai.response.toolCalls'] as const;

const RETRIEVED =
  /^(?:gen_ai\.retrieval\.documents|retrieval\.documents\.|reranker\.(?:input|output)_documents\.)/;
const OUTPUT =
  /^(?:gen_ai\.(?:output\.messages|completion)|llm\.output_messages\.|ai\.response\.|output\.value|traceloop\.entity\.output|langfuse\.observation\.output)/;
const INPUT =
  /^(?:gen_ai\.(?:input\.messages|prompt|system_instructions)|llm\.input_messages\.|ai\.prompt|input\.value|traceloop\.entity\.input|langfuse\.observation\.input|gen_ai\.retrieval\.query)/;
/** One call among flattened messages: OpenInference, and OpenLLMetry. */
const FLAT_CALL =
  /^(?:llm\.output_messages\.\d+\.message\.tool_calls\.\d+\.tool_call\.function|gen_ai\.completion\.\d+\.tool_calls\.\d+)\.arguments$/;
const MESSAGE_EVENT = /^gen_ai\.(?:[a-z]+\.message|choice|content\.(?:prompt|completion))$/;

/**
 * What a span says was handed to tools, read, written and retrieved, whatever dialect it is in. For a tool's span its
 * own arguments and result; for a model's the calls it asked for, and its messages.
 *
 * @param tool the tool of a step that is a tool call; null for any other step
 * @returns parts in the order of the attributes; empty where content was not captured
 */
export function readContentParts(span: Span, tool: ToolUse | null): ContentPart[] {
  return tool === null ? modelParts(span) : toolParts(span.attributes, tool.name);
}

function toolParts(attributes: Attributes, tool: string): ContentPart[] {
  const parts: ContentPart[] = [];
  for (const key of ARGUMENT_KEYS) {
    const value = attributes.get(key);
    if (isThere(value)) parts.push({ place: 'tool_arguments', tool, value });
  }
  for (const key of RESULT_KEYS) {
    const value = attributes.get(key);
    if (isThere(value)) parts.push({ place: 'tool_result', tool, value });
  }
  for (const [key, value] of attributes)
    if (RETRIEVED.test(key) && isThere(value)) parts.push({ place: 'retrieved', tool: null, value });
  return parts;
}

function modelParts({ attributes, events }: Span): ContentPart[] {
  const parts: ContentPart[] = [];
  for (const [key, value] of attributes) {
    const tool = FLAT_CALL.test(key) ? toText(attributes.get(key.replace(/arguments$/, 'name'))) : null;
    const place = tool === null ? placeOf(key) : 'tool_arguments';
    if (place !== null && isThere(value)) parts.push({ place, tool, value });
  }
  for (const key of OUTPUT_MESSAGE_KEYS) parts.push(...callsIn(attributes.get(key), 0));
  return [...parts, ...events.flatMap(messageParts)];
}

function placeOf(key: string): ContentPart['place'] | null {
  if (RETRIEVED.test(key)) return 'retrieved';
  if (OUTPUT.test(key)) return 'output';
  return INPUT.test(key) ? 'input' : null;
}

/** The older conventions put each message into an event. */
function messageParts({ name, attributes }: SpanEvent): ContentPart[] {
  if (!MESSAGE_EVENT.test(name)) return [];
  const place = name === 'gen_ai.choice' ? 'output' : 'input';
  return [...attributes.values()].flatMap((value): ContentPart[] =>
    typeof value === 'string' && isThere(value) ? [{ place, tool: null, value }] : [],
  );
}

const MAX_DEPTH = 6;
const MAX_JSON_LENGTH = 256 * 1024;

/** Tool calls anywhere in messages: `{type: tool_call, name, arguments}`, `{toolName, args}`, `{function: {...}}`. */
function callsIn(value: AttributeValue | undefined, depth: number): ContentPart[] {
  if (value === undefined || value === null || depth > MAX_DEPTH) return [];
  if (typeof value === 'string') return depth === 0 ? callsIn(parseJson(value), 1) : [];
  if (Array.isArray(value)) return value.flatMap((member) => callsIn(member, depth + 1));
  if (!isMembers(value)) return [];
  const name = toText(value['toolName']) ?? toText(value['name']);
  const given = value['arguments'] ?? value['args'] ?? value['input'];
  if (name !== null && isThere(given)) return [{ place: 'tool_arguments', tool: name, value: given }];
  return Object.values(value).flatMap((member) => callsIn(member, depth + 1));
}

const isMembers = (value: AttributeValue): value is { readonly [key: string]: AttributeValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function parseJson(text: string): AttributeValue {
  if (text.length > MAX_JSON_LENGTH) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isThere = (value: AttributeValue | undefined): value is NonNullable<AttributeValue> =>
  value !== undefined && value !== null && value !== '';
