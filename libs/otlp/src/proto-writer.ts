import { GrowingBuffer } from './growing-buffer.ts';

/**
 * Writes one protobuf message, field by field in the order of the calls, with the shortest varints. A nested
 * message is opened with `begin` and closed with `end`; its length is put in afterwards.
 */
export class ProtoWriter {
  private readonly buffer: GrowingBuffer;

  constructor(initialBytes = 1024) {
    this.buffer = new GrowingBuffer(initialBytes);
  }

  /** The message: a view, valid until the next write. */
  finish(): Buffer {
    return this.buffer.contents();
  }

  /** int32, int64, uint32, uint64, bool or enum. A negative number takes ten bytes, as protobuf has it. */
  varint(field: number, value: number | bigint): void {
    this.tag(field, 0);
    this.rawVarint(value);
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.buffer.reserve(8);
    this.buffer.view.setFloat64(this.buffer.length, value, true);
    this.buffer.length += 8;
  }

  fixed64(field: number, value: bigint): void {
    this.tag(field, 1);
    this.buffer.reserve(8);
    this.buffer.view.setBigUint64(this.buffer.length, value, true);
    this.buffer.length += 8;
  }

  fixed32(field: number, value: number): void {
    this.tag(field, 5);
    this.buffer.reserve(4);
    this.buffer.view.setUint32(this.buffer.length, value, true);
    this.buffer.length += 4;
  }

  /** A lone surrogate becomes U+FFFD, so that what is written is always UTF-8. */
  string(field: number, text: string): void {
    this.tag(field, 2);
    const size = Buffer.byteLength(text, 'utf8');
    this.rawVarint(size);
    this.buffer.reserve(size);
    this.buffer.bytes.write(text, this.buffer.length, size, 'utf8');
    this.buffer.length += size;
  }

  bytes(field: number, content: Uint8Array): void {
    this.tag(field, 2);
    this.rawVarint(content.length);
    this.raw(content);
  }

  /** Bytes as they are: the caller answers for what they mean. */
  raw(content: Uint8Array): void {
    this.buffer.reserve(content.length);
    this.buffer.bytes.set(content, this.buffer.length);
    this.buffer.length += content.length;
  }

  /** Opens a nested message. @returns what `end` and `undo` take */
  begin(field: number): number {
    this.tag(field, 2);
    this.buffer.reserve(1);
    this.buffer.length += 1;
    return this.buffer.length;
  }

  end(start: number): void {
    const size = this.buffer.length - start;
    const extra = varintSize(size) - 1;
    if (extra > 0) {
      this.buffer.reserve(extra);
      this.buffer.bytes.copyWithin(start + extra, start, this.buffer.length);
    }
    const end = this.buffer.length + extra;
    this.buffer.length = start - 1;
    this.rawVarint(size);
    this.buffer.length = end;
  }

  /** Empties the nested message that was opened at `start` and leaves it open. */
  undo(start: number): void {
    this.buffer.length = start;
  }

  private tag(field: number, wireType: number): void {
    this.rawVarint(field * 8 + wireType);
  }

  private rawVarint(value: number | bigint): void {
    this.buffer.reserve(10);
    const { bytes } = this.buffer;
    let at = this.buffer.length;
    if (typeof value === 'number' && value >= 0) {
      let rest = value;
      for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80;
      bytes[at++] = rest;
    } else {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 0x7fn; rest >>= 7n) bytes[at++] = Number(rest & 0x7fn) | 0x80;
      bytes[at++] = Number(rest);
    }
    this.buffer.length = at;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
