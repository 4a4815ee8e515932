import { encodeReference } from './otlp-reference.ts';

type Plain = string | number | boolean;

/** A log record as a test sends it: times in nanoseconds, attributes as plain values. */
export interface TestLog {
  readonly event: string;
  readonly timeNs: bigint;
  readonly body?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes?: Readonly<Record<string, Plain>>;
}

export interface LogOrigin {
  readonly resource?: Readonly<Record<string, Plain>>;
  readonly scope?: string;
}

/** An ExportLogsServiceRequest as OTLP JSON, as the coding agents' exporters write it: one resource, one scope. */
export function jsonLogs(logs: readonly TestLog[], origin: LogOrigin = {}): Buffer {
  return Buffer.from(JSON.stringify(requestOf(logs, origin, (id) => id)));
}

/** The same request in protobuf (by protobufjs). */
export function encodeLogs(logs: readonly TestLog[], origin: LogOrigin = {}): Buffer {
  return encodeReference(
    'ExportLogsServiceRequest',
    requestOf(logs, origin, (id) => Buffer.from(id, 'hex')),
  );
}

function requestOf(
  logs: readonly TestLog[],
  { resource = { 'service.name': 'claude-code' }, scope = 'com.anthropic.claude_code.events' }: LogOrigin,
  id: (hex: string) => unknown,
): object {
  const logRecords = logs.map(({ event, timeNs, body, traceId, spanId, attributes }) => ({
    timeUnixNano: timeNs.toString(),
    observedTimeUnixNano: timeNs.toString(),
    ...(body === undefined ? {} : { body: { stringValue: body } }),
    attributes: toKeyValues({ ...attributes, 'event.name': event }),
    ...(traceId === undefined ? {} : { traceId: id(traceId) }),
    ...(spanId === undefined ? {} : { spanId: id(spanId) }),
  }));
  return {
    resourceLogs: [
      {
        resource: { attributes: toKeyValues(resource) },
        scopeLogs: [{ scope: { name: scope }, logRecords }],
      },
    ],
  };
}

export function toKeyValues(attributes: Readonly<Record<string, Plain>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: Plain): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
