import { createHash } from 'node:crypto';

/**
 * A UUIDv8 (RFC 9562) made of the first bits of the SHA-256 of the parts: the same content gets the same id in every
 * process. Each part is preceded by its length, so that no two lists of parts have the same bytes.
 */
export function contentId(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  const id = hash.digest();
  id[6] = (id[6]! & 0x0f) | 0x80;
  id[8] = (id[8]! & 0x3f) | 0x80;
  return uuidText(id);
}

/** The first 16 bytes as the text of a uuid. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
