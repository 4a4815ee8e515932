import type { Attributes, StepKind } from '#model';
import { firstText, toCount, toText } from '../attribute.ts';
import { at, toBlobMap } from '../blob.ts';
import type { CountName } from '../counts.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';
import { useBody } from '../use-body.ts';

/**
 * LangSmith's OpenTelemetry export of LangChain runs: conventions.md 3.6. The run type alone tells what a span is:
 * the exporter writes an operation name that calls retrievers embeddings, and usage on every run that passes it on.
 */
const KIND: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['llm', 'model_call'],
  ['chain', 'workflow'],
  ['tool', 'tool_call'],
  ['retriever', 'retrieval'],
  ['embedding', 'embedding'],
  ['prompt', 'other'],
  ['parser', 'other'],
]);

const DETAIL_ROWS: readonly (readonly [CountName, attribute: string, field: string])[] = [
  ['cacheRead', 'gen_ai.usage.input_token_details', 'cache_read'],
  ['cacheWrite', 'gen_ai.usage.input_token_details', 'cache_creation'],
  ['cacheWrite5m', 'gen_ai.usage.input_token_details', 'ephemeral_5m_input_tokens'],
  ['cacheWrite1h', 'gen_ai.usage.input_token_details', 'ephemeral_1h_input_tokens'],
  ['audioIn', 'gen_ai.usage.input_token_details', 'audio'],
  ['reasoning', 'gen_ai.usage.output_token_details', 'reasoning'],
  ['audioOut', 'gen_ai.usage.output_token_details', 'audio'],
];

export const langSmith: Dialect = {
  id: 'langsmith',
  version: 1,
  recognises: (_span, signs) => has(signs, SIGN.langsmith),
  read(span, reading) {
    const { attributes } = span;
    const runType = toText(attributes.get('langsmith.span.kind'))?.toLowerCase() ?? '';
    reading.kind = KIND.get(runType) ?? reading.kind;
    if (reading.kind === 'other') reading.stance = 'none';
    reading.provider = firstText(attributes, 'langsmith.metadata.ls_provider') ?? reading.provider;
    reading.modelRequest ??= firstText(attributes, 'langsmith.metadata.ls_model_name');
    if (reading.kind === 'tool_call') reading.tool ??= { name: span.name, callId: null };
    reading.inputHint = 'inclusive';
    reading.hintBy = 'langsmith';
    reading.isTotalFromProvider = true;
    if (!useBody(reading, 'langchain', attributes.get('langsmith.usage_metadata')))
      readDetails(attributes, reading);
  },
};

function readDetails(attributes: Attributes, reading: Reading): void {
  for (const [name, attribute, field] of DETAIL_ROWS) {
    const details = attributes.get(attribute);
    if (details === undefined) continue;
    const value = at(toBlobMap(details), field);
    const count = toCount(typeof value === 'object' ? null : value);
    if (typeof count === 'bigint') reading.counts[name] ??= count;
  }
}
