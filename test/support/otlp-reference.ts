import protobuf from 'protobufjs';

/**
 * OTLP traces as protobufjs understands them: an implementation that is not ours, to compare with. Field
 * numbers from opentelemetry-proto v1.
 */
const OTLP_TRACES = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message InstrumentationScope {
  string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message Span {
  enum SpanKind {
    SPAN_KIND_UNSPECIFIED = 0; SPAN_KIND_INTERNAL = 1; SPAN_KIND_SERVER = 2; SPAN_KIND_CLIENT = 3;
    SPAN_KIND_PRODUCER = 4; SPAN_KIND_CONSUMER = 5;
  }
  message Event {
    fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
  }
  message Link {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
    uint32 dropped_attributes_count = 5; fixed32 flags = 6;
  }
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  SpanKind kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10; repeated Event events = 11;
  uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15;
  fixed32 flags = 16;
}
message Status {
  enum StatusCode { STATUS_CODE_UNSET = 0; STATUS_CODE_OK = 1; STATUS_CODE_ERROR = 2; }
  string message = 2; StatusCode code = 3;
}
message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message LogRecord {
  fixed64 time_unix_nano = 1; SeverityNumber severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9;
  bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12;
}
enum SeverityNumber {
  SEVERITY_NUMBER_UNSPECIFIED = 0; SEVERITY_NUMBER_INFO = 9; SEVERITY_NUMBER_INFO2 = 10; SEVERITY_NUMBER_ERROR = 17;
}
message LogIdentity {
  fixed64 time_unix_nano = 1; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11;
  bytes event_name = 12;
}
// The same bytes down to the spans, and what a row takes from a span: no text is checked here.
message EnvelopeList { repeated EnvelopeResource resource_spans = 1; }
message EnvelopeResource { bytes resource = 1; repeated EnvelopeScope scope_spans = 2; bytes schema_url = 3; }
message EnvelopeScope { bytes scope = 1; repeated bytes spans = 2; bytes schema_url = 3; }
message SpanIdentity {
  bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; bytes name = 5;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
}
message ExportResponse { PartialSuccess partial_success = 1; }
message PartialSuccess { int64 rejected = 1; string error_message = 2; }
message RpcStatus { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string type_url = 1; bytes value = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
`;

const { root } = protobuf.parse(OTLP_TRACES);

export const reference = (name: string): protobuf.Type => root.lookupType(name);

/** Encodes a message given with camelCase names, bytes as Buffer and 64-bit numbers as Long or number. */
export function encodeReference(name: string, message: object): Buffer {
  const type = reference(name);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

/** 64-bit integers as decimal strings, bytes as Buffer, enums as numbers. */
export function decodeReference(name: string, bytes: Uint8Array): Record<string, unknown> {
  const type = reference(name);
  return type.toObject(type.decode(bytes), { longs: String, bytes: Buffer });
}

/** An unsigned 64-bit value in the form protobufjs takes. */
export const toLong = (value: bigint): object => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
  unsigned: true,
});

/** One row of a COPY BINARY stream: its columns' bytes, null for NULL. */
export type CopyRow = readonly (Buffer | null)[];

/**
 * Reads a COPY BINARY stream back (PostgreSQL manual, COPY, "Binary Format").
 * @throws Error when it is not one whole stream
 */
export function readCopyBinary(stream: Buffer): CopyRow[] {
  const signature = stream.toString('latin1', 0, 11);
  if (signature !== 'PGCOPY\n\xff\r\n\0' || stream.readBigInt64BE(11) !== 0n)
    throw new Error('no PGCOPY header');
  const rows: CopyRow[] = [];
  let at = 19;
  for (;;) {
    const columns = stream.readInt16BE(at);
    at += 2;
    if (columns === -1) break;
    const row: (Buffer | null)[] = [];
    for (let column = 0; column < columns; column += 1) {
      const length = stream.readInt32BE(at);
      at += 4;
      row.push(length < 0 ? null : Buffer.from(stream.subarray(at, at + length)));
      at += Math.max(length, 0);
    }
    rows.push(row);
  }
  if (at !== stream.length) throw new Error(`${stream.length - at} bytes after the trailer`);
  return rows;
}

/** A row of the table `spans`, as the columns of the migration have it. */
export interface SpanRow {
  readonly tenantId: bigint;
  readonly traceId: string;
  readonly spanId: bigint;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
  readonly parentSpanId: bigint | null;
  readonly resourceId: string;
  readonly scopeId: string;
  readonly batchId: string;
  readonly position: number;
  /** 0 = span, 1 = log record. */
  readonly signal: number;
  readonly name: string;
  readonly bytes: Buffer;
}

const POSTGRES_EPOCH_US = 946_684_800_000_000n;

export function toSpanRow(row: CopyRow): SpanRow {
  if (row.length !== 13) throw new Error(`${row.length} columns`);
  const column = (index: number, length?: number): Buffer => {
    const bytes = row[index];
    if (bytes === null || bytes === undefined) throw new Error(`column ${index} is null`);
    if (length !== undefined && bytes.length !== length)
      throw new Error(`column ${index}: ${bytes.length} bytes`);
    return bytes;
  };
  return {
    tenantId: column(0, 8).readBigInt64BE(),
    traceId: column(1, 16).toString('hex'),
    spanId: column(2, 8).readBigInt64BE(),
    startedAtUs: column(3, 8).readBigInt64BE() + POSTGRES_EPOCH_US,
    endedAtUs: column(4, 8).readBigInt64BE() + POSTGRES_EPOCH_US,
    parentSpanId: row[5] === null ? null : column(5, 8).readBigInt64BE(),
    resourceId: column(6, 16).toString('hex'),
    scopeId: column(7, 16).toString('hex'),
    batchId: column(8, 16).toString('hex'),
    position: column(9, 4).readInt32BE(),
    signal: column(10, 2).readInt16BE(),
    name: column(11).toString('utf8'),
    bytes: column(12),
  };
}
