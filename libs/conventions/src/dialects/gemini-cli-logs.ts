import type { Attributes } from '#model';
import { firstText } from '../attribute.ts';
import type { KeyRows } from '../counts.ts';
import { readCounts } from '../counts.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { hasFailed, toolOf } from '../log-event.ts';

/**
 * Gemini CLI's events: conventions.md 3.10. The prompt holds the cached part, the output is the candidates only, and
 * the tool-use prompt is input beside both. Its general GenAI events repeat `api_response` and bring the content.
 */
const FAMILY = 'gemini_cli.';
const ROWS: KeyRows = [
  ['input', 'input_token_count'],
  ['output', 'output_token_count'],
  ['cacheRead', 'cached_content_token_count'],
  ['reasoning', 'thoughts_token_count'],
  ['toolUsePrompt', 'tool_token_count'],
  ['total', 'total_token_count'],
];

export const geminiCliLogs: Dialect = {
  id: 'gemini-cli-logs',
  version: 1,
  recognises: (span, signs) =>
    span.name.startsWith(FAMILY) || (signs.serviceName === 'gemini-cli' && span.name.startsWith('gen_ai.')),
  read(span, reading) {
    const { attributes } = span;
    reading.kind = 'other';
    reading.promptId = firstText(attributes, 'prompt_id');
    switch (span.name.startsWith(FAMILY) ? span.name.slice(FAMILY.length) : 'gen_ai') {
      case 'api_response':
        readCall(attributes, reading);
        readCounts(attributes, ROWS, reading.counts, reading.flags);
        break;
      case 'api_error':
        readCall(attributes, reading);
        reading.errorType ??= firstText(attributes, 'error_type', 'status_code', 'error') ?? 'error';
        break;
      case 'tool_call':
        reading.kind = 'tool_call';
        reading.tool = toolOf(attributes, 'function_name', 'call_id');
        if (hasFailed(attributes)) reading.errorType ??= firstText(attributes, 'error_type') ?? 'error';
        break;
      case 'user_prompt':
        reading.kind = 'human';
        break;
      case 'gen_ai':
        reading.stance = 'none';
        reading.stanceReason = 'content_of_call';
        break;
      default:
    }
  },
};

function readCall(attributes: Attributes, reading: Reading): void {
  reading.kind = 'model_call';
  reading.provider = firstText(attributes, 'auth_type') === 'vertex-ai' ? 'gcp.vertex_ai' : 'gcp.gemini';
  reading.inputHint = 'inclusive';
  reading.outputHint = 'exclusive';
  reading.hintBy = 'gemini-cli';
  reading.isTotalFromProvider = true;
  reading.modelResponse ??= firstText(attributes, 'model');
}
