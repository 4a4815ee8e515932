import type { Dialect } from '../dialect.ts';
import { normaliseProvider } from '../provider.ts';
import { has, SIGN } from '../signs.ts';

/** OpenLIT: conventions.md 3.11. GenAI names; the input of Anthropic without its cache; a cost of its own list. */
export const openLit: Dialect = {
  id: 'openlit',
  version: 1,
  recognises: (span, signs) =>
    signs.scopeName.startsWith('openlit') ||
    (has(signs, SIGN.genAi) &&
      span.attributes.has('gen_ai.client.token.usage') &&
      span.attributes.has('gen_ai.usage.cost')),
  read(_span, reading) {
    const provider = normaliseProvider(reading.provider);
    reading.inputHint = provider === 'anthropic' ? 'exclusive' : 'inclusive';
    reading.hintBy = `openlit:${provider ?? 'unknown'}`;
    // A chat span may list the tools that the answer called; that makes it no tool.
    if (reading.kind !== 'tool_call') reading.tool = null;
  },
};
