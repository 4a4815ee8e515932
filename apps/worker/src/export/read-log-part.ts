import {
  encodeEntries,
  proveConsistency,
  proveInclusion,
  runOfTile,
  TILE_WIDTH,
  tilePath,
  tilesOfSize,
  type BundleParts,
  type ProvenEntry,
} from '#evidence';
import { RejectedInput } from '#model';
import {
  nodeReader,
  readCheckpoint,
  readEntries,
  readLeavesAbout,
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
export async function readTiles(
  client: Client,
  tenantId: bigint,
  size: number,
): Promise<Map<string, Buffer>> {
  const read = nodeReader(client, tenantId);
  const tiles = new Map<string, Buffer>();
  for (const tile of tilesOfSize(size)) {
    const { level, index, width } = tile;
    const content =
      level === 'entries'
        ? encodeEntries(await readEntries(client, tenantId, index * TILE_WIDTH, width))
        : Buffer.from((await read([runOfTile({ level, index, width })]))[0]!);
    tiles.set(tilePath(tile), content);
  }
  return tiles;
}

/** The leaves of the scope, each with its path to the root of the size. */
export async function readProvenLeaves(
  client: Client,
  tenantId: bigint,
  size: number,
  about: { readonly subjectIds: readonly string[]; readonly indexes: readonly number[] },
): Promise<ProvenEntry[]> {
  const wanted = { kinds: KINDS_OF_RULES, ...about, indexes: [...about.indexes, size - 1] };
  const leaves = await readLeavesAbout(client, tenantId, wanted, size);
  return proveEntries(client, tenantId, leaves, size);
}

/** Leaves with their inclusion paths. */
export async function proveEntries(
  client: Client,
  tenantId: bigint,
  leaves: readonly { readonly index: number; readonly entry: Buffer }[],
  size: number,
  log: LogName = 'evidence',
): Promise<ProvenEntry[]> {
  const read = nodeReader(client, tenantId, log);
  const proven: ProvenEntry[] = [];
  for (const { index, entry } of leaves)
    proven.push({ index, entry, hashes: await proveInclusion(read, index, size) });
  return proven;
}

/** The older checkpoint of a size, with the proof that the log of `size` continues it. */
export async function readSince(
  client: Client,
  tenantId: bigint,
  since: number | null,
  size: number,
): Promise<BundleParts['since']> {
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
