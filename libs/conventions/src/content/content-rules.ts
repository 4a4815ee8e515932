import type { AttributeValue } from '#model';

/**
 * What content is: the one list of attributes and events that hold what was said, handed over, returned or retrieved
 * (conventions.md 3). It drives what is kept encrypted, what is cut, and what a trail shows.
 */

export const CONTENT_CLASSES = [
  'input.messages',
  'output.messages',
  'system',
  'tool.definitions',
  'tool.arguments',
  'tool.result',
  'documents',
  'other',
] as const;

/** A class of content. One span has at most one part of each. */
export type ContentClass = (typeof CONTENT_CLASSES)[number];

/** `io.*`: what went in or came out of whatever the span is; its kind decides the class. */
export type ContentPlace = ContentClass | 'io.input' | 'io.output';

export interface ContentRule {
  readonly place: ContentPlace;
  /** The structure is evidence of its own (a list's length, a usage inside): texts in it are cut one by one. */
  readonly isStructure: boolean;
}

type Row = readonly [place: ContentPlace, keys: readonly string[]];

/** Keys that hold content whole. */
const EXACT: readonly Row[] = [
  ['input.messages', ['gen_ai.input.messages', 'gen_ai.retrieval.query.text', 'gen_ai.request.messages']],
  ['output.messages', ['gen_ai.output.messages']],
  ['system', ['gen_ai.system_instructions', 'system_instructions', 'system_prompt', 'system_prompt_preview']],
  ['tool.definitions', ['gen_ai.tool.definitions', 'gen_ai.tool.description', 'gen_ai.tool.json_schema']],
  ['tool.arguments', ['gen_ai.tool.call.arguments', 'gen_ai.tool.parameters', 'gen_ai.tool.input']],
  ['tool.result', ['gen_ai.tool.call.result', 'gen_ai.tool.output', 'gen_ai.tool.message']],
  ['documents', ['gen_ai.retrieval.documents']],
  // Older OpenTelemetry names, LangSmith
  ['io.input', ['gen_ai.prompt', 'gen_ai.content.prompt', 'gen_ai.task.input']],
  ['io.output', ['gen_ai.completion', 'gen_ai.content.completion', 'gen_ai.content.reasoning']],
  ['io.output', ['gen_ai.task.output', 'gen_ai.evaluation.explanation']],
  // OpenInference
  ['io.input', ['input.value', 'reranker.query']],
  ['io.output', ['output.value']],
  ['tool.arguments', ['tool.parameters', 'llm.function_call']],
  ['tool.definitions', ['tool.description', 'tool.json_schema']],
  ['input.messages', ['embedding.text']],
  // OpenLLMetry, MCP
  [
    'io.input',
    ['traceloop.entity.input', 'mcp.request.argument', 'mcp.request.params', 'mcp.tool.arguments'],
  ],
  ['io.output', ['traceloop.entity.output', 'mcp.response.value', 'mcp.response.result', 'mcp.tool.result']],
  // Vercel AI SDK
  ['input.messages', ['ai.prompt', 'ai.prompt.messages', 'ai.value', 'ai.values']],
  ['system', ['ai.prompt.system', 'ai.system']],
  ['tool.definitions', ['ai.prompt.tools', 'ai.schema', 'ai.schema.description']],
  ['tool.arguments', ['ai.toolCall.args', 'ai.toolCall.input']],
  ['tool.result', ['ai.toolCall.result', 'ai.toolCall.output']],
  ['documents', ['ai.documents', 'ai.ranking']],
  ['output.messages', ['ai.embedding', 'ai.embeddings']],
  // Langfuse, Laminar, OpenRouter
  ['io.input', ['langfuse.observation.input', 'langfuse.trace.input', 'lmnr.span.input', 'span.input']],
  ['io.output', ['langfuse.observation.output', 'langfuse.trace.output', 'lmnr.span.output', 'span.output']],
  ['input.messages', ['trace.input']],
  ['output.messages', ['trace.output']],
  // Pydantic AI, Logfire
  ['tool.arguments', ['tool_arguments']],
  ['tool.result', ['tool_response']],
  ['tool.definitions', ['model_request_parameters']],
  ['input.messages', ['all_messages_events', 'pydantic_ai.all_messages', 'events', 'request_data', 'prompt']],
  ['output.messages', ['final_result', 'response_data']],
  ['other', ['logfire.msg', 'http.request.body', 'http.response.body', 'db.statement', 'db.query.text']],
  // Google ADK
  ['input.messages', ['gcp.vertex.agent.llm_request', 'gcp.vertex.agent.data']],
  ['output.messages', ['gcp.vertex.agent.llm_response']],
  ['tool.arguments', ['gcp.vertex.agent.tool_call_args']],
  ['tool.result', ['gcp.vertex.agent.tool_response']],
  // CrewAI, smolagents
  ['input.messages', ['crew_inputs', 'crew_tasks', 'crew_agents', 'smolagents.task']],
  ['input.messages', ['formatted_description', 'formatted_expected_output', 'smolagents.additional_args']],
  // Claude Code, Codex, Gemini CLI
  ['input.messages', ['user_prompt', 'new_context', 'request_text', 'api_request_body', 'request_body']],
  ['output.messages', ['response_text', 'response.model_output', 'api_response_body', 'response_body']],
  ['tool.arguments', ['arguments', 'tool_input', 'tool_parameters', 'function_args', 'full_command']],
  ['tool.arguments', ['file_path', 'hook_input', 'bash_command']],
  ['tool.result', ['output', 'tool_output', 'tool_result', 'hook_output', 'stdout', 'stderr']],
  // Exceptions quote what failed.
  ['other', ['exception.message', 'exception.stacktrace', 'langfuse.observation.status_message']],
];

