import type { PlannedScope } from './envelope.ts';
import type { GrowingBuffer } from './growing-buffer.ts';
import type { ItemScan, SpanLimits } from './item-scan.ts';
import type { CachedPart, PartCache, StoredPart } from './part-cache.ts';
import { Rejections } from './rejection.ts';
import type { RejectionReason } from './rejection.ts';
import { DaysTouched, distinctParts, toOrigin } from './request-frame.ts';
import type { RowOrigin, SpanRows } from './span-rows.ts';
import { toWindow } from './time-window.ts';
import type { TimeWindow, WindowContext } from './time-window.ts';
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

/** The state of reading one request, of spans or of log records: created per request, updated per item. */
export abstract class RequestReading<Scan extends ItemScan> {
  protected readonly view: DataView;
  protected readonly window: TimeWindow;
  protected readonly origin: RowOrigin;
  protected readonly days = new DaysTouched();
  protected readonly traces = new TraceSummaries();
  protected position = 0;
  private readonly rejected = new Rejections();
  private readonly resources = new Set<CachedPart>();
  private readonly scopes = new Set<CachedPart>();

  constructor(
    protected readonly body: Buffer,
    protected readonly context: ReadContext,
    protected readonly rows: SpanRows,
    protected readonly scan: Scan,
  ) {
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    scan.open(body, this.view);
    this.window = toWindow(context);
    this.origin = toOrigin(context);
  }

  /**
   * Reads all items of the request. Where that fails, `rows` and `context.slices` are left as they were.
   *
   * @param planned where its items lie
   */
  read(planned: readonly PlannedScope[]): ReadResult {
    const { rows, context } = this;
    const mark = rows.mark();
    const slicesLength = context.slices.length;
    try {
      for (const scope of planned) this.readScope(scope);
      return this.result();
    } catch (error) {
      rows.rollback(mark);
      context.slices.length = slicesLength;
      throw error;
    }
  }

  /** Appends the item between two positions, or rejects it. @param fault what is wrong with its resource or scope */
  protected abstract readItem(
    start: number,
    end: number,
    fault: RejectionReason | null,
    resource: CachedPart,
    scope: CachedPart,
  ): void;

  protected reject(reason: RejectionReason): void {
    const { traceIdAt, spanIdAt } = this.scan;
    this.rejected.add({
      position: this.position,
      reason,
      traceId: traceIdAt < 0 ? null : this.body.toString('hex', traceIdAt, traceIdAt + 16),
      spanId: spanIdAt < 0 ? null : this.body.toString('hex', spanIdAt, spanIdAt + 8),
    });
  }

  private readScope(planned: PlannedScope): void {
    const { context } = this;
    const resource = context.parts.find('resource', planned.group.resource, context);
    const scope = context.parts.find('scope', planned.scope, context);
    this.origin.resourceId = resource.words;
    this.origin.scopeId = scope.words;
    const fault = resource.isSound ? (scope.isSound ? null : 'bad_scope') : 'bad_resource';
    const acceptedBefore = this.rows.rowCount;
    const { bounds } = planned;
    for (let index = 0; index < bounds.length; index += 2) {
      this.readItem(bounds[index]!, bounds[index + 1]!, fault, resource, scope);
      this.position += 1;
    }
    if (this.rows.rowCount === acceptedBefore) return;
    this.resources.add(resource);
    this.scopes.add(scope);
  }

  private result(): ReadResult {
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
}
