import type { Words } from './span-rows.ts';
import { toWords } from './span-rows.ts';
import type { Shape, ShapeLimits } from './well-formed.ts';
import { checkMessage, RESOURCE_PART, SCOPE_PART } from './well-formed.ts';
import { WireReader } from './wire-reader.ts';

/** First 16 bytes of the SHA-256 of some bytes. */
export type Hash16 = (bytes: Uint8Array) => Buffer;

/** A resource or a scope as it is stored: its id and the bytes that the id is the hash of. */
export interface StoredPart {
  readonly id: Buffer;
  readonly bytes: Buffer;
}

export interface CachedPart extends StoredPart {
  readonly words: Words;
  /** False when its bytes are malformed or exceed a limit: spans under it are refused. */
  readonly isSound: boolean;
}

/** Larger parts are read anew each time, so that hostile ones cannot fill the memory. */
const MAX_CACHED_BYTES = 16 * 1024;

/**
 * Resources and scopes by content. An exporter sends the same ones in every request; this spares hashing and
 * checking them again. Holds at most `capacity` entries, oldest out first. Not shared between limits: use one
 * cache per set of limits, for as long as the process lives.
 */
export class PartCache {
  private readonly parts = new Map<string, CachedPart>();
  private readonly reader = new WireReader();

  constructor(
    private readonly hash16: Hash16,
    private readonly capacity = 1024,
  ) {}

  /** @param bytes a resource or scope in the form of `PartRanges.toBytes` */
  find(
    kind: 'resource' | 'scope',
    bytes: Buffer,
    limits: ShapeLimits & { readonly maxSpanBytes: number },
  ): CachedPart {
    const key = kind + bytes.toString('latin1');
    const known = this.parts.get(key);
    if (known !== undefined) return known;
    const id = this.hash16(bytes);
    const shape = kind === 'resource' ? RESOURCE_PART : SCOPE_PART;
    const part = { id, bytes, words: toWords(id), isSound: this.isSound(bytes, shape, limits) };
    if (bytes.length > MAX_CACHED_BYTES) return part;
    if (this.parts.size >= this.capacity) this.parts.delete(this.parts.keys().next().value!);
    this.parts.set(key, part);
    return part;
  }

  private isSound(
    bytes: Buffer,
    shape: Shape,
    limits: ShapeLimits & { readonly maxSpanBytes: number },
  ): boolean {
    this.reader.bytes = bytes;
    this.reader.at = 0;
    return (
      bytes.length <= limits.maxSpanBytes && checkMessage(this.reader, bytes.length, shape, limits) === null
    );
  }
}
