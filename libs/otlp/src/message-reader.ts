import { RejectedInput } from '#model';
import { WireReader } from './wire-reader.ts';

/**
 * Decodes protobuf messages by pull: `next` gives a tag, then exactly one of the other methods takes the
 * content of its field. Every method throws RejectedInput `invalid` when the bytes are malformed.
 */
export class MessageReader {
  private readonly wire = new WireReader();
  private readonly buffer: Buffer;
  private readonly view: DataView;
  private end: number;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.wire.bytes = this.buffer;
    this.end = bytes.byteLength;
  }

  /** The next tag of the message at hand; 0 at its end. */
  next(): number {
    if (this.wire.at >= this.end) return 0;
    const tag = this.wire.tag(this.end);
    if (tag < 0) throw malformed(this.wire.at);
    return tag;
  }

  /** Takes the content of a field nobody asks for. */
  skip(tag: number): void {
    if (!this.wire.skip(tag, this.end)) throw malformed(this.wire.at);
  }

  /** Takes a nested message: calls `onField` with each of its tags. */
  nested(onField: (tag: number) => void): void {
    const size = this.wire.size(this.end);
    if (size < 0) throw malformed(this.wire.at);
    const outerEnd = this.end;
    this.end = this.wire.at + size;
    for (let tag = this.next(); tag !== 0; tag = this.next()) onField(tag);
    this.end = outerEnd;
  }

  /** Invalid UTF-8 becomes U+FFFD. */
  string(): string {
    const start = this.content();
    return this.buffer.toString('utf8', start, this.wire.at);
  }

  /** Bytes as lower-case hex. */
  hex(): string {
    const start = this.content();
    return this.buffer.toString('hex', start, this.wire.at);
  }

  /** A copy: a small value must not keep a large body alive. */
  bytes(): Uint8Array {
    const start = this.content();
    return new Uint8Array(this.buffer.subarray(start, this.wire.at));
  }

  double(): number {
    return this.view.getFloat64(this.step(8), true);
  }

  fixed64(): bigint {
    return this.view.getBigUint64(this.step(8), true);
  }

  int64(): bigint {
    const first = this.wire.at;
    if (!this.wire.skipVarint(this.end)) throw malformed(first);
    let value = 0;
    // Seven bytes are 49 bits: whole in a number. Nearly all integers end there.
    const firstEnd = Math.min(this.wire.at, first + 7);
    for (let at = firstEnd - 1; at >= first; at -= 1) value = value * 128 + (this.buffer[at]! & 0x7f);
    let whole = BigInt(value);
    for (let at = firstEnd; at < this.wire.at; at += 1)
      whole |= BigInt(this.buffer[at]! & 0x7f) << BigInt(7 * (at - first));
    return BigInt.asIntN(64, whole);
  }

  /** int32 or enum: the low 32 bits. */
  int32(): number {
    return Number(BigInt.asIntN(32, this.int64()));
  }

  bool(): boolean {
    return this.int64() !== 0n;
  }

  /** Steps over length-delimited content. @returns where it starts; it ends at the new position */
  private content(): number {
    const size = this.wire.size(this.end);
    return this.step(size);
  }

  private step(count: number): number {
    const start = this.wire.at;
    if (count < 0 || !this.wire.step(count, this.end)) throw malformed(start);
    return start;
  }
}

function malformed(at: number): RejectedInput {
  return new RejectedInput('invalid', `malformed protobuf at byte ${at}`);
}
