import type { LogRecord } from '#model';
import type { Dialect } from './dialect.ts';
import { claudeCodeLogs } from './dialects/claude-code-logs.ts';
import { codexLogs } from './dialects/codex-logs.ts';
import { geminiCliLogs } from './dialects/gemini-cli-logs.ts';
import { genAiEvents } from './dialects/gen-ai-events.ts';
import { spanOfLog } from './log-span.ts';
import { readGenAi } from './read-gen-ai.ts';
import { plainStep, toDraft } from './read-step.ts';
import { readSigns } from './signs.ts';
import type { StepDraft } from './step-draft.ts';

/** The first that recognises the record reads it; the coding agents' own before the general events. */
const LOG_DIALECTS: readonly Dialect[] = [claudeCodeLogs, codexLogs, geminiCliLogs, genAiEvents];

/**
 * Reads what one log record means, as `readStep` does for a span: a call with its usage and cost, a tool call, a
 * person's decision, an evaluation; `other` for what is about no model, agent or tool.
 *
 * Depends on the record alone. Never throws.
 */
export function readLog(record: LogRecord): StepDraft {
  const span = spanOfLog(record);
  const signs = readSigns(span);
  const dialect = LOG_DIALECTS.find((candidate) => candidate.recognises(span, signs));
  if (dialect === undefined) return plainStep(span, signs, true);
  const reading = readGenAi(span, signs);
  dialect.read(span, reading, signs);
  return toDraft(span, signs, dialect, reading, true);
}
