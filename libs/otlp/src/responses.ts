import { ProtoWriter } from './proto-writer.ts';

/** What became of an export request whose envelope was good. */
export interface PartialSuccess {
  /** Spans, log records or data points that were refused, whichever the signal has. */
  readonly rejected: number;
  /** Why, for the sender's log; with nothing refused, a warning. */
  readonly errorMessage: string;
}

export type Signal = 'traces' | 'logs' | 'metrics';

const REJECTED_FIELD = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const satisfies Record<Signal, string>;

/**
 * ExportTraceServiceResponse, ExportLogsServiceResponse or ExportMetricsServiceResponse as protobuf: they are
 * the same message but for the name of one field. Empty when nothing was rejected and nothing is to be said: OTLP wants
 * `partial_success` unset on full success, and takes a message without rejections for a warning.
 */
export function encodeExportResponse({ rejected, errorMessage }: PartialSuccess): Buffer {
  const writer = new ProtoWriter(64);
  if (rejected > 0 || errorMessage !== '') {
    const partial = writer.begin(1);
    if (rejected > 0) writer.varint(1, rejected);
    if (errorMessage !== '') writer.string(2, errorMessage);
    writer.end(partial);
  }
  return writer.finish();
}

/** The same as OTLP JSON text; 64-bit counts are strings there (protobuf JSON mapping). */
export function encodeExportResponseJson(signal: Signal, { rejected, errorMessage }: PartialSuccess): string {
  if (rejected === 0 && errorMessage === '') return '{}';
  return JSON.stringify({ partialSuccess: { [REJECTED_FIELD[signal]]: String(rejected), errorMessage } });
}

/** google.rpc.Status: the body of every OTLP/HTTP answer with 4xx or 5xx, and of grpc-status-details-bin. */
export interface RpcStatus {
  /** google.rpc.Code, the same numbers as gRPC status codes. */
  readonly code: number;
  readonly message: string;
  /** Adds google.rpc.RetryInfo: without it an OTLP client takes RESOURCE_EXHAUSTED for final. */
  readonly retryAfterMs?: number;
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

export function encodeRpcStatus({ code, message, retryAfterMs }: RpcStatus): Buffer {
  const writer = new ProtoWriter(128);
  if (code !== 0) writer.varint(1, code);
  if (message !== '') writer.string(2, message);
  if (retryAfterMs !== undefined) {
    const detail = writer.begin(3);
    writer.string(1, RETRY_INFO);
    const retryInfo = writer.begin(2);
    const delay = writer.begin(1);
    const { seconds, nanos } = toDuration(retryAfterMs);
    if (seconds > 0) writer.varint(1, seconds);
    if (nanos > 0) writer.varint(2, nanos);
    for (const start of [delay, retryInfo, detail]) writer.end(start);
  }
  return writer.finish();
}

/** The same as protobuf JSON, for requests that came as JSON. */
export function encodeRpcStatusJson({ code, message, retryAfterMs }: RpcStatus): string {
  if (retryAfterMs === undefined) return JSON.stringify({ code, message });
  const { seconds, nanos } = toDuration(retryAfterMs);
  const fraction =
    nanos === 0
      ? ''
      : `.${String(nanos)
          .padStart(9, '0')
          .replace(/(000)+$/, '')}`;
  return JSON.stringify({
    code,
    message,
    details: [{ '@type': RETRY_INFO, retryDelay: `${seconds}${fraction}s` }],
  });
}

function toDuration(ms: number): { seconds: number; nanos: number } {
  const whole = Math.max(0, Math.ceil(ms));
  return { seconds: Math.floor(whole / 1000), nanos: (whole % 1000) * 1_000_000 };
}
