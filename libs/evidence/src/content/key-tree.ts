import { createHash } from 'node:crypto';
import { hmacSha256 } from '../sha256.ts';

/**
 * One secret from which the key of every subject follows, and from which the keys of single subjects can be taken out
 * for ever: the tree of Goldreich, Goldwasser and Micali ("How to construct random functions", 1986), punctured as in
 * Boneh and Waters ("Constrained pseudorandom functions", 2013). A node's secret gives those of its four children;
 * destroying a subject replaces the secrets on its path by those of their other children, so that everybody else's key
 * still follows and its own no longer does. Nothing is written for a new subject.
 */
export interface KeyTree {
  /** Secrets of 32 bytes by place: the base-4 digits from the root. No place lies within another. */
  readonly secrets: ReadonlyMap<string, Buffer>;
}

const SECRET_BYTES = 32;
/** Base-4 digits of a place: 64 bits, so that two subjects meet in one place about never. */
const DEPTH = 32;
const DIGITS = ['0', '1', '2', '3'] as const;

/** @param secret 32 random bytes */
export function newKeyTree(secret: Buffer): KeyTree {
  return { secrets: new Map([['', secret]]) };
}

/** @returns the subject's secret, 32 bytes; null where it was destroyed */
export function secretOf(tree: KeyTree, subjectId: string): Buffer | null {
  const place = placeOf(subjectId);
  for (let length = 0; length <= DEPTH; length += 1) {
    let secret = tree.secrets.get(place.slice(0, length));
    if (secret === undefined) continue;
    for (let at = length; at < DEPTH; at += 1) secret = childOf(secret, place[at]!);
    return secret;
  }
  return null;
}

/** @returns the tree without the subject's key; the tree itself where it is gone already */
export function withoutSubject(tree: KeyTree, subjectId: string): KeyTree {
  const place = placeOf(subjectId);
  for (let length = 0; length <= DEPTH; length += 1) {
    const root = place.slice(0, length);
    let secret = tree.secrets.get(root);
    if (secret === undefined) continue;
    const secrets = new Map(tree.secrets);
    secrets.delete(root);
    for (let at = length; at < DEPTH; at += 1) {
      for (const digit of DIGITS)
        if (digit !== place[at]) secrets.set(place.slice(0, at) + digit, childOf(secret, digit));
      secret = childOf(secret, place[at]!);
    }
    return { secrets };
  }
  return tree;
}

/** @returns the tree as bytes: for each place its length, its digits and its secret, in the order of the places */
export function encodeKeyTree(tree: KeyTree): Buffer {
  const places = [...tree.secrets].sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat(
    places.flatMap(([place, secret]) => [Buffer.from([place.length]), Buffer.from(place, 'latin1'), secret]),
  );
}

/** The inverse of `encodeKeyTree`. @throws RangeError where the bytes are cut off or hold no tree */
export function decodeKeyTree(bytes: Buffer): KeyTree {
  const secrets = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]!;
    const end = at + 1 + length + SECRET_BYTES;
    const place = bytes.toString('latin1', at + 1, at + 1 + length);
    if (end > bytes.length || length > DEPTH || !/^[0-3]*$/.test(place))
      throw new RangeError(`no key tree: byte ${at}`);
    secrets.set(place, Buffer.from(bytes.subarray(end - SECRET_BYTES, end)));
    at = end;
  }
  return { secrets };
}

const childOf = (secret: Buffer, digit: string): Buffer => hmacSha256(secret, digit);

function placeOf(subjectId: string): string {
  const hash = createHash('sha256').update(`outcome-ledger subject ${subjectId}`).digest();
  let place = '';
  for (let at = 0; at < DEPTH / 4; at += 1) place += hash[at]!.toString(4).padStart(4, '0');
  return place;
}
