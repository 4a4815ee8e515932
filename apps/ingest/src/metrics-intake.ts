import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { isKnownCounter, readCounter, type CounterReading } from '#conventions';
import type { AttributeValue, CounterPoint } from '#model';
import { describeRejections, GrowingBuffer, PartCache, readMetrics, type PartialSuccess } from '#otlp';
import type { Principal } from '#server';
import {
  appendCounters,
  counterSeriesId,
  type AppendSettings,
  type BatchCounts,
  type CounterRow,
  type Database,
} from '#store';
import type { IngestMetrics } from './ingest-metrics.ts';

const DAY_NS = 86_400_000_000_000n;
const NS_PER_US = 1000n;
/** Bytes of metrics that are kept allocated between requests. */
const SPARE_BYTES = 1024 * 1024;

/** Keeps the token and cost counters of metrics, for reconciliation only, and counts the others. */
export class MetricsIntake {
  private readonly parts = new PartCache((bytes) =>
    createHash('sha256').update(bytes).digest().subarray(0, 16),
  );

  constructor(
    private readonly db: Database,
    private readonly settings: AppendSettings,
    private readonly metrics: IngestMetrics,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /**
   * Stores the known counters of an ExportMetricsServiceRequest in protobuf exactly once; returns when they are
   * durable. Everything of the body is read before it first waits.
   *
   * @throws RejectedInput when the body is no such request; Unavailable when it should be sent again
   */
  async take({ tenantId, keyId, isBootstrap }: Principal, body: Buffer): Promise<PartialSuccess> {
    const nowMs = this.nowMs();
    const { settings } = this;
    const slices = new GrowingBuffer(Math.min(body.length, SPARE_BYTES));
    const read = readMetrics(body, {
      isKnown: isKnownCounter,
      maxPoints: settings.maxSpansPerRequest,
      maxSpanBytes: settings.maxSpanBytes,
      maxNameBytes: settings.maxNameBytes,
      maxAttributes: settings.maxAttributes,
      maxDepth: settings.maxDepth,
      earliestStartNs: BigInt(nowMs) * 1_000_000n - BigInt(settings.spanMaxAgeDays) * DAY_NS,
      latestStartNs: BigInt(nowMs) * 1_000_000n + DAY_NS,
      parts: this.parts,
      slices,
    });
    const { rejected } = read;
    const rows = read.points.flatMap((point): CounterRow[] => {
      const row = toRow(point);
      if (typeof row !== 'string') return [row];
      rejected.add({ position: point.position, reason: row, traceId: null, spanId: null });
      return [];
    });
    const received = rows.length + rejected.count;
    const salt = randomBytes(32);
    const batch = {
      tenantId,
      batchId: uuidv7(),
      signal: 'metrics' as const,
      keyId,
      isBootstrap,
      redaction: null,
      receivedAtUs: BigInt(nowMs) * NS_PER_US,
      salt,
      digest: createHash('sha256').update(salt).update(slices.contents()).digest(),
      received,
      rejected: rejected.count,
    };
    const counts = received === 0 ? NOTHING : await appendCounters(this.db, batch, rows, rejected.listed);
    this.metrics.countPoints(counts, read.others);
    const messages = [
      describeRejections(rejected, 'data point'),
      read.others === 0
        ? ''
        : `${read.others} data points are not kept: of metrics only counters of tokens and of their cost are`,
    ];
    return { rejected: rejected.count, errorMessage: messages.filter((text) => text !== '').join('; ') };
  }
}

const NOTHING: BatchCounts = { stored: 0, duplicate: 0, conflicting: 0, rejected: 0 };

/** @returns the row, or why the point cannot be stored */
function toRow(point: CounterPoint): CounterRow | 'not_a_count' | 'name_not_text' {
  const reading = readCounter(point);
  if (reading === null || reading === 'not_a_count') return 'not_a_count';
  const attributes = Object.fromEntries(
    [...point.attributes].sort(byKey).map(([key, value]) => [key, plain(value)]),
  );
  const text = JSON.stringify(attributes);
  if (hasNul(reading) || text.includes(String.raw`\u0000`)) return 'name_not_text';
  const { metric, temporality, resourceId, scopeId } = point;
  return {
    position: point.position,
    series: {
      seriesId: counterSeriesId([resourceId, scopeId, metric, temporality, text]),
      metric,
      temporality,
      quantity: reading.quantity,
      tokenClass: reading.tokenClass,
      buckets: reading.buckets,
      service: reading.service,
      model: reading.model,
      session: reading.session,
      attributes,
    },
    startedAtUs: point.startNs / NS_PER_US,
    atUs: point.timeNs / NS_PER_US,
    value: reading.value,
  };
}

/** PostgreSQL holds no NUL in a text. */
function hasNul({ service, model, session, tokenClass }: CounterReading): boolean {
  return [service, model, session ?? '', tokenClass].some((text) => text.includes('\0'));
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** As JSON: an integer beyond a double is its decimal text, bytes are base64. */
function plain(value: AttributeValue): unknown {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  return value;
}
