import { planRequest } from './envelope.ts';
import type { RejectionReason } from './rejection.ts';
import { RequestReading } from './request-reading.ts';
import type { ReadContext, ReadResult } from './request-reading.ts';
import type { SpanRows } from './span-rows.ts';
import { SpanScan } from './span-scan.ts';

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
  return new TracesReading(body, context, rows, new SpanScan()).read(planned);
}

class TracesReading extends RequestReading<SpanScan> {
  protected readItem(start: number, end: number, fault: RejectionReason | null): void {
    const { body, scan: span, view } = this;
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
}
