import { createHash } from 'node:crypto';
import { canonicalJson, type CanonicalValue } from './canonical-json.ts';

/** The leaf kinds of docs/evidence (architecture 7) that are written so far. */
export type LeafKind =
  | 'spans.batch'
  | 'trace.revision'
  | 'ledger.batch'
  | 'outcome.event'
  | 'price.book'
  | 'definition'
  | 'policy'
  | 'key_mapping'
  | 'baseline';

const MAX_LEAF_BYTES = 32 * 1024;

/**
 * Bytes of a leaf as they stand in the evidence inbox: RFC 8785 JSON with `v`, `kind` and `recordedAt`.
 * The sealer adds `sealedAt`.
 *
 * @param recordedAtUs microseconds since the epoch, the server's clock
 * @throws RangeError over 32 KiB
 */
export function encodeLeaf(
  kind: LeafKind,
  recordedAtUs: bigint,
  fields: { readonly [key: string]: CanonicalValue | undefined },
): Buffer {
  const bytes = Buffer.from(canonicalJson({ ...fields, v: 1, kind, recordedAt: formatTimeUs(recordedAtUs) }));
  if (bytes.length > MAX_LEAF_BYTES) throw new RangeError(`a ${kind} leaf of ${bytes.length} bytes is over the limit`);
  return bytes;
}

/** `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ` (ledger.md 2.3). */
export function formatTimeUs(timeUs: bigint): string {
  const second = timeUs / 1_000_000n;
  const text = new Date(Number(second) * 1000).toISOString().slice(0, 19);
  return `${text}.${(timeUs % 1_000_000n).toString().padStart(6, '0')}000Z`;
}

/** `SHA256(salt || content)`: opened by showing both. The salt is 32 random bytes. */
export function commitment(salt: Uint8Array, content: Uint8Array): Buffer {
  return createHash('sha256').update(salt).update(content).digest();
}
