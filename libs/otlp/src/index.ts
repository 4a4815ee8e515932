/** Bytes on the wire <-> spans: OTLP protobuf and JSON in, COPY rows, decoded spans and OTLP answers out. */
export { decodeResource, decodeScope, decodeSpan } from './decode-span.ts';
export { decodeLogRecord } from './decode-log-record.ts';
export { editLogRecord, editResource, editSpan } from './edit-item.ts';
export { editLogs, editTraces } from './edit-request.ts';
export { GrowingBuffer } from './growing-buffer.ts';
export { encodeLogsFromJson } from './json/encode-logs.ts';
export { encodeMetricsFromJson } from './json/encode-metrics.ts';
export { encodeTracesFromJson } from './json/encode-traces.ts';
export type { RecordHashes } from './log-identity.ts';
export { PartCache } from './part-cache.ts';
export type { Hash16, StoredPart } from './part-cache.ts';
export { readLogs } from './read-logs.ts';
export { readMetrics } from './read-metrics.ts';
export { readTraces } from './read-traces.ts';
export type { ReadContext, ReadResult } from './request-reading.ts';
export { describeRejections } from './rejection.ts';
export type { Rejections } from './rejection.ts';
export { SpanRows } from './span-rows.ts';
export type { TraceSummary } from './trace-summaries.ts';
export {
  encodeExportResponse,
  encodeExportResponseJson,
  encodeRpcStatus,
  encodeRpcStatusJson,
} from './responses.ts';
export type { PartialSuccess, RpcStatus, Signal } from './responses.ts';
