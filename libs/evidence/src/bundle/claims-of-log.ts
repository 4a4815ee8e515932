import { openCheckpoint } from '../tlog-policy.ts';
import { InvalidEvidence } from '../errors.ts';
import { rootOfLeafHashes } from '../merkle.ts';
import { runOfTile, TILE_WIDTH, tilePath, tilesOfSize } from '../tile.ts';
import { verifyConsistency } from '../verify-proof.ts';
import { verifyTlogProof } from '../tlog-proof.ts';
import { decodeBase64 } from '../base64.ts';
import { consistencyPath, KNOWN_PATHS, oldCheckpointPath, proofPath } from './bundle-paths.ts';
import { MANIFEST, sha256 } from './manifest.ts';
import { isTileOf, type OpenedBundle } from './opened-bundle.ts';
import { linesOf, textOf } from './read-json.ts';

/** @returns what was checked, in words; throws InvalidEvidence with what does not hold */
export type CheckClaim = (bundle: OpenedBundle) => string;

export const manifestIsSigned: CheckClaim = (bundle) => {
  const { predicate } = bundle.manifest;
  return `by ${bundle.keys.map(({ name, keyId }) => `${name}+${keyId}`).join(' and ')}, for tenant ${predicate.tenant}`;
};

export const filesAreTheListed: CheckClaim = (bundle) => {
  const { digests, predicate } = bundle.manifest;
  for (const path of bundle.files.keys()) {
    if (path === MANIFEST) continue;
    const digest = digests.get(path);
    if (digest === undefined || !KNOWN_PATHS.some((known) => known.test(path)))
      throw new InvalidEvidence(`${path} is an unknown file`);
    if (path.startsWith('log/tile/') && (predicate.method !== 'full-log' || !isTileOf(path, predicate.size)))
      throw new InvalidEvidence(`${path} is no tile of a log of ${predicate.size} leaves`);
    if (sha256(bundle.file(path)) !== digest)
      throw new InvalidEvidence(`${path} is not the file that was signed`);
  }
  for (const path of digests.keys())
    if (!bundle.files.has(path)) throw new InvalidEvidence(`${path} is missing`);
  return `${digests.size} files`;
};

export const checkpointIsSigned: CheckClaim = (bundle) => {
  const { origin, size } = bundle.checkpoint;
  return `${origin} at ${size} leaves`;
};

export const checkpointIsTheManifests: CheckClaim = (bundle) => {
  const { predicate } = bundle.manifest;
  const { origin, size, root } = bundle.checkpoint;
  if (origin !== predicate.origin || size !== predicate.size || root.toString('base64') !== predicate.root)
    throw new InvalidEvidence('the checkpoint has another origin, size or root than the manifest');
  const newest = bundle.leaves.get(size - 1);
  if (newest?.fields['sealedAt'] !== predicate.sealedAt)
    throw new InvalidEvidence(`leaf ${size - 1} was not sealed at ${predicate.sealedAt}`);
  const { counts, traces, trails, redactions } = predicate;
  const found = {
    traces: traces.length,
    trails: Object.keys(trails).length,
    closed: redactions.length,
    transactions: bundle.journal.length,
    leaves: bundle.leaves.size,
  };
  for (const [what, count] of Object.entries(found))
    if (counts[what] !== count)
      throw new InvalidEvidence(`the manifest counts ${counts[what]} ${what}, the bundle has ${count}`);
  return `sealed at ${predicate.sealedAt}`;
};

/** The checkpoints that must be prefixes: the bundle's own older one, and those that were brought along. */
export const oldCheckpointsArePrefixes: CheckClaim = (bundle) => {
  const { since } = bundle.manifest.predicate;
  const own = since === null ? [] : [bundle.file(oldCheckpointPath(since)).toString()];
  const olds = [...own, ...bundle.trust.checkpoints].map((note) => openCheckpoint(note, bundle.policy));
  if (since !== null && olds[0]?.size !== since)
    throw new InvalidEvidence(`${oldCheckpointPath(since)} is not of ${since} leaves`);
  for (const old of olds) isPrefix(bundle, old);
  return olds.length === 0
    ? 'no older checkpoint was given: what was signed before cannot be compared'
    : `of ${olds.map(({ size }) => size).join(', ')} leaves`;
};

