import { RejectedInput } from '#model';
import type { AttributeValue, CounterPoint, Resource } from '#model';
import { decodeAttribute } from './decode-attributes.ts';
import { decodeResource } from './decode-span.ts';
import { METRICS_ENVELOPE, planRequest, tooMany } from './envelope.ts';
import type { PlannedScope } from './envelope.ts';
import type { GrowingBuffer } from './growing-buffer.ts';
import { MessageReader } from './message-reader.ts';
import type { PartCache } from './part-cache.ts';
import { Rejections } from './rejection.ts';
import type { RejectionReason } from './rejection.ts';
import type { SpanLimits } from './item-scan.ts';
import type { WindowContext } from './time-window.ts';

export interface MetricsContext extends SpanLimits, WindowContext {
  /** More data points than this in one request refuse the request. */
  readonly maxPoints: number;
  /** Whether a metric of this name is read; the points of others are only counted. */
  readonly isKnown: (metric: string) => boolean;
  readonly parts: PartCache;
  /** Receives the bytes of every metric that is read, as `ReadContext.slices` does those of spans. */
  readonly slices: GrowingBuffer;
}

export interface MetricsResult {
  readonly points: readonly CounterPoint[];
  readonly rejected: Rejections;
  /** Data points of metrics that are not known, of gauges and summaries, and points without a value. */
  readonly others: number;
}

/** Metric.data: field -> tags of the data point's fields, where they differ. */
const SUM = 0x3a;
const HISTOGRAM = 0x4a;
const EXPONENTIAL = 0x52;
const GAUGE = 0x2a;
const SUMMARY = 0x5a;
const POINT = 0x0a;
const DELTA = 1;
const CUMULATIVE = 2;
const NO_RECORDED_VALUE = 1;

/**
 * Reads an OTLP ExportMetricsServiceRequest (protobuf): the points of the known counters and histograms, and how many
 * others there are. A point that cannot be used is rejected alone.
 *
 * @throws RejectedInput `invalid` when the body is no such request, `too_large` when it has too many data points;
 *   then `context.slices` is as before
 */
export function readMetrics(body: Buffer, context: MetricsContext): MetricsResult {
  const planned = planRequest(body, context.maxPoints, METRICS_ENVELOPE);
  const slicesLength = context.slices.length;
  try {
    const reading = new MetricsReading(body, context);
    for (const scope of planned) reading.readScope(scope);
    return reading;
  } catch (error) {
    context.slices.length = slicesLength;
    throw error;
  }
}

class MetricsReading implements MetricsResult {
  readonly points: CounterPoint[] = [];
  readonly rejected = new Rejections();
  others = 0;
  private position = 0;

  constructor(
    private readonly body: Buffer,
    private readonly context: MetricsContext,
  ) {}

  readScope(planned: PlannedScope): void {
    const { context } = this;
    const resource = context.parts.find('resource', planned.group.resource, context);
    const scope = context.parts.find('scope', planned.scope, context);
    const fault = resource.isSound ? (scope.isSound ? null : 'bad_scope') : 'bad_resource';
    const origin: Origin = {
      fault,
      resource: resource.isSound ? decodeResource(resource.bytes) : { attributes: new Map() },
      resourceId: resource.id,
      scopeId: scope.id,
    };
    for (let index = 0; index < planned.bounds.length; index += 2)
      this.readMetric(this.body.subarray(planned.bounds[index], planned.bounds[index + 1]), origin);
  }

  private readMetric(slice: Buffer, origin: Origin): void {
    let metric: RawMetric;
    try {
      metric = decodeMetric(slice, this.context);
    } catch (error) {
      if (!(error instanceof RejectedInput) || error.code !== 'invalid') throw error;
      this.context.slices.appendFramed(slice);
      this.reject('malformed');
      return;
    }
    this.others += metric.others;
    this.position += metric.others;
    this.assertRoom(metric.points.length);
    if (metric.points.length > 0) this.context.slices.appendFramed(slice);
    for (const point of metric.points) this.readPoint(metric, point, origin);
  }

  private readPoint(metric: RawMetric, point: RawPoint, origin: Origin): void {
    const reason = origin.fault ?? this.faultOf(metric, point);
    if (reason !== null) {
      this.reject(reason);
      return;
    }
    this.points.push({
      position: this.position,
      metric: metric.name,
      isMonotonic: metric.isMonotonic,
      temporality: metric.temporality === DELTA ? 'delta' : 'cumulative',
      startNs: point.startNs,
      timeNs: point.timeNs,
      value: point.value,
      attributes: point.attributes,
      resource: origin.resource,
      resourceId: origin.resourceId,
      scopeId: origin.scopeId,
    });
    this.position += 1;
  }

