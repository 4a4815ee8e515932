import type { Attributes, Span, StepKind } from '#model';
import { firstText, toText } from '../attribute.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { flagInvisibleCache } from '../invisible-cache.ts';
import { kindOfOperation } from '../operation.ts';
import { normaliseProvider } from '../provider.ts';
import type { Signs } from '../signs.ts';
import { has, SIGN } from '../signs.ts';

/** OpenLLMetry (Traceloop): conventions.md 3.3. */
const KIND: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['workflow', 'workflow'],
  ['task', 'workflow'],
  ['agent', 'agent'],
  ['tool', 'tool_call'],
]);
const VECTOR_STORES = /^(?:pinecone|chroma|qdrant|weaviate|milvus|marqo|lancedb)/i;
const OWN_SCOPE =
  /^(?:opentelemetry\.instrumentation\.(?!openai_v2|openai_agents_v2|google_genai|genai)|@traceloop\/)/;

export const openLlmetry: Dialect = {
  id: 'openllmetry',
  version: 2,
  recognises: (span, signs) =>
    has(signs, SIGN.traceloop) ||
    span.attributes.has('llm.request.type') ||
    (OWN_SCOPE.test(signs.scopeName) && has(signs, SIGN.genAi)),
  read(span, reading, signs) {
    const { attributes } = span;
    reading.kind = kindOf(attributes, reading.kind);
    if (isLangchain(reading.provider))
      reading.provider = firstText(
        attributes,
        'traceloop.association.properties.ls_provider',
        'gen_ai.provider.name',
      );
    reading.workflowName ??= firstText(attributes, 'traceloop.workflow.name');
    const entity = firstText(attributes, 'traceloop.entity.name');
    if (reading.kind === 'agent') reading.agentName ??= entity;
    if (reading.kind === 'tool_call') reading.tool ??= { name: entity ?? span.name, callId: null };
    readFinish(attributes, reading);
    // Its totals are its own sums and prove nothing.
    const isConverse =
      signs.scopeName.startsWith('opentelemetry.instrumentation.bedrock') ||
      (!signs.scopeName.startsWith('@traceloop/') && normaliseProvider(reading.provider) === 'aws.bedrock');
    reading.inputHint = isConverse ? 'exclusive' : 'inclusive';
    reading.hintBy = isConverse ? 'openllmetry:bedrock' : 'openllmetry';
    readKnownFaults(span, reading, signs);
  },
};

/**
 * Its Anthropic instrumentation adds the output that a stream announces at its start to the count that the stream ends
 * with, which contains it (0.62); nothing tells a stream that was opened by `messages.stream`. Its OpenAI
 * instrumentation for JavaScript knows no cache (0.27).
 */
function readKnownFaults({ attributes }: Span, reading: Reading, { scopeName }: Signs): void {
  if (reading.kind !== 'model_call') return;
  if (scopeName === 'opentelemetry.instrumentation.anthropic') {
    reading.isDoubtful = attributes.get('gen_ai.is_streaming') !== false;
    if (attributes.get('gen_ai.is_streaming') === true) reading.flags.add('stream_start_counted');
  }
  if (scopeName === '@traceloop/instrumentation-openai') flagInvisibleCache(reading);
}

function isLangchain(provider: string | null): boolean {
  return provider !== null && provider.toLowerCase() === 'langchain';
}

function kindOf(attributes: Attributes, kind: StepKind): StepKind {
  const entityKind = KIND.get(toText(attributes.get('traceloop.span.kind')) ?? '');
  if (entityKind) return entityKind;
  if (attributes.has('gen_ai.operation.name')) return kind;
  const byType = kindOfOperation(firstText(attributes, 'llm.request.type'));
  if (byType) return byType;
  const store = firstText(attributes, 'db.system');
  return store !== null && VECTOR_STORES.test(store) ? 'retrieval' : kind;
}

function readFinish(attributes: Span['attributes'], reading: Reading): void {
  if (reading.finishReasons.length > 0) return;
  const reason = firstText(
    attributes,
    'llm.response.finish_reason',
    'llm.response.stop_reason',
    'gen_ai.completion.0.finish_reason',
  );
  if (reason !== null) reading.finishReasons = [reason];
}
