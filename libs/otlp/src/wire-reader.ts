const CONTINUES = 0x80;

/**
 * A cursor over protobuf bytes (protobuf.dev/programming-guides/encoding). It never reads past the `end` it
 * is given and never throws: -1 and false say that the bytes are malformed. Groups are refused, as OTLP has
 * none; lengths are below 2 GiB and field numbers above 0, as protobuf has it. Mutable and reused, because an
 * allocation per field would cost more than reading it.
 */
export class WireReader {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  /** Reads a field's tag: (field number << 3) | wire type. */
  tag(end: number): number {
    const first = this.at < end ? this.bytes[this.at]! : 0;
    if (first < CONTINUES) {
      this.at += 1;
      return first < 8 ? -1 : first;
    }
    const tag = this.varint32(end);
    return tag < 8 || tag > 0xffff_ffff ? -1 : tag;
  }

  /** Reads the length of a length-delimited field, and sees that its content ends at or before `end`. */
  size(end: number): number {
    const first = this.at < end ? this.bytes[this.at]! : CONTINUES;
    let size = first;
    if (first < CONTINUES) this.at += 1;
    else size = this.varint32(end);
    return size > end - this.at ? -1 : size;
  }

  /** Steps over the content of the field whose tag was just read. */
  skip(tag: number, end: number): boolean {
    switch (tag & 7) {
      case 0:
        return this.skipVarint(end);
      case 1:
        return this.step(8, end);
      case 2: {
        const size = this.size(end);
        if (size < 0) return false;
        this.at += size;
        return true;
      }
      case 5:
        return this.step(4, end);
      default:
        return false;
    }
  }

  /** Steps over `count` bytes. */
  step(count: number, end: number): boolean {
    if (end - this.at < count) return false;
    this.at += count;
    return true;
  }

  /** Steps over a varint of at most ten bytes. */
  skipVarint(end: number): boolean {
    const limit = Math.min(end, this.at + 10);
    while (this.at < limit) {
      if (this.bytes[this.at++]! < CONTINUES) return true;
    }
    return false;
  }

  /** A varint of at most five bytes, so below 2^35; tags and lengths are never longer. */
  private varint32(end: number): number {
    let value = 0;
    let scale = 1;
    const limit = Math.min(end, this.at + 5);
    while (this.at < limit) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < CONTINUES) return value;
      scale *= 128;
    }
    return -1;
  }
}
