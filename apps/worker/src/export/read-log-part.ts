import {
  encodeEntries,
  proveConsistency,
  proveInclusion,
  runOfTile,
  TILE_WIDTH,
  tilePath,
  tilesOfSize,
  type BundleHead,
  type ProvenEntry,
} from '#evidence';
import { RejectedInput } from '#model';
import {
  nodeReader,
  readCheckpoint,
  readEntries,
  readLeavesAbout,
  readPlacesOfLeavesAbout,
  type Client,
  type LogName,
  type SignedCheckpoint,
} from '#store';

/** Kinds of which a trail-chain bundle holds every leaf: rules, keys, months, what was erased or opened. */
const KINDS_OF_RULES = [
  'key.rotation',
  'definition',
  'policy',
  'key_mapping',
  'price.book',
  'period.close',
  'erasure',
];

/** Every tile of the log at a size, by its path below the log's prefix. */
export async function* readTiles(
  client: Client,
  tenantId: bigint,
  size: number,
): AsyncGenerator<readonly [path: string, content: Buffer]> {
  const read = nodeReader(client, tenantId);
  for (const tile of tilesOfSize(size)) {
    const { level, index, width } = tile;
    const content =
      level === 'entries'
        ? encodeEntries(await readEntries(client, tenantId, index * TILE_WIDTH, width))
        : Buffer.from((await read([runOfTile({ level, index, width })]))[0]!);
    yield [tilePath(tile), content];
  }
}

const LEAVES_PER_READ = 200;

/** The leaves of the scope, each with its path to the root of the size. */
export async function* readProvenLeaves(
  client: Client,
  tenantId: bigint,
  size: number,
  about: { readonly subjectIds: readonly string[]; readonly indexes: readonly number[] },
): AsyncGenerator<ProvenEntry> {
  const wanted = { kinds: KINDS_OF_RULES, ...about, indexes: [...about.indexes, size - 1] };
  const places = await readPlacesOfLeavesAbout(client, tenantId, wanted, size);
  for (let at = 0; at < places.length; at += LEAVES_PER_READ) {
    const indexes = places.slice(at, at + LEAVES_PER_READ);
    const leaves = await readLeavesAbout(client, tenantId, { kinds: [], subjectIds: [], indexes }, size);
    for (const leaf of leaves) yield proveEntry(client, tenantId, leaf, size);
  }
}

/** A leaf with its inclusion path. */
export async function proveEntry(
  client: Client,
  tenantId: bigint,
  { index, entry }: { readonly index: number; readonly entry: Buffer },
  size: number,
  log: LogName = 'evidence',
): Promise<ProvenEntry> {
  return { index, entry, hashes: await proveInclusion(nodeReader(client, tenantId, log), index, size) };
}

/** The older checkpoint of a size, with the proof that the log of `size` continues it. */
export async function readSince(
  client: Client,
  tenantId: bigint,
  since: number | null,
  size: number,
): Promise<BundleHead['since']> {
  if (since === null) return null;
  const note = (await signedAt(client, tenantId, since)).note;
  return { size: since, note, hashes: await proveConsistency(nodeReader(client, tenantId), since, size) };
}

/** @throws RejectedInput `not_found` where no checkpoint of that size was signed */
export async function signedAt(client: Client, tenantId: bigint, size: number): Promise<SignedCheckpoint> {
  const checkpoint = await readCheckpoint(client, tenantId, size);
  if (checkpoint === null)
    throw new RejectedInput('not_found', `no checkpoint of ${size} leaves was signed`, 'since');
  return checkpoint;
}
