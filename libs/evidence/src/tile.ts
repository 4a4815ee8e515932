import { InvalidEvidence } from './errors.ts';
import type { NodeRun } from './prove.ts';

/** Hashes of a full tile, entries of a full entry bundle. */
export const TILE_WIDTH = 256;

const MAX_LEVEL = 63;
const MAX_ENTRY_BYTES = 0xffff;

/** One tile of hashes (`level` 0 to 63) or one bundle of entries, full (`width` 256) or partial. */
export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/**
 * Path of a tile below the log's prefix: `tile/<L>/<N>[.p/<W>]` (C2SP tlog-tiles). N is written in groups of
 * three digits, all but the last with an `x` before it: 1234067 is `x001/x234/067`.
 */
export function tilePath(tile: Tile): string {
  let index = String(tile.index % 1000).padStart(3, '0');
  for (let rest = Math.floor(tile.index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    index = `x${String(rest % 1000).padStart(3, '0')}/${index}`;
  return `tile/${tile.level}/${index}${tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`}`;
}

const PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/;

/** The tile that a path names; null when the path is not exactly what `tilePath` writes for one. */
export function parseTilePath(path: string): Tile | null {
  const match = PATH.exec(path);
  if (match === null) return null;
  const level: Tile['level'] = match[1] === 'entries' ? 'entries' : Number(match[1]);
  const index = Number(match[2]!.replaceAll(/[x/]/g, ''));
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3]);
  if (width < 1 || width > TILE_WIDTH || (level !== 'entries' && level > MAX_LEVEL)) return null;
  const tile: Tile = { level, index, width };
  return tilePath(tile) === path ? tile : null;
}

/** How wide tile `index` of a level is in a tree of `size` leaves: 0 (not there) to 256. */
export function tileWidth(level: Tile['level'], index: number, size: number): number {
  const hashes = level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** Every tile and entry bundle of a tree of `size` leaves, each as wide as that size has it. */
export function* tilesOfSize(size: number): Generator<Tile> {
  for (const level of ['entries', ...Array.from({ length: MAX_LEVEL + 1 }, (_, i) => i)] as Tile['level'][])
    for (let index = 0, width; (width = tileWidth(level, index, size)) > 0; index++)
      yield { level, index, width };
}

/** The stored hashes that are the content of a hash tile, one after the other. */
export function runOfTile(tile: Tile & { readonly level: number }): NodeRun {
  return { level: tile.level, first: tile.index * TILE_WIDTH, count: tile.width };
}

/**
 * Content of an entry bundle: each entry after its length in two bytes, big-endian.
 *
 * @throws RangeError for an entry over 65,535 bytes
 */
export function encodeEntries(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES)
        throw new RangeError(`an entry of ${entry.length} bytes is too long`);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** @throws InvalidEvidence when the bytes end within an entry */
export function decodeEntries(bytes: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 <= bytes.length ? at + 2 + bytes.readUInt16BE(at) : Infinity;
    if (end > bytes.length) throw new InvalidEvidence('the entry bundle ends within an entry');
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
