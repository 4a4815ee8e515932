import { createCipheriv, createDecipheriv } from 'node:crypto';
import { hmacSha256 } from '../sha256.ts';

/** What belongs to one subject: the key its content is encrypted with, and the one its salts follow from. */
export interface SubjectKeys {
  readonly cipher: Buffer;
  readonly salt: Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param secret of the subject, 32 bytes */
export function subjectKeys(secret: Buffer): SubjectKeys {
  return { cipher: hmacSha256(secret, 'content'), salt: hmacSha256(secret, 'salts') };
}

/** Names a step for its salts and its encryption. @param startedAtUs as the step's row has it */
export const contentAddress = (
  tenantId: bigint,
  traceId: string,
  spanId: string,
  startedAtUs: bigint,
): string => `${tenantId}/${traceId}/${spanId}/${startedAtUs}`;

/**
 * The salt of one commitment: 32 bytes that nobody can tell without the subject's key, and that are gone with it.
 *
 * @param address names the step, `part` what of it is committed to; equal arguments give equal salts
 */
export function saltOf(keys: SubjectKeys, address: string, part: string): Buffer {
  return hmacSha256(keys.salt, `${address}/${part}`);
}

/**
 * Encrypts one piece of content (AES-256-GCM).
 *
 * @param nonce 12 random bytes, never used twice
 * @param place where it belongs: bytes that are moved to another place cannot be decrypted there
 * @returns nonce, ciphertext and tag in one
 */
export function encryptContent(
  keys: SubjectKeys,
  nonce: Uint8Array,
  place: string,
  content: Uint8Array,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', keys.cipher, nonce);
  cipher.setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** The inverse of `encryptContent`. @throws Error where key, place or a single bit is another */
export function decryptContent(keys: SubjectKeys, place: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', keys.cipher, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([
    decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)),
    decipher.final(),
  ]);
}
