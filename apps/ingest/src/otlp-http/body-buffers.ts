const SMALLEST_BYTES = 64 * 1024;
/** Larger ones are rare, and would stay in memory for ever. */
const LARGEST_BYTES = 2 * 1024 * 1024;
const SPARES_PER_SIZE = 16;

/**
 * Buffers for request bodies, used again and again: fresh memory of this size comes page by page from the kernel and
 * makes the garbage collector run (together a third of the time of a request of 500 KB).
 */
export class BodyBuffers {
  private readonly spares = new Map<number, Buffer[]>();

  /** @returns exactly `bytes` bytes, with any content */
  take(bytes: number): Buffer {
    if (bytes < SMALLEST_BYTES || bytes > LARGEST_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const size = 2 ** Math.ceil(Math.log2(bytes));
    const buffer = this.spares.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
    return buffer.subarray(0, bytes);
  }

  /** Gives a body back whose bytes nobody will look at again. Those that did not come from `take` are let go. */
  give(body: Buffer): void {
    const size = body.buffer.byteLength;
    const isOurs =
      body.byteOffset === 0 && size >= SMALLEST_BYTES && size <= LARGEST_BYTES && (size & (size - 1)) === 0;
    if (!isOurs) return;
    const spares = this.spares.get(size) ?? [];
    this.spares.set(size, spares);
    if (spares.length < SPARES_PER_SIZE) spares.push(Buffer.from(body.buffer));
  }
}
