/** What is committed to, how it is hashed, and how it is proved (RFC 6962, RFC 8785). Pure but for node:crypto. */
export { canonicalJson } from './canonical-json.ts';
export type { CanonicalValue } from './canonical-json.ts';
export { commitment, encodeLeaf, formatTimeUs } from './leaf.ts';
export type { LeafKind } from './leaf.ts';
export { leafHash, merkleRoot, nodeHash, rootOfLeafHashes } from './merkle.ts';
