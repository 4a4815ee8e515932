import { createHash, randomBytes } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256. */
const LENGTH = 43;

/** A new key text, `olk_` and 43 letters or digits: 256 bits that nobody can guess. */
export function newSecret(): string {
  let text = '';
  while (text.length < LENGTH)
    for (const byte of randomBytes(64)) {
      // 248 = 4 * 62: bytes above would make some letters likelier than others.
      if (byte < 248 && text.length < LENGTH) text += BASE62[byte % 62];
    }
  return `olk_${text}`;
}

/** What is stored of a key: SHA-256 of its whole text. Salt and stretching would add nothing to 256 random bits. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
