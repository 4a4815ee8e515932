import {
  decodeEntries,
  encodeEntries,
  formatCheckpoint,
  formatLogPolicy,
  leafHash,
  openCheckpoint,
  parsePolicy,
  rootOfLeafHashes,
  signNote,
  tilePath,
  tilesOfSize,
} from '#evidence';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Log } from '../../../apps/worker/src/seal-log.ts';
import { sealOnce } from '../../../apps/worker/src/seal-once.ts';
import { makeTenant, startTestApi, type TestApi } from '../../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { keysOf, recordLeaves, START_US } from '../../support/evidence-log.ts';
import { LogDirectory } from './log-directory.ts';
import {
  buildGoVerifier,
  buildTesseraFsck,
  type GivenProof,
  isConsistentByTransmute,
  isIncludedByTransmute,
  isSignedByOpenssl,
  type Tool,
  verifyWithSigstore,
  versionOf,
} from './outside-verifiers.ts';

// Goal: what we say of a log is accepted by code we did not write, and what was tampered with is not.
// Method: the real sealer makes 70,001 leaves, the real API serves them, and files downloaded from it are checked.
const OLDER = 65_537;
const SIZE = 70_001;
const PROVEN = [0, 1, 255, 256, 65_535, 65_536, 65_537, 69_887, 69_888, 70_000];

let database: TestDatabase;
let api: TestApi;
let log: Log;
let vkey: string;
let authorization: string;
let whole: LogDirectory;
const proofs: GivenProof[] = [];
let goVerifier: Tool = null;
let tesseraFsck: Tool = null;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  api = await startTestApi(db);
  const acme = await makeTenant(db, 'acme');
  authorization = `Bearer ${await acme.key(['auditor'])}`;
  log = await keysOf({ tenantId: acme.tenantId, slug: 'acme' });
  vkey = log.signers[0]!.vkey;
  const subjects = Array.from({ length: SIZE }, (_, i) => `claim ${i}`);
  for (const [from, to] of [
    [0, OLDER],
    [OLDER, SIZE],
  ] as const) {
    for (let at = from; at < to; at += 5_000)
      await recordLeaves(db, log, subjects.slice(at, Math.min(at + 5_000, to)));
    while ((await sealOnce(db, log, START_US)).isFull);
  }
  whole = await LogDirectory.download(`${api.url}/tlog/acme`, authorization);
  whole.write('vkey', `${vkey}\n`);
  for (const index of PROVEN) proofs.push(await getProof(index));
  const given = proofs.map(({ index, hashes }) => ({
    index,
    hashes: hashes.map((hash) => hash.toString('base64')),
  }));
  whole.write('proofs.json', JSON.stringify(given));
  whole.write('old-checkpoint', (await getConsistency()).checkpoints.from);
  goVerifier = buildGoVerifier();
  tesseraFsck = buildTesseraFsck();
  for (const [tool, version] of [
    ['go', versionOf('go', ['version'])],
    ['openssl', versionOf('openssl', ['version'])],
    ['x/mod verifier', goVerifier && 'built'],
    ['tessera fsck', tesseraFsck && 'built'],
  ])
    process.stderr.write(
      version === null ? `SKIPPED: ${tool} is not to be had here\n` : `${tool}: ${version}\n`,
    );
}, 600_000);
afterAll(async () => {
  whole?.remove();
  await api?.close();
  await database.drop();
});

async function getProof(index: number): Promise<GivenProof> {
  const { body } = await api.call(`/v1/proofs/${index}`, { headers: { authorization } });
  const { root } = openCheckpoint(body.checkpoint, parsePolicy(formatLogPolicy([vkey])));
  const hashes = body.hashes.map((hash: string) => Buffer.from(hash, 'base64'));
  return { index, size: body.size, entry: Buffer.from(body.entry), hashes, root, note: body.checkpoint };
}
async function fsck({ path }: LogDirectory): Promise<string | null> {
  return tesseraFsck === null
    ? null
    : tesseraFsck(`--storage_url=file://${path}/`, `--public_key=${path}/vkey`);
}
async function getConsistency() {
  return (await api.call(`/v1/proofs/consistency?from=${OLDER}`, { headers: { authorization } })).body;
}

