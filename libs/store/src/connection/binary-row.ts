const NONE = -1;
const UUID_BYTES = 16;

/**
 * The columns of one row as COPY in binary form sends them (PostgreSQL's manual, COPY, binary format): their number, and
 * of each its length and bytes. One object is moved from row to row.
 */
export class BinaryRow {
  private bytes: Buffer = Buffer.alloc(0);
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** By column, the uuid that was read last. */
  private readonly known = new Map<number, { bytes: Buffer; start: number; text: string }>();

  /**
   * @param bytes must not change afterwards
   * @returns whether there is a row, and not the end of the data
   */
  moveTo(bytes: Buffer, start: number): boolean {
    const columns = bytes.readInt16BE(start);
    if (columns === NONE) return false;
    this.bytes = bytes;
    let at = start + 2;
    for (let column = 0; column < columns; column += 1) {
      const size = bytes.readInt32BE(at);
      at += 4;
      this.starts[column] = size === NONE ? NONE : at;
      at += Math.max(size, 0);
      this.ends[column] = at;
    }
    return true;
  }

  isNull(column: number): boolean {
    return this.starts[column] === NONE;
  }

  smallint(column: number): number {
    return this.bytes.readInt16BE(this.starts[column]);
  }

  integer(column: number): number {
    return this.bytes.readInt32BE(this.starts[column]);
  }

  boolean(column: number): boolean {
    return this.bytes[this.starts[column]!] === 1;
  }

  /** The bytes of a value as lower-case hexadecimal digits: a bigint has sixteen, a uuid thirty-two. */
  hex(column: number): string {
    return this.bytes.toString('hex', this.starts[column], this.ends[column]);
  }

  /** A uuid as `text` makes it of its digits. Neighbours in a result often have the same: its text is made once. */
  uuid(column: number, text: (digits: string) => string): string {
    const { bytes } = this;
    const start = this.starts[column]!;
    const before = this.known.get(column);
    if (before !== undefined && isEqual(bytes, start, before.bytes, before.start)) return before.text;
    const made = text(this.hex(column));
    this.known.set(column, { bytes, start, text: made });
    return made;
  }

  /** A view. */
  bytea(column: number): Buffer {
    return this.bytes.subarray(this.starts[column], this.ends[column]);
  }
}

function isEqual(a: Buffer, aStart: number, b: Buffer, bStart: number): boolean {
  for (let n = 0; n < UUID_BYTES; n += 1) if (a[aStart + n] !== b[bStart + n]) return false;
  return true;
}
