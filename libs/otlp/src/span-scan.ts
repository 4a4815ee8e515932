import { isUtf8 } from 'node:buffer';
import type { RejectionReason } from './rejection.ts';
import type { Shape, ShapeLimits } from './well-formed.ts';
import { checkMessage, KEY_VALUE, SPAN_EVENT, SPAN_LINK, SPAN_STATUS } from './well-formed.ts';
import { WireReader } from './wire-reader.ts';

export interface SpanLimits extends ShapeLimits {
  readonly maxSpanBytes: number;
  readonly maxNameBytes: number;
}

const ATTRIBUTE = 0x4a; // Span.attributes, field 9

/**
 * Where the parts of one span lie in a request body. One is reused for all spans: no object, string or
 * bigint is made per span. Positions are -1 where the field is absent; of a repeated field the last counts,
 * as protobuf has it. Times are the two 32-bit halves of the nanoseconds.
 */
export class SpanScan {
  private readonly reader = new WireReader();
  private bytes: Buffer = Buffer.alloc(0);
  private view: DataView = new DataView(new ArrayBuffer(0));

  traceIdAt = -1;
  spanIdAt = -1;
  parentSpanIdAt = -1;
  nameAt = 0;
  nameLength = 0;
  startHigh = 0;
  startLow = 0;
  endHigh = 0;
  endLow = 0;
  private hasBadParent = false;
  private attributeCount = 0;

  /** Turns to the body that the following calls of `scan` are about. */
  open(bytes: Buffer, view: DataView): void {
    this.bytes = bytes;
    this.view = view;
    this.reader.bytes = bytes;
  }

