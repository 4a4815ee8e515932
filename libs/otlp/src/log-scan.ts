import { isUtf8 } from 'node:buffer';
import { ItemScan } from './item-scan.ts';
import type { SpanLimits } from './item-scan.ts';
import type { RejectionReason } from './rejection.ts';
import { ANY_VALUE, checkMessage, KEY_VALUE } from './well-formed.ts';

/** Attributes that say to which piece of work a record belongs, where it has no trace context. */
export const GROUP_KEYS = [
  'prompt.id',
  'prompt_id',
  'turn.id',
  'turn_id',
  'gen_ai.conversation.id',
  'session.id',
  'conversation.id',
  'thread.id',
] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];
const EVENT_NAME = 'event.name' as const;
const WANTED: ReadonlyMap<string, GroupKey | typeof EVENT_NAME> = new Map<
  string,
  GroupKey | typeof EVENT_NAME
>([...GROUP_KEYS, EVENT_NAME].map((key) => [key, key] as const));
const LONGEST_WANTED = Math.max(...[...WANTED.keys()].map((key) => key.length));
/** Longer ids name nothing: they are content. */
const MAX_GROUP_VALUE_BYTES = 256;

/**
 * The parts of a log record (opentelemetry-proto logs.proto, LogRecord). One without valid ids belongs to no trace, as the
 * protocol has it, and is not refused for that. Its name is `event_name`, else the attribute `event.name`.
 */
export class LogScan extends ItemScan {
  /** `time_unix_nano`, else `observed_time_unix_nano`, as the two 32-bit halves. */
  timeHigh = 0;
  timeLow = 0;
  /** Texts of the attributes in `GROUP_KEYS`. */
  readonly groups = new Map<GroupKey, string>();
  private observedHigh = 0;
  private observedLow = 0;
  private attributeNameAt = 0;
  private attributeNameLength = 0;

  /**
   * Reads the record between two positions and checks all of its structure.
   * @returns null when it can be stored, apart from its time
   */
  scan(start: number, end: number, limits: SpanLimits): RejectionReason | null {
    this.clear();
    if (end - start > limits.maxSpanBytes) return 'record_too_large';
    const { reader } = this;
    reader.at = start;
    while (reader.at < end) {
      const reason = this.field(reader.tag(end), end, limits);
      if (reason !== null) return reason;
    }
    if (this.timeHigh === 0 && this.timeLow === 0) {
      this.timeHigh = this.observedHigh;
      this.timeLow = this.observedLow;
    }
    if (this.nameLength === 0) {
      this.nameAt = this.attributeNameAt;
      this.nameLength = this.attributeNameLength;
    }
    return this.verdict(limits);
  }

  private clear(): void {
    this.clearItem();
    this.timeHigh = 0;
    this.timeLow = 0;
    this.observedHigh = 0;
    this.observedLow = 0;
    this.attributeNameAt = 0;
    this.attributeNameLength = 0;
    this.groups.clear();
  }

  private verdict(limits: SpanLimits): RejectionReason | null {
    if (this.timeHigh === 0 && this.timeLow === 0) return 'no_time';
    if (this.nameLength > limits.maxNameBytes) return 'name_too_long';
    const name = this.bytes.subarray(this.nameAt, this.nameAt + this.nameLength);
    return name.includes(0) || !isUtf8(name) ? 'name_not_text' : null;
  }

  private field(tag: number, end: number, limits: SpanLimits): RejectionReason | null {
    switch (tag) {
      case 0x09:
      case 0x59:
        return this.time(tag, end);
      case 0x2a:
        return this.message(ANY_VALUE, end, limits, 1);
      case 0x32:
        return this.attribute(end, limits);
      case 0x4a:
      case 0x52:
      case 0x62:
        return this.identity(tag, end);
      default:
        return tag >= 0 && this.reader.skip(tag, end) ? null : 'malformed';
    }
  }

  private time(tag: number, end: number): RejectionReason | null {
    const at = this.reader.at;
    if (!this.reader.step(8, end)) return 'malformed';
    const low = this.view.getUint32(at, true);
    const high = this.view.getUint32(at + 4, true);
    if (tag === 0x09) {
      this.timeLow = low;
      this.timeHigh = high;
    } else {
      this.observedLow = low;
      this.observedHigh = high;
    }
    return null;
  }

  /** trace_id, span_id or event_name. */
  private identity(tag: number, end: number): RejectionReason | null {
    const size = this.reader.size(end);
    if (size < 0) return 'malformed';
    const at = this.reader.at;
    this.reader.at = at + size;
    if (tag === 0x4a) this.traceIdAt = this.traceIdIn(at, size);
    else if (tag === 0x52) this.spanIdAt = this.spanIdIn(at, size);
    else {
      this.nameAt = at;
      this.nameLength = size;
    }
    return null;
  }

  private attribute(end: number, limits: SpanLimits): RejectionReason | null {
    const tagAt = this.reader.at;
    const reason = this.countAttribute(limits) ?? this.message(KEY_VALUE, end, limits, 0);
    if (reason === null) this.take(tagAt, this.reader.at);
    return reason;
  }

  /** Remembers a well-formed KeyValue whose key is wanted and whose value is a text. */
  private take(start: number, end: number): void {
    const { reader } = this;
    reader.at = start;
    reader.size(end);
    let wanted: GroupKey | typeof EVENT_NAME | undefined;
    let valueAt = -1;
    let valueEnd = -1;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag !== 0x0a && tag !== 0x12) {
        reader.skip(tag, end);
        continue;
      }
      const size = reader.size(end);
      if (tag === 0x0a)
        wanted =
          size > LONGEST_WANTED
            ? undefined
            : WANTED.get(this.bytes.toString('latin1', reader.at, reader.at + size));
      else [valueAt, valueEnd] = [reader.at, reader.at + size];
      reader.at += size;
    }
    if (wanted !== undefined && valueAt >= 0) this.takeText(wanted, valueAt, valueEnd);
    reader.at = end;
  }

  private takeText(wanted: GroupKey | typeof EVENT_NAME, start: number, end: number): void {
    const { reader } = this;
    reader.at = start;
    if (end === start || reader.tag(end) !== 0x0a) return;
    const size = reader.size(end);
    const at = reader.at;
    if (at + size !== end || size === 0) return;
    if (wanted === EVENT_NAME) {
      this.attributeNameAt = at;
      this.attributeNameLength = size;
    } else if (size <= MAX_GROUP_VALUE_BYTES) this.groups.set(wanted, this.bytes.toString('utf8', at, end));
  }

  private message(
    shape: typeof ANY_VALUE,
    end: number,
    limits: SpanLimits,
    depth: number,
  ): RejectionReason | null {
    const size = this.reader.size(end);
    if (size < 0) return 'malformed';
    return checkMessage(this.reader, this.reader.at + size, shape, limits, depth);
  }
}
