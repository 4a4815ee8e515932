import { LOGS_ENVELOPE, planRequest } from './envelope.ts';
import type { PlannedScope } from './envelope.ts';
import { recordHash, traceOfRecord } from './log-identity.ts';
import { LogScan } from './log-scan.ts';
import type { CachedPart } from './part-cache.ts';
import type { ReadContext, ReadResult } from './read-traces.ts';
import { Rejections } from './rejection.ts';
import type { RejectionReason } from './rejection.ts';
import { DaysTouched, distinctParts, toOrigin } from './request-frame.ts';
import type { RowOrigin, SpanRows } from './span-rows.ts';
import { toWords } from './span-rows.ts';
import { isWithin, toWindow } from './time-window.ts';
import { TraceSummaries } from './trace-summaries.ts';

/**
 * Reads an OTLP ExportLogsServiceRequest (protobuf) into rows of the table `spans`, as `readTraces` does for spans.
 * A record's parent is the span it was made in. Its id, and its trace where it was made outside of any, follow from
 * its content (`recordHash`, `traceOfRecord`), so that what is sent again is the same row. Its time is
 * `time_unix_nano`, else `observed_time_unix_nano`; a record without either is rejected, because a time of ours would
 * make another record of it each time it comes.
 *
 * @throws RejectedInput `invalid` when the body is no such request, `too_large` when it has too many records;
 *   then `rows` and `context.slices` are as before
 */
export function readLogs(body: Buffer, context: ReadContext, rows: SpanRows): ReadResult {
  const planned = planRequest(body, context.maxSpans, LOGS_ENVELOPE);
  const mark = rows.mark();
  const slicesLength = context.slices.length;
  try {
    const reading = new LogsReading(body, context, rows);
    for (const scope of planned) reading.readScope(scope);
    return reading.result();
  } catch (error) {
    rows.rollback(mark);
    context.slices.length = slicesLength;
    throw error;
  }
}

class LogsReading {
  private readonly view: DataView;
  private readonly log = new LogScan();
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
    this.log.open(body, this.view);
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
      this.readRecord(bounds[index]!, bounds[index + 1]!, fault, resource.id, scope.id);
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

  private readRecord(
    start: number,
    end: number,
    fault: RejectionReason | null,
    resourceId: Buffer,
    scopeId: Buffer,
  ): void {
    const { body, context, log, view } = this;
    const slice = new Uint8Array(body.buffer, body.byteOffset + start, end - start);
    context.slices.appendFramed(slice);
    let reason = log.scan(start, end, context);
    if (reason === null && !isWithin(log.timeHigh, log.timeLow, this.window)) reason = 'time_outside_window';
    reason ??= fault;
    if (reason !== null) {
      this.reject(reason);
      return;
    }
    const id = recordHash(context.parts.hash16, resourceId, scopeId, slice);
    const traceId = this.traceOf(id);
    this.rows.appendLog(
      {
        traceId: toWords(traceId),
        recordIdHigh: id.readInt32BE(0),
        // A span id of all zeros is none (W3C trace context).
        recordIdLow: id.readInt32BE(4) | (id.readInt32BE(0) === 0 ? 1 : 0),
        parentSpanIdAt: this.parentAt(),
        timeHigh: log.timeHigh,
        timeLow: log.timeLow,
        nameAt: log.nameAt,
        nameLength: log.nameLength,
      },
      slice,
      body,
      view,
      this.origin,
      this.position,
    );
    this.traces.addLog(traceId, log.timeHigh, log.timeLow, this.parentAt() < 0);
    this.days.add(log.timeHigh, log.timeLow);
  }

  private traceOf(recordId: Buffer): Buffer {
    const { body, log } = this;
    if (log.traceIdAt >= 0) return body.subarray(log.traceIdAt, log.traceIdAt + 16);
    const timeNs = (BigInt(log.timeHigh) << 32n) | BigInt(log.timeLow);
    return traceOfRecord(this.context.parts.hash16, log.groups, timeNs, recordId);
  }

  /** A span id without a trace id names no span. */
  private parentAt(): number {
    return this.log.traceIdAt < 0 ? -1 : this.log.spanIdAt;
  }

  private reject(reason: RejectionReason): void {
    const { traceIdAt, spanIdAt } = this.log;
    this.rejected.add({
      position: this.position,
      reason,
      traceId: traceIdAt < 0 ? null : this.body.toString('hex', traceIdAt, traceIdAt + 16),
      spanId: spanIdAt < 0 ? null : this.body.toString('hex', spanIdAt, spanIdAt + 8),
    });
  }
}
