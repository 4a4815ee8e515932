import { planRequest } from './envelope.ts';
import type { PlannedScope } from './envelope.ts';
import type { GrowingBuffer } from './growing-buffer.ts';
import type { CachedPart, PartCache, StoredPart } from './part-cache.ts';
import { Rejections } from './rejection.ts';
import type { RejectionReason } from './rejection.ts';
import { DaysTouched, distinctParts, toOrigin } from './request-frame.ts';
import type { RowOrigin, SpanRows } from './span-rows.ts';
import { SpanScan } from './span-scan.ts';
import type { SpanLimits } from './span-scan.ts';
import { toWindow } from './time-window.ts';
import type { WindowContext } from './time-window.ts';
import { TraceSummaries } from './trace-summaries.ts';
import type { TraceSummary } from './trace-summaries.ts';

/** What a request is read with. */
export interface ReadContext extends SpanLimits, WindowContext {
  readonly tenantId: bigint;
  /** 16 bytes. */
  readonly batchId: Buffer;
  /** More spans or log records than this in one request refuse the request. */
  readonly maxSpans: number;
  readonly parts: PartCache;
  /**
   * Receives every received span's bytes, rejected ones included, in wire order, each preceded by its length
   * as an unsigned 32-bit big-endian integer: what the batch's digest is taken over. Appended to, never reset.
   */
  readonly slices: GrowingBuffer;
}

export interface ReadResult {
  /** Spans in the request; positions run from 0 to one less. */
  readonly received: number;
  /** Rows appended: received less rejected. */
  readonly accepted: number;
  readonly rejected: Rejections;
  /** Distinct resources and scopes of the accepted spans. */
  readonly resources: readonly StoredPart[];
  readonly scopes: readonly StoredPart[];
  /** Distinct UTC days on which accepted spans start, in days since 1970-01-01. */
  readonly days: readonly number[];
  /** What the accepted spans say about each trace. */
  readonly traces: readonly TraceSummary[];
}

/**
 * Reads an OTLP ExportTraceServiceRequest (protobuf) into rows of the table `spans`, in one pass over the
 * spans and without an object per span. A span that cannot be stored is rejected alone; its reason says which
 * rule it broke. A span that ends before it starts is kept: clocks do that.
 *
 * Time and memory are linear in the body, whatever it holds.
 *
 * @throws RejectedInput `invalid` when the body is no such request, `too_large` when it has too many spans;
 *   then `rows` and `context.slices` are as before
 */
export function readTraces(body: Buffer, context: ReadContext, rows: SpanRows): ReadResult {
  const planned = planRequest(body, context.maxSpans);
  const mark = rows.mark();
  const slicesLength = context.slices.length;
  try {
    const reading = new RequestReading(body, context, rows);
    for (const scope of planned) reading.readScope(scope);
    return reading.result();
  } catch (error) {
    rows.rollback(mark);
    context.slices.length = slicesLength;
    throw error;
  }
}

/** The state of reading one request: created per request, updated per span. */
class RequestReading {
  private readonly view: DataView;
  private readonly span = new SpanScan();
  private readonly window;
  private readonly origin: RowOrigin;
  private readonly rejected = new Rejections();
  private readonly resources = new Set<CachedPart>();
  private readonly scopes = new Set<CachedPart>();
  private readonly days = new DaysTouched();
  private readonly traces = new TraceSummaries();
  private position = 0;

  constructor(
    private readonly body: Buffer,
    private readonly context: ReadContext,
    private readonly rows: SpanRows,
  ) {
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.span.open(body, this.view);
    this.window = toWindow(context);
    this.origin = toOrigin(context);
  }

  readScope(planned: PlannedScope): void {
    const { context } = this;
    const resource = context.parts.find('resource', planned.group.resource, context);
    const scope = context.parts.find('scope', planned.scope, context);
    this.origin.resourceId = resource.words;
    this.origin.scopeId = scope.words;
    const fault = resource.isSound ? (scope.isSound ? null : 'bad_scope') : 'bad_resource';
    const acceptedBefore = this.rows.rowCount;
    const { bounds } = planned;
    for (let index = 0; index < bounds.length; index += 2) {
      this.readSpan(bounds[index]!, bounds[index + 1]!, fault);
      this.position += 1;
    }
    if (this.rows.rowCount === acceptedBefore) return;
    this.resources.add(resource);
    this.scopes.add(scope);
  }

  result(): ReadResult {
    return {
      received: this.position,
      accepted: this.position - this.rejected.count,
      rejected: this.rejected,
      resources: distinctParts(this.resources),
      scopes: distinctParts(this.scopes),
      days: this.days.list(),
      traces: this.traces.list(),
    };
  }

  private readSpan(start: number, end: number, fault: RejectionReason | null): void {
    const { body, span, view } = this;
    const slice = new Uint8Array(body.buffer, body.byteOffset + start, end - start);
    this.context.slices.appendFramed(slice);
    let reason = span.scan(start, end, this.context);
    if (reason === null && !span.startsWithin(this.window)) reason = 'start_outside_window';
    reason ??= fault;
    if (reason !== null) {
      this.reject(reason);
      return;
    }
    this.rows.append(span, slice, body, view, this.origin, this.position);
    this.traces.add(body, view, span);
    this.days.add(span.startHigh, span.startLow);
  }

  private reject(reason: RejectionReason): void {
    const { traceIdAt, spanIdAt } = this.span;
    this.rejected.add({
      position: this.position,
      reason,
      traceId: traceIdAt < 0 ? null : this.body.toString('hex', traceIdAt, traceIdAt + 16),
      spanId: spanIdAt < 0 ? null : this.body.toString('hex', spanIdAt, spanIdAt + 8),
    });
  }
}
