import type { AttributeValue, LogRecord, Span } from '#model';
import { firstText, toText } from './attribute.ts';

const EVENT_TEXT = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)+$/i;
const LONGEST_EVENT_NAME = 64;
const LONGEST_MS = 86_400_000;
const NS_PER_MS = 1_000_000;

/**
 * A log record as the span that it tells of: named by its event, ended at the record's time, begun by `duration_ms`
 * before it where the record says how long it took. So the rules for spans hold for it too: key mappings, dimensions,
 * periods, overlaps.
 */
export function spanOfLog(record: LogRecord): Span {
  const { attributes, resource, scope, timeNs } = record;
  return {
    traceId: record.traceId,
    spanId: record.recordId,
    parentSpanId: record.spanId,
    name: eventNameOf(record),
    kind: 0,
    startedAtNs: timeNs - durationNs(attributes.get('duration_ms')),
    endedAtNs: timeNs,
    statusCode: 0,
    statusMessage: '',
    attributes,
    events: [],
    resource,
    scope,
  };
}

/**
 * The event's name with its family: `event_name`, else the attribute `event.name`, else a body that is nothing but a
 * name. Claude Code writes the short name as the attribute and the whole one as the body: the whole one is taken.
 */
function eventNameOf({ eventName, attributes, body }: LogRecord): string {
  const named = eventName === '' ? (firstText(attributes, 'event.name') ?? '') : eventName;
  const text = typeof body === 'string' && body.length <= LONGEST_EVENT_NAME ? body : '';
  if (!EVENT_TEXT.test(text)) return named;
  return named === '' || text.endsWith(`.${named}`) ? text : named;
}

function durationNs(value: AttributeValue | undefined): bigint {
  const text = toText(value);
  const ms = text === null ? 0 : Number(text);
  return ms > 0 && ms <= LONGEST_MS ? BigInt(Math.round(ms * NS_PER_MS)) : 0n;
}
