import type { Span } from '#model';
import type { Dialect } from './dialect.ts';
import { agentFramework } from './dialects/agent-framework.ts';
import { claudeCode } from './dialects/claude-code.ts';
import { claudePlatform } from './dialects/claude-platform.ts';
import { claudeSdk } from './dialects/claude-sdk.ts';
import { codex } from './dialects/codex.ts';
import { geminiCli } from './dialects/gemini-cli.ts';
import { googleAdk } from './dialects/google-adk.ts';
import { laminar } from './dialects/laminar.ts';
import { langfuse } from './dialects/langfuse.ts';
import { langSmith } from './dialects/langsmith.ts';
import { liteLlm } from './dialects/litellm.ts';
import { openInference } from './dialects/openinference.ts';
import { openLit } from './dialects/openlit.ts';
import { openLlmetry } from './dialects/openllmetry.ts';
import { openRouter } from './dialects/openrouter.ts';
import { otelGenAi } from './dialects/otel-gen-ai.ts';
import { pydanticAi } from './dialects/pydantic-ai.ts';
import { strands } from './dialects/strands.ts';
import { vercelAi } from './dialects/vercel-ai.ts';
import { vercelAiOtel } from './dialects/vercel-ai-otel.ts';
import type { Signs } from './signs.ts';

/**
 * The order of conventions.md 2: payload shape before producer identity, the special before the general. The first
 * that recognises the span reads it.
 */
const DIALECTS: readonly Dialect[] = [
  langfuse,
  claudeSdk,
  claudePlatform,
  claudeCode,
  codex,
  geminiCli,
  liteLlm,
  openRouter,
  openInference,
  vercelAi,
  vercelAiOtel,
  langSmith,
  pydanticAi,
  googleAdk,
  strands,
  agentFramework,
  openLlmetry,
  openLit,
  laminar,
  otelGenAi,
];

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
