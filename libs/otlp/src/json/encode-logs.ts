import type { ProtoWriter } from '../proto-writer.ts';
import { encodeAttributes, encodeValue } from './encode-attributes.ts';
import { encodeFlags, encodeId, encodeNumber, encodeString, encodeTime } from './encode-fields.ts';
import { encodeRequestFromJson } from './encode-request.ts';
import type { JsonLimits, JsonSignal } from './encode-request.ts';
import { enumField, field, uint32Field } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

/**
 * Re-encodes an OTLP JSON ExportLogsServiceRequest as protobuf, as `encodeTracesFromJson` does for spans. A record
 * that cannot be encoded stays in its place as bytes that `readLogs` rejects. An id that is no hex is left out: the
 * record then belongs to no trace.
 *
 * @throws RejectedInput as `encodeTracesFromJson`
 */
export function encodeLogsFromJson(body: Buffer | string, limits: JsonLimits): Buffer {
  return encodeRequestFromJson(body, limits, LOGS);
}

const LOGS: JsonSignal = {
  resources: 'resourceLogs',
  scopes: 'scopeLogs',
  items: 'logRecords',
  encodeFields: encodeRecordFields,
  kept: { traceId: 9, spanId: 10, attributes: 6 },
};

/** opentelemetry-proto logs.proto: TRACE, DEBUG, INFO, WARN, ERROR and FATAL, four numbers each. */
const SEVERITY: Readonly<Record<string, number>> = Object.fromEntries(
  ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name, level) =>
    [1, 2, 3, 4].map((step) => [
      `SEVERITY_NUMBER_${name}${step === 1 ? '' : String(step)}`,
      level * 4 + step,
    ]),
  ),
);

function encodeRecordFields(writer: ProtoWriter, record: JsonObject, maxDepth: number): void {
  encodeTime(writer, 1, record, 'timeUnixNano');
  encodeNumber(writer, 2, enumField(record, 'severityNumber', SEVERITY));
  encodeString(writer, 3, record, 'severityText');
  const body = field(record, 'body');
  if (body !== null) encodeValue(writer, 5, body, maxDepth);
  encodeAttributes(writer, 6, record, maxDepth);
  encodeNumber(writer, 7, uint32Field(record, 'droppedAttributesCount'));
  encodeFlags(writer, 8, record);
  encodeId(writer, 9, record, 'traceId');
  encodeId(writer, 10, record, 'spanId');
  encodeTime(writer, 11, record, 'observedTimeUnixNano');
  encodeString(writer, 12, record, 'eventName');
}
