import type { Span } from '#model';
import type { Dialect } from './dialect.ts';
import { openInference } from './dialects/openinference.ts';
import { otelGenAi } from './dialects/otel-gen-ai.ts';
import type { Signs } from './signs.ts';

/**
 * The order of conventions.md 2: payload shape before producer identity, the special before the general. The first
 * that recognises the span reads it.
 */
const DIALECTS: readonly Dialect[] = [openInference, otelGenAi];

/** @returns the dialect that reads the span, and the others that would have known it too; null when none does. */
export function chooseDialect(
  span: Span,
  signs: Signs,
): { dialect: Dialect; others: readonly Dialect[] } | null {
  let dialect: Dialect | null = null;
  const others: Dialect[] = [];
  for (const candidate of DIALECTS) {
    if (!candidate.recognises(span, signs)) continue;
    if (dialect === null) dialect = candidate;
    else if (candidate !== otelGenAi) others.push(candidate);
  }
  return dialect && { dialect, others };
}
