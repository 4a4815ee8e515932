import { firstText, toCount } from '../attribute.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';
import type { Attributes } from '#model';

/** Anthropic's own SDKs: conventions.md 3.11. The input is the sum; compaction stands outside of it. */
export const claudeSdk: Dialect = {
  id: 'claude-sdk',
  version: 1,
  recognises: (span, signs) =>
    signs.scopeName.startsWith('com.anthropic.sdk') ||
    (has(signs, SIGN.anthropic | SIGN.genAi) && span.name.startsWith('anthropic.messages.')),
  read(span, reading) {
    const { attributes } = span;
    reading.provider ??= 'anthropic';
    reading.inputHint = 'inclusive';
    reading.hintBy = 'claude-sdk';
    if (span.name === 'anthropic.messages.count_tokens') {
      reading.kind = 'model_call';
      reading.stance = 'none';
      reading.stanceReason = 'count_tokens';
      return;
    }
    if (span.name.startsWith('anthropic.tool_use')) {
      reading.kind = 'tool_call';
      reading.tool ??= { name: span.name.slice('anthropic.tool_use '.length) || span.name, callId: null };
      return;
    }
    if (span.name === 'anthropic.messages.create') reading.kind = 'model_call';
    const stopReason = firstText(attributes, 'anthropic.message.stop_reason');
    if (stopReason !== null && reading.finishReasons.length === 0) reading.finishReasons = [stopReason];
    readCompaction(attributes, reading);
  },
};

function readCompaction(attributes: Attributes, reading: Reading): void {
  const input = toCount(attributes.get('anthropic.usage.compaction.input_tokens'));
  const output = toCount(attributes.get('anthropic.usage.compaction.output_tokens'));
  if (typeof input !== 'bigint' && typeof output !== 'bigint') return;
  reading.extraUsage.push({
    line: 'compaction',
    model: null,
    usage: {
      tokens: {
        ...(typeof input === 'bigint' ? { in_uncached: input } : {}),
        ...(typeof output === 'bigint' ? { out_text: output } : {}),
      },
      units: {},
    },
  });
}
