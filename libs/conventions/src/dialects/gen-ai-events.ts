import { firstText } from '../attribute.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';
import { flagUnknownUsageKeys } from '../unknown-usage-keys.ts';

/**
 * OpenTelemetry GenAI events: conventions.md 3.1. Messages and choices are the content of a call. A record that counts
 * tokens itself is a witness of the call: where its span came too it is the span's mirror, else it is all there is.
 */
const EVALUATION = 'gen_ai.evaluation.result';

export const genAiEvents: Dialect = {
  id: 'otel-gen-ai-events',
  version: 1,
  recognises: (span, signs) => span.name.startsWith('gen_ai.') || has(signs, SIGN.genAi),
  read(span, reading) {
    const { attributes } = span;
    reading.hintBy = 'otel-gen-ai';
    flagUnknownUsageKeys(attributes, reading.flags);
    if (span.name === EVALUATION) {
      reading.kind = 'evaluation';
      reading.stance = 'none';
      reading.evaluation = {
        name: firstText(attributes, 'gen_ai.evaluation.name') ?? 'evaluation',
        score: firstText(attributes, 'gen_ai.evaluation.score.value'),
        label: firstText(attributes, 'gen_ai.evaluation.score.label'),
      };
      return;
    }
    if (countsTokens(reading)) return;
    reading.stance = 'none';
    reading.stanceReason = 'content_of_call';
    if (reading.kind === 'model_call' && !attributes.has('gen_ai.operation.name')) reading.kind = 'other';
  },
};

function countsTokens({ counts }: Reading): boolean {
  return counts.input !== null || counts.output !== null;
}
