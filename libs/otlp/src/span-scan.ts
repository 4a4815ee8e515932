import { isUtf8 } from 'node:buffer';
import { ItemScan } from './item-scan.ts';
import type { SpanLimits } from './item-scan.ts';
import type { RejectionReason } from './rejection.ts';
import { isWithin } from './time-window.ts';
import type { TimeWindow } from './time-window.ts';
import type { Shape } from './well-formed.ts';
import { checkMessage, KEY_VALUE, SPAN_EVENT, SPAN_LINK, SPAN_STATUS } from './well-formed.ts';

const ATTRIBUTE = 0x4a; // Span.attributes, field 9

/** The parts of a span (opentelemetry-proto trace.proto, Span). One without valid ids is refused. */
export class SpanScan extends ItemScan {
  parentSpanIdAt = -1;
  startHigh = 0;
  startLow = 0;
  endHigh = 0;
  endLow = 0;
  private hasBadParent = false;

  /**
   * Reads the span between two positions and checks all of its structure.
   * @returns null when it can be stored, apart from its start (see `startsWithin`)
   */
  scan(start: number, end: number, limits: SpanLimits): RejectionReason | null {
    this.clear();
    if (end - start > limits.maxSpanBytes) return 'span_too_large';
    const { bytes, reader } = this;
    const plainBound = limits.maxDepth > 0 ? end : start;
    let at = start;
    while (at < end) {
      const next = bytes[at] === ATTRIBUTE ? plainAttributeEnd(bytes, at + 1, plainBound) : -1;
      let reason: RejectionReason | null;
      if (next < 0) {
        reader.at = at;
        reason = this.field(reader.tag(end), end, limits);
        at = reader.at;
      } else {
        reason = this.countAttribute(limits);
        at = next;
      }
      if (reason !== null) return reason;
    }
    return this.verdict(limits);
  }

  /** Whether the start lies in a window, bounds included, given as halves of nanoseconds. */
  startsWithin(window: TimeWindow): boolean {
    return isWithin(this.startHigh, this.startLow, window);
  }

  private clear(): void {
    this.clearItem();
    this.parentSpanIdAt = -1;
    this.startHigh = 0;
    this.startLow = 0;
    this.endHigh = 0;
    this.endLow = 0;
    this.hasBadParent = false;
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
      case ATTRIBUTE:
        return this.attribute(end, limits);
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
        this.traceIdAt = this.traceIdIn(at, size);
        break;
      case 0x12:
        this.spanIdAt = this.spanIdIn(at, size);
        break;
      case 0x22:
        this.parentSpanIdAt = this.spanIdIn(at, size);
        this.hasBadParent = size !== 8 && size !== 0;
        break;
      default:
        this.nameAt = at;
        this.nameLength = size;
    }
    return null;
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
    return this.countAttribute(limits) ?? this.message(KEY_VALUE, end, limits);
  }
}

/**
 * Where a KeyValue ends whose length stands at `at`, if it is what nearly all are: a key below 128 bytes, then a
 * string, int, bool or double that fills the rest exactly, less than 16 KiB in all.
 * @returns -1 when it is not, or might not be: then the general check decides
 */
function plainAttributeEnd(bytes: Buffer, at: number, end: number): number {
  if (end - at < 7) return -1;
  let size = bytes[at]!;
  let next = at + 1;
  if (size > 0x7f) size = (size & 0x7f) | (bytes[next++]! << 7);
  const attributeEnd = next + size;
  if (size < 6 || size > 0x3fff || attributeEnd > end || bytes[next] !== 0x0a) return -1;
  const keySize = bytes[next + 1]!;
  next += 2 + keySize;
  if (keySize > 0x7f || attributeEnd - next < 4 || bytes[next] !== 0x12) return -1;
  let valueSize = bytes[next + 1]!;
  next += 2;
  if (valueSize > 0x7f) valueSize = (valueSize & 0x7f) | (bytes[next++]! << 7);
  if (valueSize < 2 || next + valueSize !== attributeEnd) return -1;
  return isPlainValue(bytes, next, attributeEnd) ? attributeEnd : -1;
}

/** Whether an AnyValue of at least two bytes is one string, int, bool or double. */
function isPlainValue(bytes: Buffer, start: number, end: number): boolean {
  const tag = bytes[start];
  if (tag === 0x0a) {
    const size = bytes[start + 1]!;
    if (size < 0x80) return start + 2 + size === end;
    const second = start + 2 < end ? bytes[start + 2]! : 0x80;
    return second < 0x80 && start + 3 + ((second << 7) | (size & 0x7f)) === end;
  }
  if (tag === 0x21) return start + 9 === end;
  return (tag === 0x18 || tag === 0x10) && isVarint(bytes, start + 1, end);
}

/** Whether a varint of at most ten bytes starts at `start` and ends just before `end`. */
function isVarint(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > 10 || bytes[end - 1]! > 0x7f) return false;
  for (let at = start; at < end - 1; at += 1) if (bytes[at]! < 0x80) return false;
  return true;
}
