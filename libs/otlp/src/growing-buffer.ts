/**
 * Bytes that are only ever appended, in one allocation that doubles when it is full. The writer reserves
 * room, writes at `length` into `bytes` or `view`, and advances `length`.
 */
export class GrowingBuffer {
  bytes: Buffer;
  view: DataView;
  length = 0;

  constructor(initialBytes = 64 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(initialBytes, 64));
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  /** Makes room for `count` more bytes. Replaces `bytes` and `view` when it has to grow. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }

  /** Appends `source`, preceded by its length as an unsigned 32-bit big-endian integer. */
  appendFramed(source: Uint8Array): void {
    this.reserve(4 + source.length);
    this.view.setUint32(this.length, source.length);
    this.bytes.set(source, this.length + 4);
    this.length += 4 + source.length;
  }

  /** What was appended so far: a view, valid until the next append or reset. */
  contents(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Forgets the content and keeps the allocation. */
  reset(): void {
    this.length = 0;
  }
}
