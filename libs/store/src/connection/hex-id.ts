import type { SpanId, TraceId } from '#model';

/** PostgreSQL's text of a uuid -> 32 hex digits. */
export const traceIdFromUuid = (uuid: string): TraceId => uuid.replaceAll('-', '');

/** Span ids are stored as signed 64-bit integers: half the size of text, and they sort fast. */
export const spanIdToInt8 = (spanId: SpanId): bigint => BigInt.asIntN(64, BigInt(`0x${spanId}`));

export const spanIdFromInt8 = (value: bigint): SpanId =>
  BigInt.asUintN(64, value).toString(16).padStart(16, '0');
