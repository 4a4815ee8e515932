import { decodeBase64 } from './base64.ts';
import { InvalidEvidence } from './errors.ts';
import { HASH_BYTES } from './sha256.ts';

/** What a log says of itself: after `size` leaves its root is this. */
export interface Checkpoint {
  /** The log's name: a URL prefix without scheme and final slash. Also the name of its key. */
  readonly origin: string;
  readonly size: number;
  /** 32 bytes, RFC 6962. */
  readonly root: Buffer;
}

/** The text that is signed (C2SP tlog-checkpoint): origin, size, root. No extension lines. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/**
 * Reads the text of a checkpoint, signature lines already taken off and verified by `openNote`.
 * Extension lines are refused: ours have none, and nobody could audit them.
 *
 * @throws InvalidEvidence when it is not exactly what `formatCheckpoint` writes
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, encoded, ...rest] = text.split('\n');
  const root = decodeBase64(encoded ?? '');
  if (
    !origin ||
    !/^(0|[1-9]\d{0,15})$/.test(size ?? '') ||
    !Number.isSafeInteger(Number(size)) ||
    root?.length !== HASH_BYTES ||
    rest.length !== 1 ||
    rest[0] !== ''
  )
    throw new InvalidEvidence('not a checkpoint: origin, size and root, one line each');
  return { origin, size: Number(size), root };
}
