import { firstText, toText } from '../attribute.ts';
import type { Dialect } from '../dialect.ts';

/** Gemini CLI: conventions.md 3.10. Spans count the candidates only; the thoughts stand in its logs. */
export const geminiCli: Dialect = {
  id: 'gemini-cli',
  version: 2,
  recognises: (span, signs) =>
    signs.serviceName === 'gemini-cli' || toText(span.attributes.get('gen_ai.agent.name')) === 'gemini-cli',
  read(span, reading) {
    reading.inputHint = 'inclusive';
    reading.outputHint = 'exclusive';
    reading.hintBy = 'gemini-cli';
    if (reading.kind !== 'model_call') return;
    reading.provider ??= 'gcp.gemini';
    reading.promptId = firstText(span.attributes, 'prompt_id', 'gen_ai.prompt.id');
    if (reading.counts.reasoning !== null) return;
    reading.flags.add('reasoning_missing');
    reading.isLowerBound = true;
  },
};