describe('the whole log is accepted', () => {
  test('by Go x/mod: every entry, every tile, the older checkpoint, every proof', async () => {
    if (goVerifier !== null) expect(await goVerifier(whole.path)).toBeNull();
  });
  test('by tessera fsck, from the files', async () => {
    expect(await fsck(whole)).toBeNull();
  });
  test('by tessera fsck, over HTTP from the API', async () => {
    if (tesseraFsck === null) return;
    const args = [`--storage_url=${api.url}/tlog/acme/`, `--public_key=${whole.path}/vkey`];
    expect(await tesseraFsck(...args, `--bearer_token=${authorization.split(' ')[1]}`)).toBeNull();
    expect(await tesseraFsck(...args, '--bearer_token=olk_wrong')).not.toBeNull();
  });
  test.each(PROVEN.map((_, i) => i))('proof %i by sigstore, transmute and openssl', async (i) => {
    const given = proofs[i]!;
    expect(() => verifyWithSigstore(given, vkey)).not.toThrow();
    expect(await isIncludedByTransmute(given)).toBe(true);
    expect(isSignedByOpenssl(given.note, vkey)).toBe(true);
  });
  test('the older checkpoint by transmute', async () => {
    const { checkpoints, hashes } = await getConsistency();
    const policy = parsePolicy(formatLogPolicy([vkey]));
    const [older, newer] = [checkpoints.from, checkpoints.to].map((note) => openCheckpoint(note, policy));
    const proof = hashes.map((hash: string) => Buffer.from(hash, 'base64'));
    expect([older!.size, newer!.size]).toEqual([OLDER, SIZE]);
    expect(await isConsistentByTransmute(older!, newer!, proof)).toBe(true);
    for (const [i, hash] of proof.entries())
      expect(await isConsistentByTransmute(older!, newer!, proof.with(i, flipped(hash, i)))).toBe(false);
  });
});

const LAST_ENTRIES = 'tile/entries/273.p/113';
const MUTATIONS: readonly (readonly [string, (copy: LogDirectory) => void])[] = [
  [
    'a byte of an entry',
    (copy) => editEntries(copy, 'tile/entries/100', (e) => e.with(7, flipped(e[7]!, 40))),
  ],
  [
    'a byte of the last entry',
    (copy) => editEntries(copy, LAST_ENTRIES, (e) => e.with(112, flipped(e[112]!, 9))),
  ],
  [
    'the length of an entry',
    (copy) => copy.write('tile/entries/100', flipped(copy.read('tile/entries/100'), 1)),
  ],
  ['a leaf dropped', (copy) => editEntries(copy, 'tile/entries/100', (e) => e.toSpliced(7, 1))],
  ['a leaf duplicated', (copy) => editEntries(copy, 'tile/entries/100', (e) => e.toSpliced(7, 0, e[7]!))],
  [
    'two leaves swapped',
    (copy) => editEntries(copy, 'tile/entries/100', (e) => e.with(7, e[8]!).with(8, e[7]!)),
  ],
  [
    'two bundles swapped',
    (copy) => {
      const first = copy.read('tile/entries/100');
      copy.write('tile/entries/100', copy.read('tile/entries/101'));
      copy.write('tile/entries/101', first);
    },
  ],
  ['the tail cut off', (copy) => editEntries(copy, LAST_ENTRIES, (e) => e.slice(0, -1))],
  ['a leaf added', (copy) => editEntries(copy, LAST_ENTRIES, (e) => [...e, Buffer.from('{}')])],
  ...['tile/0/000', 'tile/0/273.p/113', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1'].map(
    (path) =>
      [`a byte of ${path}`, (copy: LogDirectory) => copy.write(path, flipped(copy.read(path), 31))] as const,
  ),
  ['a tile cut short', (copy) => copy.write('tile/0/050', copy.read('tile/0/050').subarray(0, -32))],
  ['the origin', (copy) => editCheckpoint(copy, (note) => note.replace('acme', 'acne'))],
  ['the size', (copy) => editCheckpoint(copy, (note) => note.replace(`\n${SIZE}\n`, `\n${SIZE - 1}\n`))],
  ['the root', (copy) => editCheckpoint(copy, (note) => replaceLine(note, 2, flippedText))],
  [
    'the signature',
    (copy) =>
      editCheckpoint(copy, (note) =>
        replaceLine(note, 4, (line) => line.slice(0, -8) + flippedText(line.slice(-8))),
      ),
  ],
  [
    'the key id',
    (copy) => editCheckpoint(copy, (note) => note.replace(/ ([A-Za-z0-9+/]{6})(\S{80,})\n$/, ' AAAAAA$2\n')),
  ],
  ['the signature taken off', (copy) => editCheckpoint(copy, (note) => `${note.split('\n\n')[0]}\n\n`)],
  ['an older checkpoint as the newest', (copy) => copy.write('checkpoint', copy.read('old-checkpoint'))],
  [
    'another key',
    (copy) =>
      copy.write(
        'vkey',
        copy
          .read('vkey')
          .toString()
          .replace(/.{4}\n$/, 'AAAA\n'),
      ),
  ],
  [
    'a hash of a proof',
    (copy) =>
      editProofs(copy, (all) =>
        all.with(3, { ...all[3]!, hashes: all[3]!.hashes.with(0, all[2]!.hashes[0]!) }),
      ),
  ],
  [
    'a hash taken from a proof',
    (copy) => editProofs(copy, (all) => all.with(3, { ...all[3]!, hashes: all[3]!.hashes.slice(1) })),
  ],
  ['the index of a proof', (copy) => editProofs(copy, (all) => all.with(3, { ...all[3]!, index: 7 }))],
  ['a leaf replaced everywhere, and signed again by the key itself', replaceConsistently],
];
/** What fsck does not look at: proofs, an older checkpoint, and entries after the last one that is signed. */
const BEYOND_FSCK = [
  'a leaf added',
  'a hash of a proof',
  'a hash taken from a proof',
  'the index of a proof',
  'a leaf replaced everywhere, and signed again by the key itself',
  'an older checkpoint as the newest',
];

