import { expect, test } from '@jest/globals';
import { InvalidEvidence } from './errors.ts';
import {
  decodeEntries,
  encodeEntries,
  parseTilePath,
  runOfTile,
  tilePath,
  tilesOfSize,
  tileWidth,
} from './tile.ts';

test.each([
  [{ level: 0, index: 5, width: 256 }, 'tile/0/005'],
  [{ level: 1, index: 1000, width: 256 }, 'tile/1/x001/000'],
  [{ level: 63, index: 1_234_067, width: 255 }, 'tile/63/x001/x234/067.p/255'],
  [{ level: 'entries' as const, index: 273, width: 112 }, 'tile/entries/273.p/112'],
])('%j is %s', (tile, path) => {
  expect(tilePath(tile)).toBe(path);
  expect(parseTilePath(path)).toEqual(tile);
});

test.each([
  'tile/0/5',
  'tile/00/005',
  'tile/64/005',
  'tile/-1/005',
  'tile/0/x000/005',
  'tile/0/001/000',
  'tile/0/005.p/0',
  'tile/0/005.p/256',
  'tile/0/005.p/07',
  'tile/0/005/',
  'tile/entries/x1/000',
  'tile/0/x999/x999/x999/x999/x999/999',
  '/tile/0/005',
])('%s is no tile', (path) => expect(parseTilePath(path)).toBeNull());

// The example of the specification.
test('the tiles of 70,000 leaves', () => {
  const tiles = [...tilesOfSize(70_000)];
  const count = (level: number | 'entries', width: number): number =>
    tiles.filter((tile) => tile.level === level && tile.width === width).length;
  expect([count('entries', 256), count('entries', 112)]).toEqual([273, 1]);
  expect([count(0, 256), count(0, 112), count(1, 256), count(1, 17), count(2, 1)]).toEqual([273, 1, 1, 1, 1]);
  expect(tiles.length).toBe(2 * 274 + 3);
  expect(tiles.filter((tile) => tile.level === 2).map(tilePath)).toEqual(['tile/2/000.p/1']);
  expect(runOfTile({ level: 1, index: 1, width: 17 })).toEqual({ level: 1, first: 256, count: 17 });
});

test.each([
  [0, 0, 0, 0],
  [0, 0, 255, 255],
  [0, 1, 256, 0],
  [0, 1, 257, 1],
  [1, 0, 65_535, 255],
  [1, 0, 65_536, 256],
  [1, 1, 65_536 + 255, 0],
  [2, 0, 65_536, 1],
])('level %i tile %i of %i leaves is %i wide', (level, index, size, width) =>
  expect(tileWidth(level, index, size)).toBe(width),
);

test('entries are framed by their length', () => {
  const entries = [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(65_535, 7)];
  const bytes = encodeEntries(entries);
  expect(bytes.subarray(0, 5)).toEqual(Buffer.from([0, 0, 0, 1, 0x61]));
  expect(decodeEntries(bytes)).toEqual(entries);
  expect(() => encodeEntries([Buffer.alloc(65_536)])).toThrow(RangeError);
  for (const cut of [1, 2, 4, bytes.length - 1])
    if (cut !== 2) expect(() => decodeEntries(bytes.subarray(0, cut))).toThrow(InvalidEvidence);
});
