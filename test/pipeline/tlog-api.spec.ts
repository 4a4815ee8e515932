import {
  decodeEntries,
  formatLogPolicy,
  leafHash,
  merkleRoot,
  openCheckpoint,
  parsePolicy,
  rootOfLeafHashes,
  tilePath,
  tilesOfSize,
  type TlogPolicy,
  verifyConsistency,
  verifyTlogProof,
} from '#evidence';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Log } from '../../apps/worker/src/seal-log.ts';
import { sealLeaves } from '../../apps/worker/src/seal-leaves.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { makeTenant, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { keysOf, recordLeaves, START_US } from '../support/evidence-log.ts';

const SIZE = 700;
const EARLIER = 300;

let database: TestDatabase;
let api: TestApi;
let log: Log;
let policy: TlogPolicy;
let auditor: string;
let sender: string;
let stranger: string;
const batchId = randomUUID();

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.db);
  const acme = await makeTenant(database.db, 'acme');
  auditor = await acme.key(['auditor']);
  sender = await acme.key(['spans']);
  stranger = await (await makeTenant(database.db, 'other')).key(['admin']);
  log = await keysOf({ tenantId: acme.tenantId, slug: 'acme' });
  policy = parsePolicy(formatLogPolicy(log.signers.map(({ vkey }) => vkey)));
  const subjects = Array.from({ length: SIZE - 1 }, (_, i) => `é ${i}`);
  await recordLeaves(database.db, log, subjects.slice(0, EARLIER));
  await sealOnce(database.db, log, START_US);
  await recordLeaves(database.db, log, subjects.slice(EARLIER));
  await recordLeaves(database.db, log, [batchId], 'spans.batch');
  await sealOnce(database.db, log, START_US);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const get = (path: string, key: string | undefined = auditor) => api.call(path, { key });
