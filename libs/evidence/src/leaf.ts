import { canonicalJson, type CanonicalValue } from './canonical-json.ts';
import { sha256OfTwo, sha256OfTwoAsBase64 } from './sha256.ts';

/** The leaf kinds of docs/evidence (architecture 7) that are written so far. */
export type LeafKind =
  | 'spans.batch'
  | 'trace.revision'
  | 'ledger.batch'
  | 'outcome.event'
  | 'outcome.control'
  | 'outcome.audit'
  | 'import'
  | 'halt'
  | 'key'
  | 'tenant'
  | 'link'
  | 'decision'
  | 'override'
  | 'cost.line'
  | 'fx.rate'
  | 'usage.report'
  | 'adjustment'
  | 'preview'
  | 'price.book'
  | 'invoice'
  | 'definition'
  | 'policy'
  | 'key_mapping'
  | 'baseline'
  | 'cause.open'
  | 'cause.done'
  | 'period.close'
  | 'erasure'
  | 'export'
  | 'grant'
  | 'content.read'
  | 'key.rotation'
  | 'time.mark';

const MAX_LEAF_BYTES = 32 * 1024;
// What sealing adds: a time and the hash of the previous leaf about the same trace.
const SEALED_BYTES = 256;

/**
 * Bytes of a leaf as they stand in the evidence inbox: RFC 8785 JSON with `v`, `kind` and `recordedAt`.
 * The sealer adds `sealedAt`.
 *
 * @param recordedAtUs microseconds since the epoch, the server's clock
 * @throws RangeError when the sealed leaf could be over 32 KiB
 */
export function encodeLeaf(
  kind: LeafKind,
  recordedAtUs: bigint,
  fields: { readonly [key: string]: CanonicalValue | undefined },
): Buffer {
  const bytes = Buffer.from(canonicalJson({ ...fields, v: 1, kind, recordedAt: formatTimeUs(recordedAtUs) }));
  if (bytes.length > MAX_LEAF_BYTES - SEALED_BYTES)
    throw new RangeError(`a ${kind} leaf of ${bytes.length} bytes is over the limit`);
  return bytes;
}

/**
 * The final bytes of a leaf: what the inbox held, with `sealedAt`, and for a leaf that continues another
 * (the next revision of a trace) `previousLeaf`, the base64 hash of that leaf. Only the sealer knows it: the
 * earlier leaf has its final bytes no sooner.
 *
 * @param body RFC 8785 JSON object as `encodeLeaf` made it
 * @param sealedAtUs microseconds since the epoch, the sealer's clock
 * @throws SyntaxError when the body is no JSON
 */
export function sealLeaf(body: Buffer, sealedAtUs: bigint, previousLeafHash: Buffer | null): Buffer {
  const fields: { readonly [key: string]: CanonicalValue } = JSON.parse(body.toString());
  return Buffer.from(
    canonicalJson({
      ...fields,
      sealedAt: formatTimeUs(sealedAtUs),
      previousLeaf: previousLeafHash?.toString('base64'),
    }),
  );
}

/** `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ` (ledger.md 2.3). */
export function formatTimeUs(timeUs: bigint): string {
  const second = timeUs / 1_000_000n;
  const text = new Date(Number(second) * 1000).toISOString().slice(0, 19);
  return `${text}.${(timeUs % 1_000_000n).toString().padStart(6, '0')}000Z`;
}

/** `SHA256(salt || content)`: opened by showing both. The salt is 32 random bytes. */
export function commitment(salt: Uint8Array, content: Uint8Array): Buffer {
  return sha256OfTwo(salt, content);
}

/** The same as base64 text, as step records hold it. */
export function commitmentText(salt: Uint8Array, content: Uint8Array): string {
  return sha256OfTwoAsBase64(salt, content);
}
