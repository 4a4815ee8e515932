import type { ProtoWriter } from '../proto-writer.ts';
import { encodeAttributes } from './encode-attributes.ts';
import { encodeFlags, encodeId, encodeNumber, encodeString, encodeTime } from './encode-fields.ts';
import { BadJsonField, enumField, isJsonObject, listField, objectField, uint32Field } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

const SPAN_KIND = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};
const STATUS_CODE = { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 };

/** Writes the fields of a span in number order. @throws BadJsonField where one is none */
export function encodeSpanFields(writer: ProtoWriter, span: JsonObject, maxDepth: number): void {
  encodeId(writer, 1, span, 'traceId');
  encodeId(writer, 2, span, 'spanId');
  encodeString(writer, 3, span, 'traceState');
  if (!encodeId(writer, 4, span, 'parentSpanId')) throw new BadJsonField('parentSpanId', 'hex');
  encodeString(writer, 5, span, 'name');
  encodeNumber(writer, 6, enumField(span, 'kind', SPAN_KIND));
  encodeTime(writer, 7, span, 'startTimeUnixNano');
  encodeTime(writer, 8, span, 'endTimeUnixNano');
  encodeAttributes(writer, 9, span, maxDepth);
  encodeNumber(writer, 10, uint32Field(span, 'droppedAttributesCount'));
  encodeMessages(writer, 11, span, 'events', (event) => encodeEvent(writer, event, maxDepth));
  encodeNumber(writer, 12, uint32Field(span, 'droppedEventsCount'));
  encodeMessages(writer, 13, span, 'links', (link) => encodeLink(writer, link, maxDepth));
  encodeNumber(writer, 14, uint32Field(span, 'droppedLinksCount'));
  const status = objectField(span, 'status');
  if (status !== null) encodeStatus(writer, status);
  encodeFlags(writer, 16, span);
}

function encodeEvent(writer: ProtoWriter, event: JsonObject, maxDepth: number): void {
  encodeTime(writer, 1, event, 'timeUnixNano');
  encodeString(writer, 2, event, 'name');
  encodeAttributes(writer, 3, event, maxDepth);
  encodeNumber(writer, 4, uint32Field(event, 'droppedAttributesCount'));
}

function encodeLink(writer: ProtoWriter, link: JsonObject, maxDepth: number): void {
  encodeId(writer, 1, link, 'traceId');
  encodeId(writer, 2, link, 'spanId');
  encodeString(writer, 3, link, 'traceState');
  encodeAttributes(writer, 4, link, maxDepth);
  encodeNumber(writer, 5, uint32Field(link, 'droppedAttributesCount'));
  encodeFlags(writer, 6, link);
}

function encodeStatus(writer: ProtoWriter, status: JsonObject): void {
  const start = writer.begin(15);
  encodeString(writer, 2, status, 'message');
  encodeNumber(writer, 3, enumField(status, 'code', STATUS_CODE));
  writer.end(start);
}

function encodeMessages(
  writer: ProtoWriter,
  number: number,
  object: JsonObject,
  name: string,
  encode: (message: JsonObject) => void,
): void {
  for (const message of listField(object, name)) {
    if (!isJsonObject(message)) throw new BadJsonField(name, 'a list of objects');
    const start = writer.begin(number);
    encode(message);
    writer.end(start);
  }
}
