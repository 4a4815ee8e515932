import type { Attributes } from '#model';
import { firstText } from '../attribute.ts';
import type { KeyRows } from '../counts.ts';
import { readCounts } from '../counts.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { decisionKind, hasFailed, toolOf } from '../log-event.ts';

/** Claude Code's events: conventions.md 3.10. Flat token names, the cache beside the input, as the API counts it. */
const FAMILY = 'claude_code.';
const ROWS: KeyRows = [
  ['input', 'input_tokens'],
  ['output', 'output_tokens'],
  ['cacheRead', 'cache_read_tokens'],
  ['cacheWrite', 'cache_creation_tokens'],
];

export const claudeCodeLogs: Dialect = {
  id: 'claude-code-logs',
  version: 1,
  recognises: (span, signs) =>
    span.name.startsWith(FAMILY) || signs.scopeName.startsWith('com.anthropic.claude_code'),
  read(span, reading) {
    const { attributes } = span;
    const event = span.name.startsWith(FAMILY) ? span.name.slice(FAMILY.length) : span.name;
    reading.kind = 'other';
    switch (event) {
      case 'api_request':
        readCall(attributes, reading);
        readCounts(attributes, ROWS, reading.counts, reading.flags);
        break;
      case 'api_error':
        readCall(attributes, reading);
        reading.errorType ??= firstText(attributes, 'status_code', 'error') ?? 'error';
        break;
      case 'tool_result':
        reading.kind = 'tool_call';
        reading.tool = toolOf(attributes, 'tool_name', 'tool_use_id');
        if (hasFailed(attributes)) reading.errorType ??= firstText(attributes, 'error') ?? 'error';
        break;
      case 'tool_decision':
        reading.kind = decisionKind(attributes);
        break;
      case 'user_prompt':
        reading.kind = 'human';
        break;
      default:
    }
  },
};

function readCall(attributes: Attributes, reading: Reading): void {
  reading.kind = 'model_call';
  reading.provider = 'anthropic';
  reading.inputHint = 'exclusive';
  reading.hintBy = 'claude-code';
  reading.modelRequest = firstText(attributes, 'model', 'gen_ai.request.model');
  if (firstText(attributes, 'speed') === 'fast') reading.serviceTier = 'fast';
}
