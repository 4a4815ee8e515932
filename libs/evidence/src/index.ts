/**
 * What is committed to, how it is hashed, and how it is proved: RFC 6962 trees of RFC 8785 leaves, served as
 * C2SP tlog-tiles under checkpoints that are signed notes. Pure but for node:crypto.
 */
export { decodeKeyTree, encodeKeyTree, newKeyTree, secretOf, withoutSubject } from './content/key-tree.ts';
export type { KeyTree } from './content/key-tree.ts';
export {
  contentAddress,
  decryptContent,
  encryptContent,
  saltOf,
  subjectKeys,
} from './content/seal-content.ts';
export type { SubjectKeys } from './content/seal-content.ts';
export { canonicalJson } from './canonical-json.ts';
export type { CanonicalValue } from './canonical-json.ts';
export { commitment, commitmentText, encodeLeaf, formatTimeUs, sealLeaf } from './leaf.ts';
export type { LeafKind } from './leaf.ts';
export { ledgerBatchRoot } from './ledger-batch.ts';
export { leafHash, merkleRoot, rootOfLeafHashes, rootOfTexts } from './merkle.ts';
export { appendLeafHashes, decodeEdge, EMPTY_EDGE, encodeEdge, rootOfEdge } from './tree-edge.ts';
export type { TreeEdge, TreeNode } from './tree-edge.ts';
export { MissingNodes, proveConsistency, proveInclusion, readRoot } from './prove.ts';
export type { ReadNodes } from './prove.ts';
export { verifyConsistency } from './verify-proof.ts';
export {
  decodeEntries,
  encodeEntries,
  parseTilePath,
  runOfTile,
  TILE_WIDTH,
  tilePath,
  tilesOfSize,
  tileWidth,
} from './tile.ts';
export type { Tile } from './tile.ts';
export { formatSignerKey, makeSigner, parseSignerKey, parseVerifierKey } from './note-key.ts';
export type { NoteSigner } from './note-key.ts';
export { signNote } from './note.ts';
export { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
export type { Checkpoint } from './checkpoint.ts';
export { formatLogPolicy, openCheckpoint, parsePolicy } from './tlog-policy.ts';
export type { TlogPolicy } from './tlog-policy.ts';
export { formatTlogProof, verifyTlogProof } from './tlog-proof.ts';
export { BundleWriter } from './bundle/bundle-writer.ts';
export type {
  BundleHead,
  BundleReceiver,
  OpenedContent,
  OpenedRead,
  ProvenEntry,
  TraceOfBundle,
  TrailOfBundle,
} from './bundle/bundle-writer.ts';
export type { Spool } from './bundle/spooled-files.ts';
export type { SpanPlace } from './bundle/claims-of-trails.ts';
export type { DeriveTrail } from './bundle/claims-of-replays.ts';
export { encodeFacts } from './bundle/facts-file.ts';
export type { StepPlace } from './bundle/facts-file.ts';
export { journalLines } from './bundle/journal.ts';
export { MANIFEST, sha256 } from './bundle/manifest.ts';
export type { BundleFiles, Redaction } from './bundle/manifest.ts';
export { indexTar } from './bundle/tar.ts';
export { NOT_PROVEN, verifyBundle } from './bundle/verify-bundle.ts';
export type { Claim } from './bundle/verify-bundle.ts';
export { formatAddCheckpoint, mustBeWitnessKey, readWitnessAnswer } from './witness.ts';
export type { WitnessAnswer } from './witness.ts';