  /**
   * Reads the span between two positions and checks all of its structure.
   * @returns null when it can be stored, apart from its start (see `startsWithin`)
   */
  scan(start: number, end: number, limits: SpanLimits): RejectionReason | null {
    this.clear();
    if (end - start > limits.maxSpanBytes) return 'span_too_large';
    const reader = this.reader;
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.tag(end);
      let reason: RejectionReason | null;
      if (tag === ATTRIBUTE) reason = this.attribute(end, limits);
      else reason = this.field(tag, end, limits);
      if (reason !== null) return reason;
    }
    return this.verdict(limits);
  }

  /** Whether the start lies in a window, bounds included, given as halves of nanoseconds. */
  startsWithin(window: {
    readonly earliestHigh: number;
    readonly earliestLow: number;
    readonly latestHigh: number;
    readonly latestLow: number;
  }): boolean {
    const { startHigh: high, startLow: low } = this;
    return (
      (high > window.earliestHigh || (high === window.earliestHigh && low >= window.earliestLow)) &&
      (high < window.latestHigh || (high === window.latestHigh && low <= window.latestLow))
    );
  }

  private clear(): void {
    this.traceIdAt = -1;
    this.spanIdAt = -1;
    this.parentSpanIdAt = -1;
    this.nameAt = 0;
    this.nameLength = 0;
    this.startHigh = 0;
    this.startLow = 0;
    this.endHigh = 0;
    this.endLow = 0;
    this.hasBadParent = false;
    this.attributeCount = 0;
  }

  /** The rules that are not about structure, ids first so that the reason names the span's identity. */
  private verdict(limits: SpanLimits): RejectionReason | null {
    if (this.traceIdAt < 0) return 'bad_trace_id';
    if (this.spanIdAt < 0) return 'bad_span_id';
    if (this.hasBadParent) return 'bad_parent_span_id';
    if (this.nameLength > limits.maxNameBytes) return 'name_too_long';
    return this.nameIsText() ? null : 'name_not_text';
  }

  private nameIsText(): boolean {
    const end = this.nameAt + this.nameLength;
    for (let at = this.nameAt; at < end; at += 1) {
      const byte = this.bytes[at]!;
      if (byte === 0 || byte > 0x7f) {
        const rest = this.bytes.subarray(at, end);
        return !rest.includes(0) && isUtf8(rest);
      }
    }
    return true;
  }

  private field(tag: number, end: number, limits: SpanLimits): RejectionReason | null {
    switch (tag) {
      case 0x0a:
      case 0x12:
      case 0x22:
      case 0x2a:
        return this.identity(tag, end);
      case 0x39:
      case 0x41:
        return this.time(tag, end);
      case 0x5a:
        return this.message(SPAN_EVENT, end, limits);
      case 0x6a:
        return this.message(SPAN_LINK, end, limits);
      case 0x7a:
        return this.message(SPAN_STATUS, end, limits);
      default:
        return tag >= 0 && this.reader.skip(tag, end) ? null : 'malformed';
    }
  }

  /** trace_id, span_id, parent_span_id or name. */
  private identity(tag: number, end: number): RejectionReason | null {
    const size = this.reader.size(end);
    if (size < 0) return 'malformed';
    const at = this.reader.at;
    this.reader.at = at + size;
    switch (tag) {
      case 0x0a:
        this.traceIdAt = size === 16 && (this.isSet(at) || this.isSet(at + 8)) ? at : -1;
        break;
      case 0x12:
        this.spanIdAt = size === 8 && this.isSet(at) ? at : -1;
        break;
      case 0x22:
        this.parentSpanIdAt = size === 8 && this.isSet(at) ? at : -1;
        this.hasBadParent = size !== 8 && size !== 0;
        break;
      default:
        this.nameAt = at;
        this.nameLength = size;
    }
    return null;
  }

  private isSet(at: number): boolean {
    return this.view.getInt32(at) !== 0 || this.view.getInt32(at + 4) !== 0;
  }

  private time(tag: number, end: number): RejectionReason | null {
    const at = this.reader.at;
    if (!this.reader.step(8, end)) return 'malformed';
    const low = this.view.getUint32(at, true);
    const high = this.view.getUint32(at + 4, true);
    if (tag === 0x39) {
      this.startLow = low;
      this.startHigh = high;
    } else {
      this.endLow = low;
      this.endHigh = high;
    }
    return null;
  }

  private message(shape: Shape, end: number, limits: SpanLimits): RejectionReason | null {
    const size = this.reader.size(end);
    if (size < 0) return 'malformed';
    return checkMessage(this.reader, this.reader.at + size, shape, limits);
  }

  private attribute(end: number, limits: SpanLimits): RejectionReason | null {
    this.attributeCount += 1;
    if (this.attributeCount > limits.maxAttributes) return 'too_many_attributes';
    const size = this.reader.size(end);
    if (size < 0) return 'malformed';
    const start = this.reader.at;
    const attributeEnd = start + size;
    const isPlain = limits.maxDepth > 0 && this.isPlainAttribute(start, attributeEnd);
    this.reader.at = isPlain ? attributeEnd : start;
    if (isPlain) return null;
    return checkMessage(this.reader, attributeEnd, KEY_VALUE, limits);
  }

  /**
   * Whether a KeyValue is what nearly all are: a key below 128 bytes, then a string, int, bool or double that
   * fills the rest exactly. A false no only costs time: the general check decides.
   */
  private isPlainAttribute(start: number, end: number): boolean {
    const bytes = this.bytes;
    if (end - start < 6 || bytes[start] !== 0x0a) return false;
    const keyLength = bytes[start + 1]!;
    let at = start + 2 + keyLength;
    if (keyLength > 0x7f || end - at < 4 || bytes[at] !== 0x12) return false;
    const valueLength = bytes[at + 1]!;
    at += 2;
    if (valueLength > 0x7f) {
      if (at + ((bytes[at]! << 7) | (valueLength & 0x7f)) + 1 !== end || bytes[at]! > 0x7f) return false;
      at += 1;
    } else if (at + valueLength !== end) return false;
    return end - at >= 2 && this.isPlainValue(at, end);
  }

  private isPlainValue(start: number, end: number): boolean {
    const bytes = this.bytes;
    const tag = bytes[start];
    if (tag === 0x0a) {
      const length = bytes[start + 1]!;
      if (length < 0x80) return start + 2 + length === end;
      const next = start + 2 < end ? bytes[start + 2]! : 0x80;
      return next < 0x80 && start + 3 + ((next << 7) | (length & 0x7f)) === end;
    }
    if (tag === 0x21) return start + 9 === end;
    if (tag !== 0x18 && tag !== 0x10) return false;
    this.reader.at = start + 1;
    return this.reader.skipVarint(end) && this.reader.at === end;
  }
}
