import type { Reading } from './dialect.ts';

/** OpenAI caches prompts from this length on. Source: its guide to prompt caching. */
const CACHED_PROMPT_TOKENS_MIN = 1024n;

/** For emitters that leave out how much of an OpenAI prompt came from the cache: flags calls where some may have. */
export function flagInvisibleCache({ kind, counts, flags }: Reading): void {
  if (kind !== 'model_call' || counts.input === null || counts.cacheRead !== null) return;
  if (counts.input >= CACHED_PROMPT_TOKENS_MIN) flags.add('cache_invisible');
}