/** Keys of flattened lists and objects. */
const PREFIX: readonly Row[] = [
  ['io.input', ['gen_ai.prompt.', 'llm.prompts.']],
  ['io.output', ['gen_ai.completion.', 'llm.completions.', 'llm.choices.']],
  ['input.messages', ['llm.input_messages.', 'llm.prompt_template.', 'embedding.embeddings.', 'ai.prompt.']],
  ['output.messages', ['llm.output_messages.', 'gen_ai.output.messages.']],
  ['input.messages', ['gen_ai.input.messages.']],
  ['tool.definitions', ['llm.tools.', 'llm.request.functions.']],
  ['documents', ['retrieval.documents.', 'reranker.input_documents.', 'reranker.output_documents.']],
  ['documents', ['gen_ai.retrieval.documents.', 'document.']],
  ['other', ['gen_ai.task.', 'langgraph.command.']],
];

/** Anything else the AI SDK writes of an answer or a result, and raw bodies by provider (LiteLLM). */
const PATTERN: readonly (readonly [ContentPlace, RegExp])[] = [
  [
    'output.messages',
    /^ai\.(?:response|result)\.(?:text|object|toolCalls|reasoning|reasoningText|files|sources)$/,
  ],
  ['input.messages', /^llm\.(?!token_count|cost|usage)[a-z_]+\.(?:messages|prompt|input|contents|system)$/],
  ['tool.definitions', /^llm\.(?!token_count|cost|usage)[a-z_]+\.(?:tools|functions)$/],
  ['output.messages', /^llm\.(?!token_count|cost|usage)[a-z_]+\.(?:choices|content|output|text|response)$/],
];

/** Bodies in which a usage stands too, and lists whose length is a fact. */
const STRUCTURES: ReadonlySet<string> = new Set([
  'gen_ai.retrieval.documents',
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.llm_request',
  'request_data',
  'response_data',
  'output.value',
  'langfuse.observation.output',
  'traceloop.entity.output',
  'gen_ai.completion',
]);

/** Not what was said but how it is filed: names, ids, roles and types inside flattened keys. */
const FILING =
  /\.(?:role|finish_reason|type|mime_type|tool_call\.id|tool_calls\.\d+\.id|function\.name|tool_calls\.\d+\.name|document\.(?:id|score))$/;
/** Settings that share a prefix with content. */
const SETTINGS: ReadonlySet<string> = new Set([
  'ai.prompt.toolChoice',
  'gen_ai.task.name',
  'gen_ai.task.id',
  'gen_ai.task.kind',
]);

const EXACT_RULES: ReadonlyMap<string, ContentRule> = new Map(
  EXACT.flatMap(([place, keys]) =>
    keys.map((key) => [key, { place, isStructure: STRUCTURES.has(key) }] as const),
  ),
);
const PREFIX_RULES = PREFIX.flatMap(([place, keys]) =>
  keys.map((key) => [key, { place, isStructure: false }] as const),
);
const PATTERN_RULES = PATTERN.map(([place, pattern]) => [pattern, { place, isStructure: false }] as const);

const KNOWN_MAX = 20_000;
const known = new Map<string, ContentRule | null>();

/** @returns where the content under this attribute key belongs, or null where it holds none. */
export function contentRule(key: string): ContentRule | null {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= KNOWN_MAX) known.clear();
  const rule = findRule(key);
  known.set(key, rule);
  return rule;
}

function findRule(key: string): ContentRule | null {
  const exact = EXACT_RULES.get(key);
  if (exact !== undefined) return exact;
  if (SETTINGS.has(key) || FILING.test(key)) return null;
  const prefixed = PREFIX_RULES.find(([prefix]) => key.startsWith(prefix));
  if (prefixed !== undefined) return prefixed[1];
  return PATTERN_RULES.find(([pattern]) => pattern.test(key))?.[1] ?? null;
}

/** Events, and log records, each of which is one message or result. */
const EVENTS: ReadonlyMap<string, ContentPlace> = new Map<string, ContentPlace>([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'io.input'],
  ['gen_ai.assistant.message', 'io.input'],
  ['gen_ai.tool.message', 'io.input'],
  ['gen_ai.choice', 'io.output'],
  ['gen_ai.content.prompt', 'io.input'],
  ['gen_ai.content.completion', 'io.output'],
  ['db.query.result', 'documents'],
  ['tool.output', 'tool.result'],
]);
const EVENT_FILING =
  /^(?:id|index|role|name|score|distance|finish_reason|event\.name|event\.domain|gen_ai\.(?:system|provider\.name|operation\.name|response\.id|conversation\.id)|.*\.id)$/;

/** @returns what an attribute of this event (or log record) holds, or null where it is no content. */
export function eventContentRule(event: string, key: string): ContentRule | null {
  const place = EVENTS.get(event);
  if (place === undefined) return contentRule(key);
  return EVENT_FILING.test(key) ? null : { place, isStructure: false };
}

/** @returns where the body of a log record of this name belongs: a message, or text about something. */
export const bodyPlace = (event: string): ContentPlace => EVENTS.get(event) ?? 'other';

/** Whether the body of a log record says something; that of many is nothing but the record's name. */
export const isContentBody = (event: string, body: AttributeValue): boolean =>
  body !== null && body !== event;
