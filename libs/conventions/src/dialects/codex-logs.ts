import type { Attributes, Span } from '#model';
import { firstText, toCount } from '../attribute.ts';
import type { KeyRows } from '../counts.ts';
import { readCounts } from '../counts.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { decisionKind, hasFailed, toolOf } from '../log-event.ts';

/**
 * Codex CLI's events: conventions.md 3.10. The counts stand on the end of a streamed response, whichever transport
 * streamed it, and sometimes on a record without an event name; `tool_token_count` is the total.
 */
const FAMILY = 'codex.';
const ROWS: KeyRows = [
  ['input', 'input_token_count'],
  ['output', 'output_token_count'],
  ['cacheRead', 'cached_token_count'],
  ['cacheWrite', 'cache_write_token_count'],
  ['reasoning', 'reasoning_token_count'],
  ['total', 'tool_token_count'],
];
const FAILED_KINDS: ReadonlySet<string> = new Set(['response.failed', 'response.incomplete', 'error']);
const FIRST_FAILED_STATUS = 400n;

export const codexLogs: Dialect = {
  id: 'codex-logs',
  version: 1,
  recognises: (span, signs) => span.name.startsWith(FAMILY) || /^codex(?:_|$)/.test(signs.scopeName),
  read(span, reading) {
    const { attributes } = span;
    const event = span.name.startsWith(FAMILY) ? span.name.slice(FAMILY.length) : '';
    reading.kind = 'other';
    reading.conversationId ??= firstText(attributes, 'conversation.id', 'thread.id');
    if (isCompleted(attributes)) {
      readCall(attributes, reading);
      readCounts(attributes, ROWS, reading.counts, reading.flags);
    } else if (isFailedCall(event, attributes)) {
      readCall(attributes, reading);
      reading.errorType ??=
        firstText(attributes, 'http.response.status_code', 'event.kind', 'error.message') ?? 'error';
    } else if (event === 'tool_result') {
      reading.kind = 'tool_call';
      reading.tool = toolOf(attributes, 'tool_name', 'call_id');
      if (hasFailed(attributes)) reading.errorType ??= 'error';
    } else if (event === 'tool_decision') reading.kind = decisionKind(attributes);
    else if (event === 'user_prompt') reading.kind = 'human';
  },
};

function isCompleted(attributes: Attributes): boolean {
  return (
    firstText(attributes, 'event.kind') === 'response.completed' &&
    (attributes.has('input_token_count') || attributes.has('output_token_count'))
  );
}

/** Requests for anything but an answer (the list of models, a session) are no calls. */
function isFailedCall(event: string, attributes: Attributes): boolean {
  if (event === 'sse_event' || event === 'websocket_event')
    return FAILED_KINDS.has(firstText(attributes, 'event.kind') ?? '');
  if (event !== 'api_request') return false;
  const endpoint = firstText(attributes, 'endpoint');
  if (endpoint !== null && !/responses|chat|completions/.test(endpoint)) return false;
  const status = toCount(attributes.get('http.response.status_code'));
  return typeof status === 'bigint' ? status >= FIRST_FAILED_STATUS : hasFailed(attributes);
}

function readCall(attributes: Span['attributes'], reading: Reading): void {
  reading.kind = 'model_call';
  reading.provider ??= 'openai';
  reading.inputHint = 'inclusive';
  reading.hintBy = 'codex';
  reading.isTotalFromProvider = true;
  reading.modelRequest ??= firstText(attributes, 'model', 'slug');
  reading.responseId ??= firstText(attributes, 'response.id', 'response_id');
}