describe('every tampered copy is rejected', () => {
  test.each(MUTATIONS)('%s', async (name, mutate) => {
    const copy = whole.copy();
    mutate(copy);
    if (goVerifier !== null) expect(await goVerifier(copy.path)).toEqual(expect.stringContaining('REJECTED'));
    if (tesseraFsck !== null && !BEYOND_FSCK.includes(name)) expect(await fsck(copy)).not.toBeNull();
    copy.remove();
  });

  test.each(PROVEN.map((_, i) => i))('proof %i, changed in every part', async (i) => {
    const given = proofs[i]!;
    const other = proofs[(i + 1) % proofs.length]!;
    const changed: GivenProof[] = [
      { ...given, entry: flipped(given.entry, 3) },
      { ...given, entry: other.entry },
      { ...given, index: given.index ^ 1 },
      { ...given, hashes: given.hashes.slice(0, -1) },
      { ...given, hashes: [...given.hashes, given.root] },
      ...given.hashes.map((hash, n) => ({ ...given, hashes: given.hashes.with(n, flipped(hash, n)) })),
    ];
    for (const wrong of changed) {
      expect(() => verifyWithSigstore(wrong, vkey)).toThrow(/root hash does not match|hash count|index/);
      expect(await isIncludedByTransmute(wrong)).toBe(false);
    }
    const resized = given.note.replace(`\n${SIZE}\n`, `\n${SIZE + 1}\n`);
    expect(() => verifyWithSigstore({ ...given, note: resized }, vkey)).toThrow(
      'invalid checkpoint signature',
    );
    expect(isSignedByOpenssl(resized, vkey)).toBe(false);
  });
});

function editEntries(copy: LogDirectory, path: string, edit: (entries: Buffer[]) => Buffer[]): void {
  copy.write(path, encodeEntries(edit(decodeEntries(copy.read(path)))));
}
function editCheckpoint(copy: LogDirectory, edit: (note: string) => string): void {
  const note = copy.read('checkpoint').toString();
  const edited = edit(note);
  if (edited === note) throw new Error('nothing was changed');
  copy.write('checkpoint', edited);
}
type ListedProof = { index: number; hashes: string[] };
function editProofs(copy: LogDirectory, edit: (all: ListedProof[]) => ListedProof[]): void {
  copy.write('proofs.json', JSON.stringify(edit(JSON.parse(copy.read('proofs.json').toString()))));
}

/** The operator rewrites the past with the signing key at hand: only whoever holds an older checkpoint can tell. */
function replaceConsistently(copy: LogDirectory): void {
  editEntries(copy, 'tile/entries/100', (entries) => entries.with(7, Buffer.from('{"kind":"forged"}')));
  const tiles = [...tilesOfSize(SIZE)];
  const entries = tiles
    .filter(({ level }) => level === 'entries')
    .flatMap((tile) => decodeEntries(copy.read(tilePath(tile))));
  let hashes = entries.map(leafHash);
  const root = rootOfLeafHashes(hashes);
  for (let level = 0; hashes.length > 0; level++) {
    const above: Buffer[] = [];
    for (const tile of tiles.filter((candidate) => candidate.level === level)) {
      const part = hashes.slice(tile.index * 256, tile.index * 256 + tile.width);
      copy.write(tilePath(tile), Buffer.concat(part));
      if (part.length === 256) above.push(rootOfLeafHashes(part));
    }
    hashes = above;
  }
  copy.write('checkpoint', signNote(formatCheckpoint({ origin: log.origin, size: SIZE, root }), log.signers));
  copy.write('proofs.json', '[]');
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at % copy.length]! ^= 1;
  return copy;
}
const flippedText = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
const replaceLine = (note: string, n: number, edit: (line: string) => string): string => {
  const lines = note.split('\n');
  return lines.with(n, edit(lines[n]!)).join('\n');
};
