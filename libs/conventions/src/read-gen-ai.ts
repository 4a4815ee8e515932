import type { Attributes, ReportedCost, Span, StepKind } from '#model';
import { firstText, toMoney, toText, toTexts } from './attribute.ts';
import { emptyCounts, GEN_AI_ROWS, LLM_USAGE_ROWS, readCounts } from './counts.ts';
import type { Reading } from './dialect.ts';
import { kindOfOperation } from './operation.ts';
import type { Signs } from './signs.ts';
import { readServiceTier } from './service-tier.ts';
import { has, SIGN } from './signs.ts';

/**
 * Reads a span by the OpenTelemetry GenAI conventions, current, deprecated and aliased names alike (conventions.md
 * 3.1, 4). Every dialect starts from this reading, because nearly all of them write these names too.
 */
export function readGenAi(span: Span, signs: Signs): Reading {
  const { attributes } = span;
  const flags = new Set<string>();
  const counts = emptyCounts();
  if (has(signs, SIGN.genAi)) readCounts(attributes, GEN_AI_ROWS, counts, flags);
  if (has(signs, SIGN.llm)) readCounts(attributes, LLM_USAGE_ROWS, counts, flags);
  const operation = firstText(attributes, 'gen_ai.operation.name');
  const finishReasons = readFinishReasons(attributes);
  return {
    kind: readKind(span, operation, signs),
    stance: operation === 'fetch_response' ? 'none' : null,
    stanceReason: operation === 'fetch_response' ? 'fetch_response' : null,
    vantage: 'application',
    isCumulative: false,
    isCacheHit: false,
    isProtocolTool: attributes.has('mcp.method.name'),
    isLowerBound: false,
    isDoubtful: false,
    provider: firstText(attributes, 'gen_ai.provider.name', 'gen_ai.system'),
    serverAddress: firstText(attributes, 'server.address'),
    modelRequest: firstText(attributes, 'gen_ai.request.model'),
    modelResponse: firstText(attributes, 'gen_ai.response.model'),
    counts,
    settled: null,
    inputHint: null,
    outputHint: 'inclusive',
    hintBy: 'otel-gen-ai',
    isTotalFromProvider: false,
    hasOutput: finishReasons.length > 0 || hasOutputContent(span),
    extraUsage: [],
    cost: readCost(attributes),
    serviceTier: readServiceTier(span),
    tool: readTool(span),
    documentCount: readDocumentCount(attributes),
    conversationId: readConversationId(attributes, signs),
    responseId: firstText(attributes, 'gen_ai.response.id'),
    requestId: firstText(attributes, 'request_id', 'gen_ai.response.request_id', 'anthropic.request_id'),
    promptId: null,
    agentName: firstText(attributes, 'gen_ai.agent.name', 'agent.name', 'gen_ai.agent.id'),
    workflowName: firstText(attributes, 'workflow.name', 'gen_ai.workflow.name'),
    errorType: readErrorType(span),
    finishReasons,
    evaluation: null,
    flags,
  };
}

/** Explicit operation, then the span's structure, then a model (conventions.md G1). */
function readKind(span: Span, operation: string | null, signs: Signs): StepKind {
  const kind = kindOfOperation(operation);
  if (kind !== null) return kind;
  const method = has(signs, SIGN.mcp) ? toText(span.attributes.get('mcp.method.name')) : null;
  if (method !== null) return KIND_BY_METHOD.get(method) ?? 'other';
  return kindByStructure(span.attributes, operation);
}

/** A sampling request holds the model call that the client makes for the server. */
const KIND_BY_METHOD: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['tools/call', 'tool_call'],
  ['elicitation/create', 'human'],
  ['sampling/createMessage', 'workflow'],
]);

function kindByStructure(attributes: Attributes, operation: string | null): StepKind {
  const hasModel = attributes.has('gen_ai.request.model') || attributes.has('gen_ai.response.model');
  const hasToolName = attributes.has('gen_ai.tool.name') && !hasModel;
  if (operation === null && (hasToolName || attributes.has('gen_ai.tool.call.id'))) return 'tool_call';
  if (attributes.has('gen_ai.retrieval.documents')) return 'retrieval';
  return hasModel ? 'model_call' : 'other';
}

