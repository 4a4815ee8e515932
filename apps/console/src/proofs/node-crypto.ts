import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * What `libs/evidence` asks of node:crypto to check proofs, for a browser: the build puts this file in its place, so
 * that a page runs the very code that the service and the offline verifier run. In JavaScript throughout, because
 * WebCrypto is not there on a page that came by plain HTTP, and by other hands than the server's OpenSSL.
 */

/** SHA-256 in parts, as `crypto.createHash`. @throws RangeError for another algorithm */
export function createHash(algorithm: string): Hash {
  mustBe(algorithm, 'sha256');
  return new Hash();
}

/** SHA-256 at once, as `crypto.hash`. @throws RangeError for another algorithm */
export function hash(algorithm: string, data: Uint8Array | string, encoding: 'buffer'): Buffer;
export function hash(algorithm: string, data: Uint8Array | string, encoding: 'hex' | 'binary'): string;
export function hash(
  algorithm: string,
  data: Uint8Array | string,
  encoding: 'buffer' | 'hex' | 'binary',
): Buffer | string {
  mustBe(algorithm, 'sha256');
  const digest = Buffer.from(sha256(typeof data === 'string' ? Buffer.from(data) : data));
  return encoding === 'buffer' ? digest : digest.toString(encoding);
}

/** The raw key of a SubjectPublicKeyInfo of Ed25519 (RFC 8410): its last 32 bytes. @throws RangeError for another form */
export function createPublicKey({
  key,
  type,
}: {
  readonly key: Uint8Array;
  readonly type: 'spki';
}): Uint8Array {
  mustBe(type, 'spki');
  const raw = key.subarray(-32);
  ed25519.Point.fromBytes(raw);
  return raw;
}

/** Ed25519 as RFC 8032 has it, not as ZIP 215. False for a signature of another length. */
export function verify(
  _algorithm: null,
  message: Uint8Array,
  key: Uint8Array,
  signature: Uint8Array,
): boolean {
  return signature.length === 64 && ed25519.verify(signature, message, key, { zip215: false });
}

class Hash {
  private readonly state = sha256.create();

  update(data: Uint8Array): this {
    this.state.update(data);
    return this;
  }

  digest(): Buffer {
    return Buffer.from(this.state.digest());
  }
}

function mustBe(asked: string, known: string): void {
  if (asked !== known) throw new RangeError(`a browser only knows ${known} here, not ${asked}`);
}

/** A browser checks; it neither signs nor opens what is encrypted. */
function refuse(): never {
  throw new RangeError('a browser checks proofs and does nothing else');
}
export {
  refuse as createCipheriv,
  refuse as createDecipheriv,
  refuse as createHmac,
  refuse as createPrivateKey,
  refuse as sign,
};
