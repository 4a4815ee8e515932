import type { RejectionReason } from './rejection.ts';
import { isSet } from './set-bytes.ts';
import type { ShapeLimits } from './well-formed.ts';
import { WireReader } from './wire-reader.ts';

export interface SpanLimits extends ShapeLimits {
  readonly maxSpanBytes: number;
  readonly maxNameBytes: number;
}

/**
 * Where the parts of one span or log record lie in a request body. One is reused for all items of a request: no object,
 * string or bigint is made per item. Positions are -1 where the field is absent or no valid id; of a repeated field the
 * last counts, as protobuf has it. Times are the two 32-bit halves of the nanoseconds.
 */
export abstract class ItemScan {
  protected readonly reader = new WireReader();
  protected bytes: Buffer = Buffer.alloc(0);
  protected view: DataView = new DataView(new ArrayBuffer(0));

  traceIdAt = -1;
  spanIdAt = -1;
  nameAt = 0;
  nameLength = 0;
  private attributeCount = 0;

  /** Turns to the body that the following calls of `scan` are about. */
  open(bytes: Buffer, view: DataView): void {
    this.bytes = bytes;
    this.view = view;
    this.reader.bytes = bytes;
  }

  protected clearItem(): void {
    this.traceIdAt = -1;
    this.spanIdAt = -1;
    this.nameAt = 0;
    this.nameLength = 0;
    this.attributeCount = 0;
  }

  protected countAttribute(limits: SpanLimits): RejectionReason | null {
    this.attributeCount += 1;
    return this.attributeCount > limits.maxAttributes ? 'too_many_attributes' : null;
  }

  /** @returns where the trace id lies, -1 for bytes that are none (W3C trace context: all zeros is none) */
  protected traceIdIn(at: number, size: number): number {
    return size === 16 && (isSet(this.view, at) || isSet(this.view, at + 8)) ? at : -1;
  }

  protected spanIdIn(at: number, size: number): number {
    return size === 8 && isSet(this.view, at) ? at : -1;
  }
}