  private faultOf(metric: RawMetric, { timeNs, attributes }: RawPoint): RejectionReason | null {
    const { earliestStartNs, latestStartNs, maxAttributes, maxNameBytes } = this.context;
    if (metric.temporality !== DELTA && metric.temporality !== CUMULATIVE) return 'no_temporality';
    if (timeNs === 0n) return 'no_time';
    if (timeNs < earliestStartNs || timeNs > latestStartNs) return 'time_outside_window';
    if (attributes.size > maxAttributes) return 'too_many_attributes';
    return Buffer.byteLength(metric.name) > maxNameBytes ? 'name_too_long' : null;
  }

  private reject(reason: RejectionReason): void {
    this.rejected.add({ position: this.position, reason, traceId: null, spanId: null });
    this.position += 1;
  }

  private assertRoom(points: number): void {
    if (this.position + points > this.context.maxPoints) throw tooMany(this.context.maxPoints, 'data_points');
  }
}

interface Origin {
  readonly fault: RejectionReason | null;
  readonly resource: Resource;
  readonly resourceId: Buffer;
  readonly scopeId: Buffer;
}

interface RawPoint {
  startNs: bigint;
  timeNs: bigint;
  value: bigint | number | null;
  flags: number;
  readonly attributes: Map<string, AttributeValue>;
}

interface RawMetric {
  name: string;
  temporality: number;
  isMonotonic: boolean;
  points: RawPoint[];
  others: number;
}

/** The name first, because the fields may come in any order and most metrics are not ours. */
function decodeMetric(slice: Buffer, { isKnown }: MetricsContext): RawMetric {
  const name = nameOf(slice);
  const metric: RawMetric = { name, temporality: 0, isMonotonic: true, points: [], others: 0 };
  const known = isKnown(name);
  const reader = new MessageReader(slice);
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag === GAUGE || tag === SUMMARY || (!known && isData(tag))) metric.others += countPoints(reader);
    else if (isData(tag)) decodeData(reader, tag, metric);
    else reader.skip(tag);
  }
  const recorded = metric.points.filter(({ flags }) => (flags & NO_RECORDED_VALUE) === 0);
  return { ...metric, points: recorded, others: metric.others + metric.points.length - recorded.length };
}

function nameOf(slice: Buffer): string {
  const reader = new MessageReader(slice);
  let name = '';
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag === 0x0a) name = reader.string();
    else reader.skip(tag);
  }
  return name;
}

const isData = (tag: number): boolean => tag === SUM || tag === HISTOGRAM || tag === EXPONENTIAL;

function countPoints(reader: MessageReader): number {
  let count = 0;
  reader.nested((tag) => {
    if (tag === POINT) count += 1;
    reader.skip(tag);
  });
  return count;
}

function decodeData(reader: MessageReader, data: number, metric: RawMetric): void {
  if (data === SUM) metric.isMonotonic = false;
  reader.nested((tag) => {
    if (tag === POINT) metric.points.push(decodePoint(reader, data));
    else if (tag === 0x10) metric.temporality = reader.int32();
    else if (tag === 0x18 && data === SUM) metric.isMonotonic = reader.bool();
    else reader.skip(tag);
  });
}

function decodePoint(reader: MessageReader, data: number): RawPoint {
  const point: RawPoint = { startNs: 0n, timeNs: 0n, value: null, flags: 0, attributes: new Map() };
  const attributes = data === SUM ? 0x3a : data === HISTOGRAM ? 0x4a : 0x0a;
  const flags = data === SUM ? 0x40 : 0x50;
  reader.nested((tag) => {
    if (tag === attributes) decodeAttribute(reader, point.attributes);
    else if (tag === flags) point.flags = reader.int32();
    else if (tag === 0x11) point.startNs = reader.fixed64();
    else if (tag === 0x19) point.timeNs = reader.fixed64();
    else if (tag === 0x21 && data === SUM) point.value = reader.double();
    else if (tag === 0x31 && data === SUM) point.value = BigInt.asIntN(64, reader.fixed64());
    else if (tag === 0x29 && data !== SUM) point.value = reader.double();
    else reader.skip(tag);
  });
  return point;
}