function isPrefix(bundle: OpenedBundle, old: { origin: string; size: number; root: Buffer }): void {
  const { origin, size, root } = bundle.checkpoint;
  if (old.origin !== origin) throw new InvalidEvidence(`the older checkpoint is of the log ${old.origin}`);
  if (old.size > size)
    throw new InvalidEvidence(`the older checkpoint has ${old.size} leaves, this one only ${size}`);
  if (bundle.manifest.predicate.method === 'full-log') {
    if (!rootOfLeafHashes(leafHashes(bundle).slice(0, old.size)).equals(old.root))
      throw new InvalidEvidence(
        `the first ${old.size} leaves are not those of the older checkpoint: history was changed`,
      );
    return;
  }
  if (old.size === size && old.root.equals(root)) return;
  const path = consistencyPath(old.size, size);
  const proof = linesOf(bundle.file(path), path).map((line) => decodeBase64(line) ?? Buffer.alloc(0));
  if (!verifyConsistency(old.size, old.root, size, root, proof))
    throw new InvalidEvidence(
      `the log of ${size} leaves does not continue that of ${old.size}: history was changed`,
    );
}

const leafHashes = (bundle: OpenedBundle): Buffer[] => [...bundle.leaves.values()].map(({ hash }) => hash);

export const leavesAreInTheLog: CheckClaim = (bundle) =>
  bundle.manifest.predicate.method === 'full-log' ? tilesMakeTheRoot(bundle) : proofsLeadToTheRoot(bundle);

function tilesMakeTheRoot(bundle: OpenedBundle): string {
  const { size, root } = bundle.checkpoint;
  const levels = [leafHashes(bundle)];
  for (let hashes = levels[0]!; hashes.length >= TILE_WIDTH;) {
    hashes = Array.from({ length: Math.floor(hashes.length / TILE_WIDTH) }, (_, i) =>
      rootOfLeafHashes(hashes.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)),
    );
    levels.push(hashes);
  }
  let tiles = 0;
  for (const tile of tilesOfSize(size)) {
    tiles += 1;
    const { level } = tile;
    if (level === 'entries') continue;
    const { first, count } = runOfTile({ ...tile, level });
    const path = `log/${tilePath(tile)}`;
    if (!bundle.file(path).equals(Buffer.concat((levels[level] ?? []).slice(first, first + count))))
      throw new InvalidEvidence(`${path} does not hold the hashes of the entries`);
  }
  if (!rootOfLeafHashes(levels[0]!).equals(root))
    throw new InvalidEvidence('the entries do not have the root that was signed');
  return `all ${size} leaves, ${tiles} tiles`;
}

function proofsLeadToTheRoot(bundle: OpenedBundle): string {
  const { size } = bundle.checkpoint;
  for (const { index, entry } of bundle.leaves.values()) {
    const proven = verifyTlogProof(bundle.file(proofPath(index)).toString(), entry, bundle.policy);
    if (
      proven.index !== index ||
      proven.checkpoint.size !== size ||
      !proven.checkpoint.root.equals(bundle.checkpoint.root)
    )
      throw new InvalidEvidence(`${proofPath(index)} is of another leaf or checkpoint`);
  }
  const stray = [...bundle.files.keys()].find((path) => {
    const index = /^proofs\/(\d+)\.tlog-proof$/.exec(path)?.[1];
    return index !== undefined && !bundle.leaves.has(Number(index));
  });
  if (stray !== undefined) throw new InvalidEvidence(`the leaf of ${stray} is missing`);
  return `${bundle.leaves.size} leaves of ${size}`;
}

/** `sealedAt` never goes back along the log, and no leaf is sealed before it was recorded by more than a clock's error. */
export const timesGoForward: CheckClaim = (bundle) => {
  const leaves = [...bundle.leaves.values()].sort((a, b) => a.index - b.index);
  let before = '';
  let first = '';
  for (const { index, fields } of leaves) {
    const sealedAt = textOf(fields['sealedAt'], `sealedAt of leaf ${index}`);
    textOf(fields['recordedAt'], `recordedAt of leaf ${index}`);
    if (sealedAt < before) throw new InvalidEvidence(`leaf ${index} was sealed before the leaf it follows`);
    before = sealedAt;
    first ||= sealedAt;
  }
  return `${leaves.length} leaves, from ${first} to ${before}`;
};
