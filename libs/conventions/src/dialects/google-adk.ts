import type { Span, StepKind } from '#model';
import { toText } from '../attribute.ts';
import type { Dialect } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';
import { useBody } from '../use-body.ts';

/** Google ADK: conventions.md 3.8. Version 1 counts the candidates as output and leaves the thoughts to the response. */
const KIND_BY_NAME: readonly (readonly [RegExp, StepKind])[] = [
  [/^(?:call_llm|generate_content)\b/, 'model_call'],
  [/^(?:agent_run|invoke_agent)\b/, 'agent'],
  [/^invocation\b/, 'workflow'],
  [/^execute_tool\b/, 'tool_call'],
];

export const googleAdk: Dialect = {
  id: 'google-adk',
  version: 1,
  recognises: (span, signs) =>
    signs.scopeName.startsWith('gcp.vertex.agent') ||
    has(signs, SIGN.adk) ||
    toText(span.attributes.get('gen_ai.system')) === 'gcp.vertex.agent',
  read(span, reading) {
    const { attributes } = span;
    reading.kind = kindOf(span, reading.kind);
    if (reading.kind !== 'model_call') return;
    reading.inputHint = 'inclusive';
    reading.hintBy = 'google-adk';
    if (useBody(reading, 'gemini', attributes.get('gcp.vertex.agent.llm_response'))) return;
    // Since 1.27 the thoughts stand beside the candidates; only the registry's name (2.3) says they are inside.
    const hasOldName = attributes.has('gen_ai.usage.experimental.reasoning_tokens');
    const hasNewName = attributes.has('gen_ai.usage.reasoning.output_tokens');
    if (hasOldName && !hasNewName) reading.outputHint = 'exclusive';
    if (reading.counts.reasoning === null) reading.flags.add('reasoning_missing');
  },
};

function kindOf(span: Span, kind: StepKind): StepKind {
  if (span.attributes.has('gen_ai.operation.name')) return kind;
  return KIND_BY_NAME.find(([pattern]) => pattern.test(span.name))?.[1] ?? kind;
}
