import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import type { PriceRow } from '#pricing';
import type { PreviewProof } from '../previews/preview-proof.ts';

export interface PriceBookHead {
  readonly tenantId: bigint;
  readonly book: string;
  readonly version: number;
  readonly source: string;
  readonly rowCount: number;
  readonly root: Buffer;
  /** The preview it was recorded by. */
  readonly preview?: PreviewProof | undefined;
}

/** RFC 6962 root over the canonical JSON of the rows of a version, in the order of their price ids. */
export function priceBookRoot(rows: readonly PriceRow[]): Buffer {
  const sorted = [...rows].sort((a, b) => (a.priceId < b.priceId ? -1 : 1));
  return merkleRoot(sorted.map((row) => Buffer.from(canonicalJson(row))));
}

/** The `price.book` leaf (architecture 7): which book, by whom (`shipped` for tenant 0), and the root of its rows. */
export function priceBookLeaf(head: PriceBookHead, recordedAtUs: bigint): Buffer {
  return encodeLeaf('price.book', recordedAtUs, {
    book: head.book,
    version: head.version,
    isShipped: head.tenantId === 0n,
    source: head.source,
    rows: { count: head.rowCount, root: head.root.toString('base64') },
    preview: head.preview,
  });
}
