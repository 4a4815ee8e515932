import { LOGS_ENVELOPE, planRequest } from './envelope.ts';
import { recordHash, traceOfRecord } from './log-identity.ts';
import type { RecordHashes } from './log-identity.ts';
import { LogScan } from './log-scan.ts';
import type { CachedPart, Hash16 } from './part-cache.ts';
import type { RejectionReason } from './rejection.ts';
import { RequestReading } from './request-reading.ts';
import type { ReadContext, ReadResult } from './request-reading.ts';
import type { SpanRows } from './span-rows.ts';
import { toWords } from './span-rows.ts';
import { isWithin } from './time-window.ts';

/** What a request of log records is read with. */
export interface LogReadContext extends ReadContext {
  readonly recordHashes: RecordHashes;
}

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
export function readLogs(body: Buffer, context: LogReadContext, rows: SpanRows): ReadResult {
  const planned = planRequest(body, context.maxSpans, LOGS_ENVELOPE);
  return new LogsReading(context.recordHashes, body, context, rows, new LogScan()).read(planned);
}

class LogsReading extends RequestReading<LogScan> {
  constructor(
    private readonly recordHashes: RecordHashes,
    ...reading: ConstructorParameters<typeof RequestReading<LogScan>>
  ) {
    super(...reading);
  }

  protected readItem(
    start: number,
    end: number,
    fault: RejectionReason | null,
    resource: CachedPart,
    scope: CachedPart,
  ): void {
    const { body, context, scan: log, view } = this;
    const slice = new Uint8Array(body.buffer, body.byteOffset + start, end - start);
    context.slices.appendFramed(slice);
    let reason = log.scan(start, end, context);
    if (reason === null && !isWithin(log.timeHigh, log.timeLow, this.window)) reason = 'time_outside_window';
    reason ??= fault;
    if (reason !== null) {
      this.reject(reason);
      return;
    }
    const hash16 = this.recordHashes(log.timeHigh, log.timeLow);
    const id = recordHash(hash16, resource.id, scope.id, slice);
    const traceId = this.traceOf(hash16, id);
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

  private traceOf(hash16: Hash16, recordId: Buffer): Buffer {
    const { body, scan: log } = this;
    if (log.traceIdAt >= 0) return body.subarray(log.traceIdAt, log.traceIdAt + 16);
    const timeNs = (BigInt(log.timeHigh) << 32n) | BigInt(log.timeLow);
    return traceOfRecord(hash16, log.groups, timeNs, recordId);
  }

  /** A span id without a trace id names no span. */
  private parentAt(): number {
    return this.scan.traceIdAt < 0 ? -1 : this.scan.spanIdAt;
  }
}
