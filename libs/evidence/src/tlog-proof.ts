import { decodeBase64 } from './base64.ts';
import type { Checkpoint } from './checkpoint.ts';
import { InvalidEvidence } from './errors.ts';
import { leafHash } from './merkle.ts';
import { HASH_BYTES } from './sha256.ts';
import { openCheckpoint, type TlogPolicy } from './tlog-policy.ts';
import { verifyInclusion } from './verify-proof.ts';

/** That an entry stands in a log, to be checked offline. */
export interface TlogProof {
  /** Of the leaf, from 0. */
  readonly index: number;
  /** RFC 6962 inclusion path, the leaf's sibling first; 32 bytes each. */
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** Not authenticated: never trusted by itself. */
  readonly extra: Buffer | null;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_HASHES = 64;

/** The text form, for files named `.tlog-proof` (C2SP tlog-proof@v1). */
export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === null ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...hashes.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws InvalidEvidence when it is not exactly what `formatTlogProof` writes */
export function parseTlogProof(text: string): TlogProof {
  const blank = text.indexOf('\n\n');
  if (blank < 0) throw new InvalidEvidence('the proof has no checkpoint');
  const [header, ...lines] = text.slice(0, blank).split('\n');
  if (header !== HEADER) throw new InvalidEvidence(`the proof does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ')
    ? decodeBase64(lines.shift()!.slice('extra '.length))
    : undefined;
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '')?.[1];
  const hashes = lines.flatMap((line) => decodeBase64(line) ?? []);
  if (extra === null || index === undefined || !Number.isSafeInteger(Number(index)))
    throw new InvalidEvidence('the head of the proof is malformed');
  if (
    hashes.length !== lines.length ||
    hashes.length > MAX_HASHES ||
    hashes.some((h) => h.length !== HASH_BYTES)
  )
    throw new InvalidEvidence('a hash line of the proof is malformed');
  return {
    index: Number(index),
    hashes,
    checkpoint: text.slice(blank + 2),
    extra: extra ?? null,
  };
}

/**
 * Checks that `entry` is leaf `index` of a log that the policy trusts. Needs nothing but its arguments.
 *
 * @returns the index, and the checkpoint that vouches for it
 * @throws InvalidEvidence when anything does not fit
 */
export function verifyTlogProof(
  text: string,
  entry: Uint8Array,
  policy: TlogPolicy,
): { index: number; checkpoint: Checkpoint } {
  const proof = parseTlogProof(text);
  const checkpoint = openCheckpoint(proof.checkpoint, policy);
  if (!verifyInclusion(leafHash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root))
    throw new InvalidEvidence(`the entry is not leaf ${proof.index} of ${checkpoint.origin}`);
  return { index: proof.index, checkpoint };
}
