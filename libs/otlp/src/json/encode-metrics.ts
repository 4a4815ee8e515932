import type { ProtoWriter } from '../proto-writer.ts';
import { encodeAttributes, toDouble } from './encode-attributes.ts';
import { encodeNumber, encodeString, encodeTime } from './encode-fields.ts';
import { encodeRequestFromJson } from './encode-request.ts';
import type { JsonLimits, JsonSignal } from './encode-request.ts';
import {
  BadJsonField,
  enumField,
  field,
  isJsonObject,
  listField,
  objectField,
  toInteger,
  uint32Field,
} from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

/**
 * Re-encodes what is read of an OTLP JSON ExportMetricsServiceRequest as protobuf: names, and the times, sums,
 * attributes and flags of data points; no buckets, quantiles or exemplars. A metric that cannot be encoded stays in
 * its place as bytes that `readMetrics` rejects.
 *
 * @throws RejectedInput as `encodeTracesFromJson`
 */
export function encodeMetricsFromJson(body: Buffer | string, limits: JsonLimits): Buffer {
  return encodeRequestFromJson(body, limits, METRICS);
}

const METRICS: JsonSignal = {
  resources: 'resourceMetrics',
  scopes: 'scopeMetrics',
  items: 'metrics',
  encodeFields: encodeMetric,
  kept: null,
};

const TEMPORALITY = {
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
  AGGREGATION_TEMPORALITY_DELTA: 1,
  AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
};

/** Field numbers of the kinds of data in a Metric, and of the attributes and flags in their points. */
const KINDS = [
  { name: 'gauge', number: 5, attributes: 7, flags: 8 },
  { name: 'sum', number: 7, attributes: 7, flags: 8 },
  { name: 'histogram', number: 9, attributes: 9, flags: 10 },
  { name: 'exponentialHistogram', number: 10, attributes: 1, flags: 10 },
  { name: 'summary', number: 11, attributes: 7, flags: 8 },
] as const;
type Kind = (typeof KINDS)[number];

function encodeMetric(writer: ProtoWriter, metric: JsonObject, maxDepth: number): void {
  encodeString(writer, 1, metric, 'name');
  encodeString(writer, 3, metric, 'unit');
  for (const kind of KINDS) {
    const data = objectField(metric, kind.name);
    if (data !== null) encodeData(writer, kind, data, maxDepth);
  }
}

function encodeData(writer: ProtoWriter, kind: Kind, data: JsonObject, maxDepth: number): void {
  const start = writer.begin(kind.number);
  for (const point of listField(data, 'dataPoints')) {
    if (!isJsonObject(point)) throw new BadJsonField('dataPoints', 'a list of objects');
    const pointStart = writer.begin(1);
    encodePoint(writer, kind, point, maxDepth);
    writer.end(pointStart);
  }
  encodeNumber(writer, 2, enumField(data, 'aggregationTemporality', TEMPORALITY));
  if (field(data, 'isMonotonic') === true) writer.varint(3, 1);
  writer.end(start);
}

function encodePoint(writer: ProtoWriter, kind: Kind, point: JsonObject, maxDepth: number): void {
  encodeAttributes(writer, kind.attributes, point, maxDepth);
  encodeTime(writer, 2, point, 'startTimeUnixNano');
  encodeTime(writer, 3, point, 'timeUnixNano');
  if (kind.name === 'sum') encodeValue(writer, point);
  else if (kind.name === 'histogram' || kind.name === 'exponentialHistogram') {
    const sum = numberOf(point, 'sum');
    if (sum !== null) writer.double(5, sum);
  }
  encodeNumber(writer, kind.flags, uint32Field(point, 'flags'));
}

function encodeValue(writer: ProtoWriter, point: JsonObject): void {
  const asInt = field(point, 'asInt');
  if (asInt !== null) {
    const whole = toInteger(asInt);
    if (whole === null || whole !== BigInt.asIntN(64, whole))
      throw new BadJsonField('asInt', 'a 64-bit integer');
    writer.fixed64(6, BigInt.asUintN(64, whole));
    return;
  }
  const asDouble = numberOf(point, 'asDouble');
  if (asDouble !== null) writer.double(4, asDouble);
}

function numberOf(point: JsonObject, name: string): number | null {
  const value = field(point, name);
  if (value === null) return null;
  const number = toDouble(value);
  if (number === null) throw new BadJsonField(name, 'a number');
  return number;
}
