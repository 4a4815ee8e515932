import type { Dialect } from '../dialect.ts';

/** Anthropic's API seen from its own side: conventions.md 3.11. The same calls as the SDK's, so one half counts. */
export const claudePlatform: Dialect = {
  id: 'claude-platform',
  version: 1,
  recognises: (_span, signs) =>
    signs.scopeName.startsWith('com.anthropic.claude-platform') || signs.serviceName === 'claude-platform',
  read(_span, reading) {
    reading.vantage = 'server';
    reading.provider ??= 'anthropic';
    reading.inputHint = 'inclusive';
    reading.hintBy = 'claude-platform';
  },
};
