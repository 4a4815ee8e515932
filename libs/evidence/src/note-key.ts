import {
  createPrivateKey,
  createPublicKey,
  hash as hashOnce,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { InvalidEvidence } from './errors.ts';

/** Signature types of C2SP signed-note that are read here: a log's own Ed25519, a witness's timestamped one. */
export const LOG_SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;
export type SignatureType = typeof LOG_SIGNATURE | typeof COSIGNATURE;

const KEY_BYTES = 32;
// DER around a raw Ed25519 key: PKCS #8 for the seed, SubjectPublicKeyInfo for the public key (RFC 8410).
const SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A public key under its name, as a vkey states it. */
export interface NoteVerifier {
  readonly name: string;
  readonly type: SignatureType;
  /** First four bytes of SHA-256(name, newline, type, public key), as eight hex digits. */
  readonly keyId: string;
  /** 32 bytes, RFC 8032. */
  readonly publicKey: Buffer;
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
}

/** A private key under its name. */
export interface NoteSigner {
  readonly name: string;
  readonly type: SignatureType;
  readonly keyId: string;
  /** `name+keyid+base64(type, public key)`: what is handed to those who verify. */
  readonly vkey: string;
  /** 64 bytes; the same for the same message. */
  readonly sign: (message: Uint8Array) => Buffer;
  /** The same key under another name. */
  readonly under: (name: string) => NoteSigner;
}

/**
 * A signer from an Ed25519 seed (RFC 8032). One seed may stand under several names: the signed text states
 * the origin, and the key id takes in the name.
 *
 * @param seed 32 random bytes
 * @throws RangeError for a name with spaces or a plus, or a seed of another length
 */
export function makeSigner(name: string, seed: Uint8Array, type: SignatureType = LOG_SIGNATURE): NoteSigner {
  if (!isKeyName(name)) throw new RangeError(`a key name has no spaces and no plus: ${JSON.stringify(name)}`);
  if (seed.length !== KEY_BYTES) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const key = createPrivateKey({ key: Buffer.concat([SEED_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
  const keyId = keyIdOf(name, type, publicKey);
  const vkey = `${name}+${keyId}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;
  return {
    name,
    type,
    keyId,
    vkey,
    sign: (message) => sign(null, message, key),
    under: (other) => makeSigner(other, seed, type),
  };
}

/**
 * Reads a vkey. The name ends at the first plus: base64 may hold others.
 *
 * @throws InvalidEvidence when malformed, of a type that is not read here, or when the key id is not the key's
 */
export function parseVerifierKey(vkey: string): NoteVerifier {
  const { name, keyId, type, key: publicKey } = parseKey(vkey);
  if (keyId !== keyIdOf(name, type, publicKey))
    throw new InvalidEvidence(`the key id of ${name} is not ${keyId}`);
  let imported: KeyObject;
  try {
    imported = createPublicKey({
      key: Buffer.concat([PUBLIC_PREFIX, publicKey]),
      format: 'der',
      type: 'spki',
    });
  } catch (error) {
    throw new InvalidEvidence(`not an Ed25519 public key: ${name}`, { cause: error });
  }
  return {
    name,
    type,
    keyId,
    publicKey,
    verify: (message, signature) => verify(null, message, imported, signature),
  };
}

/** The private key file of Go's sumdb tools: `PRIVATE+KEY+name+keyid+base64(0x01, seed)`. */
export function formatSignerKey(name: string, seed: Uint8Array): string {
  const { keyId } = makeSigner(name, seed);
  return `${PRIVATE}${name}+${keyId}+${Buffer.concat([Buffer.of(LOG_SIGNATURE), seed]).toString('base64')}`;
}

/**
 * Reads what `formatSignerKey` wrote; surrounding white space is allowed.
 *
 * @throws InvalidEvidence when malformed, or when the key id is not the key's. The message never holds the key.
 */
export function parseSignerKey(text: string): { name: string; seed: Buffer } {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PRIVATE)) throw new InvalidEvidence('not a signing key of the form PRIVATE+KEY+…');
  const { name, keyId, type, key: seed } = parseKey(trimmed.slice(PRIVATE.length));
  if (type !== LOG_SIGNATURE || makeSigner(name, seed).keyId !== keyId)
    throw new InvalidEvidence(`the signing key of ${name} does not match its key id`);
  return { name, seed };
}

const PRIVATE = 'PRIVATE+KEY+';

function parseKey(text: string): { name: string; keyId: string; type: SignatureType; key: Buffer } {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const bytes = match === null ? null : decodeBase64(match[3]!);
  const type = bytes?.[0];
  if (match === null || bytes?.length !== 1 + KEY_BYTES || !isKeyName(match[1]!))
    throw new InvalidEvidence('not a key of the form name+keyid+base64');
  if (type !== LOG_SIGNATURE && type !== COSIGNATURE)
    throw new InvalidEvidence(`signature type ${type} of ${match[1]} is not read here`);
  return { name: match[1]!, keyId: match[2]!, type, key: bytes.subarray(1) };
}

/** Not empty, no Unicode spaces, no plus, no control characters (C2SP signed-note). */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Z}\p{Cc}]+$/u.test(name) && name.isWellFormed();

const keyIdOf = (name: string, type: SignatureType, publicKey: Uint8Array): string =>
  hashOnce('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]), 'hex').slice(
    0,
    8,
  );
