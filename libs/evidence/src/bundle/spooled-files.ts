import { createHash, type Hash } from 'node:crypto';
import { sha256 } from './manifest.ts';
import { TAR_END, tarBytesOf, tarHeader, tarPadding } from './tar.ts';

/** Where bytes wait outside of memory until they are wanted again. */
export interface Spool {
  /** @returns where they begin */
  write(bytes: Uint8Array): Promise<number>;
  read(at: number, length: number): Promise<Buffer>;
}

interface SpooledFile {
  readonly parts: { readonly at: number; length: number }[];
  length: number;
  /** Of a file that may grow; null once its digest is known. */
  hash: Hash | null;
  digest: string;
}

/** How much of a file is in memory at a time while it is read. */
const READ_BYTES = 1024 * 1024;

/**
 * The files of a bundle while it is made: their content stands in a spool, and some 300 bytes a file in memory, whatever
 * its size.
 */
export class SpooledFiles {
  readonly #files = new Map<string, SpooledFile>();
  #bytes = 2 * 512;

  constructor(private readonly spool: Spool) {}

  /**
   * Adds a file. The same file again is left out.
   *
   * @throws RangeError for another content under a known path
   */
  async put(path: string, content: Buffer | string): Promise<void> {
    const bytes = Buffer.from(content);
    const digest = sha256(bytes);
    const known = this.#files.get(path);
    if (known !== undefined) {
      if (known.hash !== null || known.digest !== digest)
        throw new RangeError(`${path} is already another file of the bundle`);
      return;
    }
    const at = await this.spool.write(bytes);
    this.#files.set(path, {
      parts: [{ at, length: bytes.length }],
      length: bytes.length,
      hash: null,
      digest,
    });
    this.#bytes += tarBytesOf(bytes.length);
  }

  /** Adds to the end of a file, which begins with the first call; it may be empty. */
  async append(path: string, content: Buffer | string): Promise<void> {
    const bytes = Buffer.from(content);
    const file = this.#files.get(path) ?? { parts: [], length: 0, hash: createHash('sha256'), digest: '' };
    if (file.hash === null) throw new RangeError(`${path} is whole`);
    this.#bytes +=
      tarBytesOf(file.length + bytes.length) - (this.#files.has(path) ? tarBytesOf(file.length) : 0);
    this.#files.set(path, file);
    file.hash.update(bytes);
    if (bytes.length === 0) return;
    const at = await this.spool.write(bytes);
    const last = file.parts.at(-1);
    if (last !== undefined && last.at + last.length === at) last.length += bytes.length;
    else file.parts.push({ at, length: bytes.length });
    file.length += bytes.length;
  }

  /** Digests by path, in the order of paths. Files that could grow are whole from now on. */
  digests(): (readonly [path: string, sha256: string])[] {
    return this.#sorted().map(([path, file]) => {
      if (file.hash !== null) file.digest = file.hash.digest('hex');
      file.hash = null;
      return [path, file.digest];
    });
  }

  /** Of the archive as it would be now. */
  get archiveBytes(): number {
    return this.#bytes;
  }

  /**
   * A POSIX ustar archive of the files, the same bytes for the same files: in the order of their paths, all of one time.
   *
   * @param modifiedAtSeconds POSIX time that every file gets
   * @returns the archive, at most about a megabyte at a time
   * @throws RangeError for a file that ustar cannot hold
   */
  async *archive(modifiedAtSeconds: number): AsyncGenerator<Buffer> {
    for (const [path, { parts, length }] of this.#sorted()) {
      yield tarHeader(path, length, modifiedAtSeconds);
      for (const part of parts)
        for (let done = 0; done < part.length; done += READ_BYTES)
          yield await this.spool.read(part.at + done, Math.min(READ_BYTES, part.length - done));
      yield tarPadding(length);
    }
    yield TAR_END;
  }

  #sorted(): [string, SpooledFile][] {
    return [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