async function getBytes(path: string): Promise<Buffer> {
  const answer = await fetch(`${api.url}/tlog/acme/${path}`, {
    headers: { authorization: `Bearer ${auditor}` },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  return Buffer.from(await answer.arrayBuffer());
}

test('the checkpoint and the policy that opens it', async () => {
  const checkpoint = await get('/tlog/acme/checkpoint');
  expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(openCheckpoint(checkpoint.body, policy)).toMatchObject({
    origin: 'ledger.example/t/acme',
    size: SIZE,
  });
  expect((await get('/tlog/acme/policy')).body).toBe(formatLogPolicy(log.signers.map(({ vkey }) => vkey)));
});

test('every tile of the size has the content that the root commits to', async () => {
  const { root } = openCheckpoint((await get('/tlog/acme/checkpoint')).body, policy);
  const tiles = new Map<string, Buffer>();
  for (const tile of tilesOfSize(SIZE)) tiles.set(tilePath(tile), await getBytes(tilePath(tile)));
  expect([...tiles.keys()]).toEqual([
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/188',
    'tile/0/000',
    'tile/0/001',
    'tile/0/002.p/188',
    'tile/1/000.p/2',
  ]);
  const entries = [...tiles]
    .filter(([path]) => path.includes('entries'))
    .flatMap(([, bytes]) => decodeEntries(bytes));
  expect(merkleRoot(entries)).toEqual(root);
  const leaves = Buffer.concat(
    [...tiles].filter(([path]) => path.startsWith('tile/0/')).map(([, bytes]) => bytes),
  );
  expect(leaves).toEqual(Buffer.concat(entries.map(leafHash)));
  expect(tiles.get('tile/1/000.p/2')).toEqual(
    Buffer.concat([0, 256].map((from) => rootOfLeafHashes(entries.slice(from, from + 256).map(leafHash)))),
  );
  // A verifier of an earlier checkpoint asks for the widths of its own size.
  expect(await getBytes('tile/0/001.p/44')).toEqual(tiles.get('tile/0/001')!.subarray(0, 44 * 32));
});

test.each([
  'tile/0/002',
  'tile/0/002.p/189',
  'tile/0/003.p/1',
  'tile/1/000.p/3',
  'tile/2/000.p/1',
  'tile/0/0',
  'tile/64/000',
  'tile/entries/002',
  'tile/0/000/x',
])('%s is not there', async (path) => expect((await get(`/tlog/acme/${path}`)).status).toBe(404));

test('the proof of a leaf verifies offline, at the newest checkpoint and an earlier one', async () => {
  const newest = await get('/v1/proofs/299');
  expect(newest.body).toMatchObject({ index: 299, size: SIZE });
  const entry = Buffer.from(newest.body.entry);
  expect(newest.body.leafHash).toBe(leafHash(entry).toString('base64'));
  expect(verifyTlogProof(newest.body.proof, entry, policy)).toMatchObject({
    index: 299,
    checkpoint: { size: SIZE },
  });
  const text = await get(`/v1/proofs/299?size=${EARLIER}&format=tlog-proof`);
  expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(verifyTlogProof(text.body, entry, policy)).toMatchObject({
    index: 299,
    checkpoint: { size: EARLIER },
  });
});

test('two checkpoints are proved consistent', async () => {
  const { body } = await get(`/v1/proofs/consistency?from=${EARLIER}`);
  expect({ from: body.from, to: body.to }).toEqual({ from: EARLIER, to: SIZE });
  const [older, newer] = [body.checkpoints.from, body.checkpoints.to].map((note) =>
    openCheckpoint(note, policy),
  );
  const hashes = body.hashes.map((hash: string) => Buffer.from(hash, 'base64'));
  expect(verifyConsistency(older!.size, older!.root, newer!.size, newer!.root, hashes)).toBe(true);
});

test.each([
  [`/v1/proofs/${SIZE}`, 404, `leaf ${SIZE} is beyond the checkpoint of ${SIZE} leaves`],
  [`/v1/proofs/300?size=${EARLIER}`, 404, 'leaf 300 is beyond the checkpoint of 300 leaves'],
  ['/v1/proofs/1?size=2', 404, 'no checkpoint of 2 leaves was signed'],
  ['/v1/proofs/-1', 400, 'must be a whole number from 0'],
  ['/v1/proofs/x', 400, 'must be a whole number from 0'],
  ['/v1/proofs/1?format=cbor', 400, 'format: '],
  [`/v1/proofs/consistency?from=${SIZE}&to=${EARLIER}`, 400, 'must not be over 300'],
  ['/v1/receipts/x', 400, ''],
  [`/v1/receipts/${randomUUID()}`, 404, 'there is no batch'],
])('%s answers %i', async (path, status, detail) => {
  const answer = await get(path);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toContain(detail);
});

describe('who may read', () => {
  const paths = ['/tlog/acme/checkpoint', '/tlog/acme/tile/0/000', '/tlog/acme/policy', '/v1/proofs/1'];
  test.each(paths)('%s: an auditor of the tenant', async (path) => {
    expect((await get(path)).status).toBe(200);
    expect((await api.call(path)).status).toBe(401);
    expect((await get(path, sender)).status).toBe(403);
    // Another tenant's admin sees no log of this name, and proofs of its own log only: there is none.
    expect((await get(path, stranger)).status).toBe(404);
  });
});

test('a receipt waits, is sealed, and is signed with its proof', async () => {
  const { db } = database;
  const [waiting, sealed] = [randomUUID(), randomUUID()];
  const key = randomUUID();
  for (const id of [waiting, sealed, batchId])
    await db.query(
      `INSERT INTO batches (tenant_id, batch_id, salt, digest, signal, received, stored, duplicate, conflicting, rejected,
         key_id, received_at, leaf_index)
       VALUES ($1, $2, '\\x01', '\\xab01', 'traces', 4, 1, 1, 1, 1, $3, '2026-10-21T14:00:00Z', $4)`,
      [log.tenantId, id, key, id === batchId ? SIZE - 1 : null],
    );
  await recordLeaves(db, log, [sealed], 'spans.batch');
  await sealLeaves(db, log, START_US, () => {});

  const counts = { received: 4, stored: 1, duplicate: 1, conflicting: 1, rejected: 1 };
  const common = {
    signal: 'traces',
    receivedAt: '2026-10-21T14:00:00Z',
    key,
    digest: 'ab01',
    redaction: null,
    isOpenable: true,
    ...counts,
  };
  expect((await get(`/v1/receipts/${waiting}`, sender)).body).toEqual({
    ...common,
    batch: waiting,
    state: 'waiting',
    leaf: null,
  });
  expect((await get(`/v1/receipts/${sealed}`, sender)).body).toEqual({
    ...common,
    batch: sealed,
    state: 'sealed',
    leaf: null,
  });
  const { body } = await get(`/v1/receipts/${batchId}`, sender);
  expect(body).toMatchObject({
    ...common,
    batch: batchId,
    state: 'signed',
    leaf: { index: SIZE - 1, size: SIZE },
  });
  expect(verifyTlogProof(body.leaf.proof, Buffer.from(body.leaf.entry), policy).index).toBe(SIZE - 1);
  const text = await get(`/v1/receipts/${batchId}?format=tlog-proof`, sender);
  expect({ status: text.status, body: text.body }).toEqual({ status: 200, body: body.leaf.proof });
  for (const [batch, state] of [
    [waiting, 'waiting'],
    [sealed, 'sealed'],
  ]) {
    const early = await get(`/v1/receipts/${batch}?format=tlog-proof`, sender);
    expect({ status: early.status, detail: early.body.detail }).toEqual({
      status: 409,
      detail: `batch ${batch} is ${state}, and not signed yet`,
    });
  }
  expect((await get(`/v1/receipts/${batchId}`, stranger)).status).toBe(404);
});
