import type { AttributeValue, InstrumentationScope, Resource, Span, SpanEvent } from '#model';
import { decodeAttribute } from './decode-attributes.ts';
import { MessageReader } from './message-reader.ts';

type AttributeMap = Map<string, AttributeValue>;

/**
 * Decodes the stored bytes of one span. Unknown fields are skipped; of a repeated scalar the last counts and
 * of a repeated attribute key the last too; invalid UTF-8 becomes U+FFFD.
 * @throws RejectedInput `invalid` when the bytes are malformed, which those of a span that `readTraces`
 *   accepted never are
 */
export function decodeSpan(bytes: Uint8Array, resource: Resource, scope: InstrumentationScope): Span {
  const reader = new MessageReader(bytes);
  const attributes: AttributeMap = new Map();
  const events: SpanEvent[] = [];
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let traceState = '';
  let name = '';
  let kind = 0;
  let startedAtNs = 0n;
  let endedAtNs = 0n;
  const status = { statusCode: 0, statusMessage: '' };
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    switch (tag) {
      case 0x0a:
        traceId = reader.hex();
        break;
      case 0x12:
        spanId = reader.hex();
        break;
      case 0x1a:
        traceState = reader.string();
        break;
      case 0x22:
        parentSpanId = reader.hex();
        break;
      case 0x2a:
        name = reader.string();
        break;
      case 0x30:
        kind = reader.int32();
        break;
      case 0x39:
        startedAtNs = reader.fixed64();
        break;
      case 0x41:
        endedAtNs = reader.fixed64();
        break;
      case 0x4a:
        decodeAttribute(reader, attributes);
        break;
      case 0x5a:
        events.push(decodeEvent(reader));
        break;
      case 0x7a:
        decodeStatus(reader, status);
        break;
      default:
        reader.skip(tag);
    }
  }
  return {
    traceId,
    spanId,
    parentSpanId: toParent(parentSpanId),
    ...(traceState === '' ? {} : { traceState }),
    name,
    kind,
    startedAtNs,
    endedAtNs,
    ...status,
    attributes,
    events,
    resource,
    scope,
  };
}

const toParent = (hex: string): string | null => (/^0*$/.test(hex) ? null : hex);

/** @param bytes as `ReadResult.resources` holds them @throws RejectedInput as `decodeSpan` */
export function decodeResource(bytes: Uint8Array): Resource {
  const reader = new MessageReader(bytes);
  const attributes: AttributeMap = new Map();
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag !== 0x0a) reader.skip(tag);
    else
      reader.nested((inner) => (inner === 0x0a ? decodeAttribute(reader, attributes) : reader.skip(inner)));
  }
  return { attributes };
}

/** @param bytes as `ReadResult.scopes` holds them @throws RejectedInput as `decodeSpan` */
export function decodeScope(bytes: Uint8Array): InstrumentationScope {
  const reader = new MessageReader(bytes);
  const attributes: AttributeMap = new Map();
  let name = '';
  let version = '';
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag !== 0x0a) {
      reader.skip(tag);
      continue;
    }
    reader.nested((inner) => {
      if (inner === 0x0a) name = reader.string();
      else if (inner === 0x12) version = reader.string();
      else if (inner === 0x1a) decodeAttribute(reader, attributes);
      else reader.skip(inner);
    });
  }
  return { name, version, attributes };
}

function decodeEvent(reader: MessageReader): SpanEvent {
  const attributes: AttributeMap = new Map();
  let name = '';
  let timeNs = 0n;
  reader.nested((tag) => {
    if (tag === 0x09) timeNs = reader.fixed64();
    else if (tag === 0x12) name = reader.string();
    else if (tag === 0x1a) decodeAttribute(reader, attributes);
    else reader.skip(tag);
  });
  return { name, timeNs, attributes };
}

/** Sent twice, the later fields win one by one: protobuf merges messages. */
function decodeStatus(reader: MessageReader, status: { statusCode: number; statusMessage: string }): void {
  reader.nested((tag) => {
    if (tag === 0x12) status.statusMessage = reader.string();
    else if (tag === 0x18) status.statusCode = reader.int32();
    else reader.skip(tag);
  });
}
