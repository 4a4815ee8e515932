import type { Span, StepKind } from '#model';
import { firstText, toText } from '../attribute.ts';
import type { KeyRows } from '../counts.ts';
import { readCounts } from '../counts.ts';
import type { Dialect } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';

/** Claude Code: conventions.md 3.10. Flat token names, the cache beside the input, as the API counts it. */
const KIND: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['llm_request', 'model_call'],
  ['interaction', 'agent'],
  ['tool', 'tool_call'],
  ['tool.execution', 'other'],
  ['tool.blocked_on_user', 'human'],
  ['hook', 'other'],
]);
const SPAN_TYPES: ReadonlySet<string> = new Set(['llm_request', 'tool', 'interaction']);

const ROWS: KeyRows = [
  ['input', 'input_tokens'],
  ['output', 'output_tokens'],
  ['cacheRead', 'cache_read_tokens'],
  ['cacheWrite', 'cache_creation_tokens'],
];

export const claudeCode: Dialect = {
  id: 'claude-code',
  version: 1,
  recognises: (span, signs) =>
    signs.scopeName === 'com.anthropic.claude_code.tracing' ||
    span.name.startsWith('claude_code.') ||
    (has(signs, SIGN.spanType) && SPAN_TYPES.has(toText(span.attributes.get('span.type')) ?? '')),
  read(span, reading) {
    const { attributes } = span;
    reading.kind = KIND.get(typeOf(span)) ?? 'other';
    if (reading.kind === 'model_call') {
      readCounts(attributes, ROWS, reading.counts, reading.flags);
      reading.provider = 'anthropic';
      reading.inputHint = 'exclusive';
      reading.hintBy = 'claude-code';
      reading.modelRequest = firstText(attributes, 'model', 'gen_ai.request.model');
      if (attributes.get('success') === false || attributes.get('success') === 'false')
        reading.errorType ??= 'error';
      const stopReason = firstText(attributes, 'stop_reason');
      if (stopReason !== null && reading.finishReasons.length === 0) reading.finishReasons = [stopReason];
    }
    if (reading.kind === 'agent') reading.agentName ??= 'claude-code';
  },
};

function typeOf(span: Span): string {
  if (span.name.startsWith('claude_code.')) return span.name.slice('claude_code.'.length);
  return toText(span.attributes.get('span.type')) ?? '';
}
