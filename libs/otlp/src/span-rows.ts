import { GrowingBuffer } from './growing-buffer.ts';
import type { SpanScan } from './span-scan.ts';

/** PGCOPY signature, flags and header extension length (PostgreSQL manual, COPY, "Binary Format"). */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const COLUMNS = 13;
/** A row without its name and bytes: the column count, thirteen lengths, and the fixed columns. */
const FIXED_ROW_BYTES = 2 + 13 * 4 + 8 + 16 + 8 + 8 + 8 + 8 + 16 + 16 + 16 + 4 + 2;
/** The column `signal`. */
const SPAN_SIGNAL = 0;
const LOG_SIGNAL = 1;

/** Microseconds from 1970-01-01 to PostgreSQL's epoch 2000-01-01, in 32-bit halves. */
const POSTGRES_EPOCH_US = 946_684_800_000_000;
const EPOCH_HIGH = Math.floor(POSTGRES_EPOCH_US / 2 ** 32);
const EPOCH_LOW = POSTGRES_EPOCH_US % 2 ** 32;

/** 128 bits as four signed 32-bit words, ready to be written: a uuid. */
export type Words = readonly [number, number, number, number];

/** The columns that do not come from the span's own bytes. */
export interface RowOrigin {
  tenantHigh: number;
  tenantLow: number;
  batchId: Words;
  resourceId: Words;
  scopeId: Words;
}

/** A log record as a row: its ids are derived or its own, its time is both start and end. */
export interface LogRow {
  readonly traceId: Words;
  readonly recordIdHigh: number;
  readonly recordIdLow: number;
  /** Position of the span id of its context in the body; -1 for none. */
  readonly parentSpanIdAt: number;
  readonly timeHigh: number;
  readonly timeLow: number;
  readonly nameAt: number;
  readonly nameLength: number;
}

/** A point to which `rollback` can return. */
export interface RowsMark {
  readonly rowCount: number;
  readonly byteLength: number;
}

/**
 * A growing COPY BINARY buffer for the table `spans`: (tenant_id int8, trace_id uuid, span_id int8,
 * started_at timestamptz, ended_at timestamptz, parent_span_id int8 or null, resource_id uuid, scope_id uuid,
 * batch_id uuid, position int4, signal int2, name text, bytes bytea), in this order. Rows of many requests and tenants may
 * share one buffer. It is reusable: `reset` keeps the allocation. Times are the nanoseconds received, cut to
 * whole microseconds exactly; span ids are the same 64 bits read as a signed integer.
 */
export class SpanRows {
  private readonly buffer: GrowingBuffer;
  private rows = 0;

  constructor(initialBytes = 1 << 20) {
    this.buffer = new GrowingBuffer(initialBytes);
    this.reset();
  }

  get rowCount(): number {
    return this.rows;
  }

  /** Bytes so far, the header included and the trailer not. */
  get byteLength(): number {
    return this.buffer.length;
  }

  /** Forgets all rows and keeps the allocation. */
  reset(): void {
    this.buffer.length = 0;
    this.buffer.bytes.set(HEADER);
    this.buffer.length = HEADER.length;
    this.rows = 0;
  }

  mark(): RowsMark {
    return { rowCount: this.rows, byteLength: this.buffer.length };
  }

  /** Takes back every row appended since the mark. */
  rollback(mark: RowsMark): void {
    this.buffer.length = mark.byteLength;
    this.rows = mark.rowCount;
  }

  /** The complete COPY stream, trailer included: a view, valid until the next append, rollback or reset. */
  finish(): Buffer {
    this.buffer.reserve(2);
    this.buffer.view.setInt16(this.buffer.length, -1);
    return this.buffer.bytes.subarray(0, this.buffer.length + 2);
  }

  /**
   * Appends one row.
   * @param span a scan that gave no reason for rejection
   * @param slice the span's own bytes, which `span` is about
   * @param view over the body that holds them
   */
  append(
    span: SpanScan,
    slice: Uint8Array,
    body: Buffer,
    view: DataView,
    origin: RowOrigin,
    position: number,
  ): void {
    this.buffer.reserve(FIXED_ROW_BYTES + span.nameLength + slice.length);
    const out = this.buffer.view;
    let at = this.buffer.length;
    out.setInt16(at, COLUMNS);
    out.setInt32(at + 2, 8);
    out.setInt32(at + 6, origin.tenantHigh);
    out.setInt32(at + 10, origin.tenantLow);
    out.setInt32(at + 14, 16);
    const traceIdAt = span.traceIdAt;
    out.setInt32(at + 18, view.getInt32(traceIdAt));
    out.setInt32(at + 22, view.getInt32(traceIdAt + 4));
    out.setInt32(at + 26, view.getInt32(traceIdAt + 8));
    out.setInt32(at + 30, view.getInt32(traceIdAt + 12));
    at = writeId(out, at + 34, view, span.spanIdAt);
    at = writeTime(out, at, span.startHigh, span.startLow);
    at = writeTime(out, at, span.endHigh, span.endLow);
    at = writeId(out, at, view, span.parentSpanIdAt);
    at = writeOrigin(out, at, origin, position, SPAN_SIGNAL);
    out.setInt32(at, span.nameLength);
    at = copyShort(this.buffer.bytes, at + 4, body, span.nameAt, span.nameLength);
    this.appendBytes(at, slice);
  }

