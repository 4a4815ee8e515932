import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { indexTar } from './tar.ts';
import { SpooledFiles, type Spool } from './spooled-files.ts';

/** Keeps what is written outside of what it hands out, and counts how much of it is read at a time. */
class CountingSpool implements Spool {
  readonly written: Buffer[] = [];
  bytes = 0;
  largestRead = 0;

  write(bytes: Uint8Array): Promise<number> {
    this.written.push(Buffer.from(bytes));
    this.bytes += bytes.length;
    return Promise.resolve(this.bytes - bytes.length);
  }

  read(at: number, length: number): Promise<Buffer> {
    this.largestRead = Math.max(this.largestRead, length);
    return Promise.resolve(Buffer.concat(this.written).subarray(at, at + length));
  }
}

const SECONDS = 1_700_000_000;

async function archiveOf(files: SpooledFiles): Promise<{ archive: Buffer; largest: number }> {
  const pieces: Buffer[] = [];
  for await (const piece of files.archive(SECONDS)) pieces.push(piece);
  return { archive: Buffer.concat(pieces), largest: Math.max(...pieces.map(({ length }) => length)) };
}

test('the archive is that of the format, whatever the order and way of adding', async () => {
  const files = new SpooledFiles(new CountingSpool());
  await files.put('b/small.txt', 'small');
  await files.append('a/grown.txt', 'one ');
  await files.put('c/empty', '');
  await files.append('a/grown.txt', 'two');
  await files.append('never-added-to', '');
  await files.put('b/small.txt', Buffer.from('small'));
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  expect(files.digests()).toEqual([
    ['a/grown.txt', sha256('one two')],
    ['b/small.txt', sha256('small')],
    ['c/empty', sha256('')],
    ['never-added-to', sha256('')],
  ]);
  const { archive } = await archiveOf(files);
  expect(archive.length).toBe(files.archiveBytes);
  // Written by the version that had the whole archive in memory.
  expect(createHash('sha256').update(archive).digest('hex')).toBe(
    '43c7817965de8cb7287a247bbd0620af7b9458efa56fe5e791bb7c60fa71fa94',
  );
  const places = indexTar(archive.length, (at, length) => archive.subarray(at, at + length));
  expect(
    [...places].map(([path, { at, length }]) => [path, archive.toString('utf8', at, at + length)]),
  ).toEqual([
    ['a/grown.txt', 'one two'],
    ['b/small.txt', 'small'],
    ['c/empty', ''],
    ['never-added-to', ''],
  ]);
});

test.each([1, 8])('content is read back a megabyte at a time: %i files of 3 MiB', async (count) => {
  const spool = new CountingSpool();
  const files = new SpooledFiles(spool);
  for (let n = 0; n < count; n++) await files.put(`file ${n}`, Buffer.alloc(3 * 1024 * 1024, n + 1));
  const { archive, largest } = await archiveOf(files);
  expect({ largest, read: spool.largestRead, spooled: spool.bytes }).toEqual({
    largest: 1024 * 1024,
    read: 1024 * 1024,
    spooled: count * 3 * 1024 * 1024,
  });
  expect(archive.length).toBe(files.archiveBytes);
});

test.each<[string, (files: SpooledFiles) => Promise<unknown>, string]>([
  [
    'another content under a path',
    async (files) => {
      await files.put('a', '1');
      await files.put('a', '2');
    },
    'a is already another file of the bundle',
  ],
  [
    'a file that could grow, put',
    async (files) => {
      await files.append('a', '1');
      await files.put('a', '1');
    },
    'a is already another file of the bundle',
  ],
  [
    'adding to a whole file',
    async (files) => {
      await files.put('a', '1');
      await files.append('a', '2');
    },
    'a is whole',
  ],
  [
    'a path that the format cannot hold',
    async (files) => {
      await files.put('x'.repeat(101), '1');
      await archiveOf(files);
    },
    `the path ${'x'.repeat(101)} is too long for an archive`,
  ],
])('refused: %s', async (_, act, message) => {
  await expect(act(new SpooledFiles(new CountingSpool()))).rejects.toThrow(new RangeError(message));
});