function readTool(span: Span): Reading['tool'] {
  const { attributes } = span;
  const name = firstText(attributes, 'gen_ai.tool.name', 'tool.name', 'tool_name');
  const callId = firstText(attributes, 'gen_ai.tool.call.id', 'gen_ai.tool.call_id', 'tool_use_id');
  if (name === null && callId === null) return null;
  return { name: name ?? span.name, callId };
}

function readDocumentCount(attributes: Attributes): number | null {
  const documents = attributes.get('gen_ai.retrieval.documents');
  if (Array.isArray(documents)) return documents.length;
  if (typeof documents !== 'string' || documents.length > 1 << 20) return null;
  try {
    const list: unknown = JSON.parse(documents);
    return Array.isArray(list) ? list.length : null;
  } catch {
    return null;
  }
}

function readFinishReasons(attributes: Attributes): string[] {
  const value =
    attributes.get('gen_ai.response.finish_reasons') ?? attributes.get('gen_ai.response.finish_reason');
  return value === undefined ? [] : toTexts(value);
}

const COST_KEYS: readonly (readonly [string, string])[] = [
  ['gen_ai.usage.cost', 'client_estimate'],
  ['gen_ai.usage.cost_usd', 'client_estimate'],
  ['gen_ai.usage.total_cost', 'client_estimate'],
  ['gen_ai.cost.total_cost', 'gateway'],
  ['litellm.cost.total', 'gateway'],
  ['llm.cost.total', 'client_estimate'],
  ['operation.cost', 'client_pricelist'],
  ['llm.usage.total_cost', 'client_estimate'],
  ['gen_ai.cost.total_tokens', 'client_estimate'],
  ['cost_usd', 'client_estimate'],
];

/** Only totals are taken: parts of a cost are known to be wrong in the wild (conventions.md E3). */
function readCost(attributes: Attributes): ReportedCost | null {
  for (const [key, source] of COST_KEYS) {
    const amount = toMoney(attributes.get(key));
    if (amount !== null) return { amount, currency: 'USD', source };
  }
  return null;
}

/** conventions.md G7. */
const CONVERSATION_KEYS = [
  'gen_ai.conversation.id',
  'session.id',
  'langfuse.session.id',
  'traceloop.association.properties.session_id',
  'ai.telemetry.metadata.sessionId',
  'langsmith.metadata.thread_id',
  'langsmith.metadata.session_id',
  'langsmith.metadata.conversation_id',
  'gcp.vertex.agent.session_id',
  'conversation.id',
] as const;
const CONVERSATION_SIGNS =
  SIGN.genAi | SIGN.session | SIGN.langfuse | SIGN.traceloop | SIGN.ai | SIGN.langsmith | SIGN.adk;

export function readConversationId(attributes: Attributes, signs: Signs): string | null {
  return has(signs, CONVERSATION_SIGNS) ? firstText(attributes, ...CONVERSATION_KEYS) : null;
}

/** @returns the error's type, or `error` for a span whose status says no more than that. */
export function readErrorType(span: Span): string | null {
  return (
    firstText(span.attributes, 'error.type', 'exception.type') ?? (span.statusCode === 2 ? 'error' : null)
  );
}

/** Keys that hold what the model answered; an answer proves that zero tokens are not true (conventions.md C1). */
const OUTPUT_KEYS = [
  'gen_ai.output.messages',
  'gen_ai.completion',
  'gen_ai.completion.0.content',
  'gen_ai.completion.0.tool_calls.0.name',
  'gen_ai.completion.0.finish_reason',
  'llm.output_messages.0.message.content',
  'llm.output_messages.0.message.role',
  'ai.response.text',
  'ai.response.toolCalls',
  'ai.response.object',
  'output.value',
  'langfuse.observation.output',
] as const;
const EMPTY_CONTENT = /^\s*(?:\[\s*\]|\{\s*\}|null|""|\[\[\s*\]\])?\s*$/;

function hasOutputContent(span: Span): boolean {
  for (const key of OUTPUT_KEYS) {
    const value = span.attributes.get(key);
    if (value === undefined || value === null) continue;
    if (typeof value === 'string' ? value.length > 64 || !EMPTY_CONTENT.test(value) : !isEmptyList(value))
      return true;
  }
  return span.events.some((event) => event.name === 'gen_ai.choice');
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
