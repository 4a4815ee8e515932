import { firstText } from '../attribute.ts';
import type { KeyRows } from '../counts.ts';
import { emptyCounts, readCounts } from '../counts.ts';
import type { Dialect } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';

/** Codex CLI: conventions.md 3.10. OpenAI counts, the cache inside; a turn sums up its responses. */
const TURN = 'codex.turn.token_usage.';
const TURN_ROWS: KeyRows = [
  ['input', `${TURN}input_tokens`],
  ['output', `${TURN}output_tokens`],
  ['cacheRead', `${TURN}cached_input_tokens`],
  ['cacheWrite', `${TURN}cache_write_input_tokens`],
  ['reasoning', `${TURN}reasoning_output_tokens`],
  ['total', `${TURN}total_tokens`],
];

export const codex: Dialect = {
  id: 'codex',
  version: 1,
  recognises: (_span, signs) => /^codex_(?:cli_rs|exec)/.test(signs.scopeName) || has(signs, SIGN.codex),
  read(span, reading) {
    const { attributes } = span;
    reading.provider ??= 'openai';
    reading.inputHint = 'inclusive';
    reading.hintBy = 'codex';
    reading.conversationId ??= firstText(attributes, 'thread.id');
    if (attributes.has(`${TURN}input_tokens`) || span.name === 'session_task.turn') {
      reading.kind = 'agent';
      reading.agentName ??= 'codex';
      reading.counts = emptyCounts();
      readCounts(attributes, TURN_ROWS, reading.counts, reading.flags);
    } else {
      const hasUsage = reading.counts.input !== null || reading.counts.output !== null;
      reading.kind = hasUsage ? 'model_call' : 'other';
    }
    if (reading.kind !== 'other') reading.modelRequest ??= firstText(attributes, 'model', 'slug');
  },
};
