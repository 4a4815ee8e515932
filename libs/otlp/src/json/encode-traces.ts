import { encodeRequestFromJson } from './encode-request.ts';
import type { JsonLimits, JsonSignal } from './encode-request.ts';
import { encodeSpanFields } from './encode-span.ts';

/**
 * Re-encodes an OTLP JSON ExportTraceServiceRequest as protobuf, fields in number order: the bytes that are
 * then read, stored and hashed like any other request. Follows protobuf's JSON mapping with OTLP's changes
 * (ids in hex, names in camelCase or as in the .proto file, enums as number or name, 64-bit integers as
 * strings or numbers, each exact) and ignores unknown fields.
 *
 * A span that cannot be encoded stays in its place as bytes that `readTraces` rejects. An attribute value of
 * the wrong type becomes a string of its JSON text (see `encodeAttributes`).
 *
 * @param body UTF-8 JSON
 * @throws RejectedInput `invalid` when the body is no such request, naming the field; `too_large` when it has
 *   more than `maxSpans` spans
 */
export function encodeTracesFromJson(body: Buffer | string, limits: JsonLimits): Buffer {
  return encodeRequestFromJson(body, limits, TRACES);
}

const TRACES: JsonSignal = {
  resources: 'resourceSpans',
  scopes: 'scopeSpans',
  items: 'spans',
  encodeFields: encodeSpanFields,
  kept: { traceId: 1, spanId: 2, attributes: 9 },
};
