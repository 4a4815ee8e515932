import type { StepKind } from '#model';
import { firstText } from '../attribute.ts';
import type { Dialect } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';

/** Laminar: conventions.md 3.11. GenAI names with a span type beside them. */
const KIND: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['LLM', 'model_call'],
  ['TOOL', 'tool_call'],
  ['EVALUATOR', 'evaluation'],
  ['HUMAN_EVALUATOR', 'human'],
  ['EXECUTOR', 'workflow'],
]);

export const laminar: Dialect = {
  id: 'laminar',
  version: 1,
  recognises: (_span, signs) => has(signs, SIGN.laminar),
  read(span, reading) {
    const kind = KIND.get(firstText(span.attributes, 'lmnr.span.type') ?? '');
    if (kind) reading.kind = kind;
    reading.conversationId ??= firstText(span.attributes, 'lmnr.association.properties.session_id');
    reading.inputHint = 'inclusive';
    reading.hintBy = 'laminar';
  },
};