  /** The same for a log record. @param slice its own bytes, which `log` is about */
  appendLog(
    log: LogRow,
    slice: Uint8Array,
    body: Buffer,
    view: DataView,
    origin: RowOrigin,
    position: number,
  ): void {
    this.buffer.reserve(FIXED_ROW_BYTES + log.nameLength + slice.length);
    const out = this.buffer.view;
    let at = this.buffer.length;
    out.setInt16(at, COLUMNS);
    out.setInt32(at + 2, 8);
    out.setInt32(at + 6, origin.tenantHigh);
    out.setInt32(at + 10, origin.tenantLow);
    at = writeUuid(out, at + 14, log.traceId);
    out.setInt32(at, 8);
    out.setInt32(at + 4, log.recordIdHigh);
    out.setInt32(at + 8, log.recordIdLow);
    at = writeTime(out, at + 12, log.timeHigh, log.timeLow);
    at = writeTime(out, at, log.timeHigh, log.timeLow);
    at = writeId(out, at, view, log.parentSpanIdAt);
    at = writeOrigin(out, at, origin, position, LOG_SIGNAL);
    out.setInt32(at, log.nameLength);
    at = copyShort(this.buffer.bytes, at + 4, body, log.nameAt, log.nameLength);
    this.appendBytes(at, slice);
  }

  private appendBytes(at: number, slice: Uint8Array): void {
    this.buffer.view.setInt32(at, slice.length);
    this.buffer.bytes.set(slice, at + 4);
    this.buffer.length = at + 4 + slice.length;
    this.rows += 1;
  }
}

/** resource_id, scope_id, batch_id, position and signal. */
function writeOrigin(
  out: DataView,
  start: number,
  origin: RowOrigin,
  position: number,
  signal: number,
): number {
  let at = writeUuid(out, start, origin.resourceId);
  at = writeUuid(out, at, origin.scopeId);
  at = writeUuid(out, at, origin.batchId);
  out.setInt32(at, 4);
  out.setInt32(at + 4, position);
  out.setInt32(at + 8, 2);
  out.setInt16(at + 12, signal);
  return at + 14;
}

/** The 128 bits of a uuid as words. */
export function toWords(id: Buffer): Words {
  return [id.readInt32BE(0), id.readInt32BE(4), id.readInt32BE(8), id.readInt32BE(12)];
}

/** An int8 column from eight bytes of the body; NULL where the position is negative. */
function writeId(out: DataView, at: number, view: DataView, idAt: number): number {
  if (idAt < 0) {
    out.setInt32(at, -1);
    return at + 4;
  }
  out.setInt32(at, 8);
  out.setInt32(at + 4, view.getInt32(idAt));
  out.setInt32(at + 8, view.getInt32(idAt + 4));
  return at + 12;
}

function writeUuid(out: DataView, at: number, words: Words): number {
  out.setInt32(at, 16);
  out.setInt32(at + 4, words[0]);
  out.setInt32(at + 8, words[1]);
  out.setInt32(at + 12, words[2]);
  out.setInt32(at + 16, words[3]);
  return at + 20;
}

/**
 * A timestamptz column. Long division of the halves: every intermediate is below 2^53, so no nanosecond is
 * lost to rounding for any of the 2^64 times.
 */
function writeTime(out: DataView, at: number, highNs: number, lowNs: number): number {
  const highUs = Math.floor(highNs / 1000);
  const lowUs = Math.floor(((highNs - highUs * 1000) * 4_294_967_296 + lowNs) / 1000);
  const low = lowUs - EPOCH_LOW;
  out.setInt32(at, 8);
  out.setInt32(at + 4, highUs - EPOCH_HIGH - (low < 0 ? 1 : 0));
  out.setInt32(at + 8, low);
  return at + 12;
}

/** Names are short: a loop is cheaper than a call into the runtime. */
function copyShort(out: Buffer, at: number, from: Buffer, fromAt: number, length: number): number {
  if (length > 48) from.copy(out, at, fromAt, fromAt + length);
  else for (let index = 0; index < length; index += 1) out[at + index] = from[fromAt + index]!;
  return at + length;
}
