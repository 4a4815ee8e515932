import type { Attributes, Span, StepKind } from '#model';
import { firstText, toText } from '../attribute.ts';
import { at, toBlobMap } from '../blob.ts';
import type { KeyRows } from '../counts.ts';
import { emptyCounts, readCounts } from '../counts.ts';
import type { Dialect, Reading } from '../dialect.ts';

/** OpenInference (Arize): conventions.md 3.2. */
const KIND: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['LLM', 'model_call'],
  ['EMBEDDING', 'embedding'],
  ['CHAIN', 'workflow'],
  ['RETRIEVER', 'retrieval'],
  ['RERANKER', 'rerank'],
  ['TOOL', 'tool_call'],
  ['AGENT', 'agent'],
  ['GUARDRAIL', 'guardrail'],
  ['EVALUATOR', 'evaluation'],
]);

const ROWS: KeyRows = [
  ['input', 'llm.token_count.prompt'],
  ['output', 'llm.token_count.completion'],
  ['total', 'llm.token_count.total'],
  ['cacheRead', 'llm.token_count.prompt_details.cache_read'],
  ['cacheWrite', 'llm.token_count.prompt_details.cache_write'],
  ['audioIn', 'llm.token_count.prompt_details.audio'],
  ['reasoning', 'llm.token_count.completion_details.reasoning'],
  ['audioOut', 'llm.token_count.completion_details.audio'],
];

const DOCUMENTS_MAX = 10_000;

export const openInference: Dialect = {
  id: 'openinference',
  version: 3,
  recognises: (span) => span.attributes.has('openinference.span.kind'),
  read(span, reading) {
    const { attributes } = span;
    reading.kind =
      KIND.get(toText(attributes.get('openinference.span.kind'))?.toUpperCase() ?? '') ?? 'other';
    readNames(attributes, reading);
    readUsage(span, reading);
    if (reading.kind === 'model_call') readAnswer(attributes, reading);
    // Its processor of Strands' spans hands on what the agent has used since it was made.
    reading.isCumulative = reading.kind === 'agent' && /^strands|\.strands$/.test(span.scope.name);
    if (reading.kind === 'tool_call') readTool(span, reading);
    if (reading.kind === 'retrieval')
      reading.documentCount = countDocuments(attributes) ?? reading.documentCount;
  },
};

function readNames(attributes: Attributes, reading: Reading): void {
  const named = firstText(attributes, 'llm.model_name', 'embedding.model_name', 'reranker.model_name');
  reading.provider = firstText(attributes, 'llm.provider', 'llm.system') ?? reading.provider;
  reading.modelRequest = firstText(attributes, 'llm.request.model_name') ?? reading.modelRequest ?? named;
  reading.modelResponse = firstText(attributes, 'llm.response.model_name') ?? reading.modelResponse ?? named;
  const finishReason = firstText(attributes, 'llm.finish_reason');
  if (finishReason !== null && reading.finishReasons.length === 0) reading.finishReasons = [finishReason];
  const parameters = attributes.get('llm.invocation_parameters');
  if (reading.serviceTier === null && parameters !== undefined) {
    const tier = at(toBlobMap(parameters), 'service_tier');
    if (typeof tier === 'string' && tier !== 'auto' && tier !== '') reading.serviceTier = tier;
  }
}

/** Its own vocabulary first; `gen_ai.usage.*` of the dual mode only where the span has none of its own. */
function readUsage(span: Span, reading: Reading): void {
  const counts = emptyCounts();
  const flags = new Set<string>();
  readCounts(span.attributes, ROWS, counts, flags);
  const hasOwn = Object.values(counts).some((count: bigint | null) => count !== null) || flags.size > 0;
  if (hasOwn) {
    reading.counts = counts;
    for (const flag of reading.flags) if (/^(rejected|disagreement):/.test(flag)) reading.flags.delete(flag);
    for (const flag of flags) reading.flags.add(flag);
  }
  const scope = span.scope.name;
  const instrumentor = scope.slice(scope.lastIndexOf('.') + 1);
  reading.hintBy = `openinference:${instrumentor}`;
  reading.isTotalFromProvider = hasOwn;
  reading.inputHint = 'inclusive';
  if (instrumentor === 'claude_agent_sdk') {
    reading.inputHint = 'exclusive';
    reading.isTotalFromProvider = false;
  } else if (instrumentor === 'bedrock') {
    // Converse hands the provider's exclusive input on, with a total that contains the cache; InvokeModel adds it up.
    reading.inputHint = 'exclusive';
  }
}

/** Unescaped, so that no text inside of the answer can look like it. */
const ID_IN_ANSWER = /(?<!\\)"id":\s?"((?:resp_|chatcmpl-|msg_)[\w-]{8,200})"/g;
const ID_PREFIXES = ['resp_', 'chatcmpl-', 'msg_'] as const;
const ANSWER_LENGTH_MAX = 1 << 18;

/**
 * It writes no response id, but the provider's answer as it came, which has it. The ids of items inside the answer have
 * other prefixes; where several answers stand in one value none is taken.
 */
function readAnswer(attributes: Attributes, reading: Reading): void {
  const answer = attributes.get('output.value');
  if (typeof answer === 'string' && answer.length <= ANSWER_LENGTH_MAX)
    reading.responseId ??= responseIdIn(answer);
  // A stream of Anthropic that was left says how it began: the output at its start is not what was written.
  const isAnthropic = firstText(attributes, 'llm.provider', 'llm.system') === 'anthropic';
  const wasStream = /"stream":\s?true/.test(toText(attributes.get('llm.invocation_parameters')) ?? '');
  if (!isAnthropic || !wasStream || reading.finishReasons.length > 0) return;
  reading.counts.output = null;
  reading.counts.total = null;
}

function responseIdIn(answer: string): string | null {
  const ids = new Set<string>();
  for (const match of answer.matchAll(ID_IN_ANSWER)) ids.add(match[1]!);
  for (const prefix of ID_PREFIXES) {
    const own = [...ids].filter((id) => id.startsWith(prefix));
    if (own.length > 0) return own.length === 1 ? own[0]! : null;
  }
  return null;
}

function readTool(span: Span, reading: Reading): void {
  const name = firstText(span.attributes, 'tool.name', 'gen_ai.tool.name') ?? span.name;
  const callId = firstText(span.attributes, 'tool.id', 'tool_call.id', 'gen_ai.tool.call.id');
  reading.tool = { name, callId };
}

const DOCUMENT_KEY = /^retrieval\.documents\.(\d{1,6})\.document\./;

/** The highest index decides nothing: sparse or huge indices must not count documents that are not there. */
function countDocuments(attributes: Attributes): number | null {
  const indices = new Set<string>();
  for (const key of attributes.keys()) {
    const match = key.startsWith('retrieval.documents.') ? DOCUMENT_KEY.exec(key) : null;
    if (match && indices.size < DOCUMENTS_MAX) indices.add(match[1]!);
  }
  return indices.size > 0 ? indices.size : null;
}
