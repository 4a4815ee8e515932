import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Spool } from '#evidence';

/** What is written is gathered in memory up to so much. */
const GATHER_BYTES = 1024 * 1024;

/**
 * A file that nobody else can open and that is gone with the process: its name is removed as soon as it is made, so that
 * opened content is left behind by no way of dying.
 */
export class DiskSpool implements Spool {
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #writtenBytes = 0;

  private constructor(private readonly file: FileHandle) {}

  /** @param directory made where it is missing, readable by its owner alone */
  static async open(directory: string): Promise<DiskSpool> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, randomUUID());
    const file = await open(path, 'wx+', 0o600);
    await rm(path);
    return new DiskSpool(file);
  }

  async write(bytes: Uint8Array): Promise<number> {
    const at = this.#writtenBytes + this.#gatheredBytes;
    // A view into a row of the database would keep the whole page of rows.
    this.#gathered.push(Buffer.from(bytes));
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= GATHER_BYTES) await this.#flush();
    return at;
  }

  async read(at: number, length: number): Promise<Buffer> {
    if (at + length > this.#writtenBytes) await this.#flush();
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.file.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) throw new RangeError(`the spool ends before ${at + length}`);
      done += bytesRead;
    }
    return bytes;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    for (let done = 0; done < bytes.length;)
      done += (await this.file.write(bytes, done, bytes.length - done, this.#writtenBytes + done))
        .bytesWritten;
    this.#writtenBytes += bytes.length;
  }
}
