import type { AttributeValue, InstrumentationScope, LogRecord, Resource, SpanId, TraceId } from '#model';
import { decodeAnyValue, decodeAttribute, type MutableValue } from './decode-attributes.ts';
import { MessageReader } from './message-reader.ts';

/** The ids under which a record is stored. */
export interface RecordIds {
  readonly traceId: TraceId;
  readonly recordId: SpanId;
  readonly parentSpanId: SpanId | null;
}

/**
 * Decodes the stored bytes of one log record, by the rules of `decodeSpan`.
 * @param ids of its row: they are derived where the record has none
 * @throws RejectedInput `invalid` when the bytes are malformed, which those that `readLogs` accepted never are
 */
export function decodeLogRecord(
  bytes: Uint8Array,
  ids: RecordIds,
  resource: Resource,
  scope: InstrumentationScope,
): LogRecord {
  const reader = new MessageReader(bytes);
  const attributes = new Map<string, AttributeValue>();
  let timeNs = 0n;
  let observedNs = 0n;
  let eventName = '';
  let body: MutableValue = null;
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    switch (tag) {
      case 0x09:
        timeNs = reader.fixed64();
        break;
      case 0x2a:
        body = decodeAnyValue(reader, body);
        break;
      case 0x32:
        decodeAttribute(reader, attributes);
        break;
      case 0x59:
        observedNs = reader.fixed64();
        break;
      case 0x62:
        eventName = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return {
    traceId: ids.traceId,
    recordId: ids.recordId,
    spanId: ids.parentSpanId,
    timeNs: timeNs === 0n ? observedNs : timeNs,
    eventName,
    body,
    attributes,
    resource,
    scope,
  };
}
