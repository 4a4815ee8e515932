import {
  formatLogPolicy,
  formatTlogProof,
  openCheckpoint,
  parsePolicy,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyTlogProof,
} from '#evidence';
import { nodeReader, readCheckpoint, readGuard } from '#store';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { sealLeaves } from '../../apps/worker/src/seal-leaves.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  beginLog,
  countWaiting,
  readWholeLog,
  recordLeaves,
  START_US,
  withKeys,
} from '../support/evidence-log.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
const HOUR_US = 3_600_000_000n;

test('leaves are sealed in the order they were recorded, provable and signed', async () => {
  const { db } = database;
  const log = await beginLog(db, 'order');
  const subjects = Array.from({ length: 600 }, (_, i) => `event ${i}`);
  await recordLeaves(db, log, subjects.slice(0, 300));
  expect(await sealOnce(db, log, START_US + 5n)).toEqual({ sealed: 300, isFull: false, signedSize: 300 });
  await recordLeaves(db, log, subjects.slice(300));
  expect(await sealOnce(db, log, START_US + 7n)).toEqual({ sealed: 300, isFull: false, signedSize: 600 });
  expect(await sealOnce(db, log, START_US + 9n)).toEqual({ sealed: 0, isFull: false, signedSize: null });

  const whole = await readWholeLog(db, log);
  expect(whole.subjects).toEqual(subjects);
  expect(whole.entries[299]!.toString()).toBe(
    '{"kind":"outcome.event","recordedAt":"2025-11-24T16:00:00.000000000Z",' +
      '"sealedAt":"2025-11-24T16:00:00.000005000Z","subject":"event 299","v":1}',
  );
  const older = (await readCheckpoint(db, log.tenantId, 300))!;
  const newest = (await readCheckpoint(db, log.tenantId))!;
  const policy = parsePolicy(formatLogPolicy(log.signers.map((signer) => signer.vkey)));
  expect(openCheckpoint(newest.note, policy)).toEqual({ origin: log.origin, size: 600, root: whole.root });
  expect(await readGuard(log.keyDir, log.origin)).toBe(newest.note);
  const read = nodeReader(db, log.tenantId);
  const proof = await proveConsistency(read, 300, 600);
  expect(verifyConsistency(300, older.root, 600, newest.root, proof)).toBe(true);
  for (const index of [0, 255, 256, 299, 599]) {
    const hashes = await proveInclusion(read, index, 600);
    const text = formatTlogProof({ index, hashes, checkpoint: newest.note, extra: null });
    expect(verifyTlogProof(text, whole.entries[index]!, policy).index).toBe(index);
  }
});

test('a batch knows the place of its leaf', async () => {
  const { db } = database;
  const log = await beginLog(db, 'batches');
  const batchId = randomUUID();
  await db.query(
    `INSERT INTO batches (tenant_id, batch_id, salt, digest, signal, received, stored, duplicate, conflicting, rejected, key_id, received_at)
     VALUES ($1, $2, '', '', 'traces', 1, 1, 0, 0, 0, $2, now())`,
    [log.tenantId, batchId],
  );
  await recordLeaves(db, log, ['before']);
  await recordLeaves(db, log, [batchId], 'spans.batch');
  await sealOnce(db, log, START_US);
  const { rows } = await db.query('SELECT leaf_index FROM batches WHERE tenant_id = $1', [log.tenantId]);
  expect(rows).toEqual([{ leaf_index: 1n }]);
});

test('a leaf whose transaction commits after a later one was sealed is sealed next', async () => {
  const { db } = database;
  const log = await beginLog(db, 'late-commit');
  const slow = await db.pool.connect();
  await slow.query('BEGIN');
  await slow.query(
    `INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at) VALUES ($1, 'link', 'slow', '{"a":1}', now())`,
    [log.tenantId],
  );
  await recordLeaves(db, log, ['quick']);
  await sealOnce(db, log, START_US);
  await slow.query('COMMIT');
  slow.release();
  await sealOnce(db, log, START_US);
  expect((await readWholeLog(db, log)).subjects).toEqual(['quick', 'slow']);
});

test('four sealers at once take turns: nothing twice, nothing lost', async () => {
  const { db } = database;
  const log = await beginLog(db, 'turns');
  const subjects = Array.from({ length: 12_000 }, (_, i) => String(i));
  await recordLeaves(db, log, subjects);
  const turns = await Promise.all([1n, 2n, 3n, 4n].map((n) => sealOnce(db, log, START_US + n)));
  expect(turns.map(({ sealed }) => sealed).sort((a, b) => b - a)).toEqual([5_000, 5_000, 2_000, 0]);
  const whole = await readWholeLog(db, log);
  expect(whole.subjects).toEqual(subjects);
  expect(await readCheckpoint(db, log.tenantId)).toMatchObject({ size: 12_000, root: whole.root });
  expect(await countWaiting(db, log)).toBe(0);
});

test('a second sealer waits for the first to commit', async () => {
  const { db } = database;
  const log = await beginLog(db, 'wait');
  await recordLeaves(db, log, ['a']);
  await sealOnce(db, log, START_US);
  await recordLeaves(db, log, ['b']);
  const events: string[] = [];
  let second: Promise<unknown> = Promise.resolve();
  await sealLeaves(db, log, START_US, async (point) => {
    if (point !== 'leaves written') return;
    second = sealLeaves(db, log, START_US, (at) => {
      events.push(`second ${at}`);
    });
    await waitUntilBlocked();
    events.push('first goes on');
  });
  await second;
  expect(events).toEqual([
    'first goes on',
    'second head locked',
    'second inbox taken',
    'second leaves written',
  ]);
});

test('the time of sealing never goes back, whatever the clock does', async () => {
  const { db } = database;
  const log = await beginLog(db, 'clock');
  for (const [subject, nowUs] of [
    ['a', START_US + HOUR_US],
    ['b', START_US],
    ['c', START_US + HOUR_US + 1n],
  ] as const) {
    await recordLeaves(db, log, [subject]);
    await sealOnce(db, log, nowUs);
  }
  const times = (await readWholeLog(db, log)).entries.map((entry) => JSON.parse(entry.toString()).sealedAt);
  expect(times).toEqual([
    '2025-11-24T17:00:00.000000000Z',
    '2025-11-24T17:00:00.000000000Z',
    '2025-11-24T17:00:00.000001000Z',
  ]);
});

test('an idle log gets a time mark an hour, each naming the one before', async () => {
  const { db } = database;
  const log = await beginLog(db, 'idle');
  await sealOnce(db, log, START_US);
  expect(await countLeaves()).toBe(0); // a log without leaves has nothing to date
  await recordLeaves(db, log, ['a']);
  for (const afterUs of [0n, HOUR_US - 1n, HOUR_US, HOUR_US + 1n, 2n * HOUR_US])
    await sealOnce(db, log, START_US + afterUs);
  const { entries } = await readWholeLog(db, log);
  const common = { v: 1, kind: 'time.mark', origin: log.origin };
  const [first, second] = ['2025-11-24T17:00:00.000000000Z', '2025-11-24T18:00:00.000000000Z'];
  expect(entries.slice(1).map((entry) => JSON.parse(entry.toString()))).toEqual([
    { ...common, size: 1, recordedAt: first, sealedAt: first },
    { ...common, size: 2, recordedAt: second, sealedAt: second, previousLeaf: await leafHashAt(1) },
  ]);

  async function countLeaves(): Promise<number> {
    return (await readWholeLog(db, log)).entries.length;
  }
  async function leafHashAt(index: number): Promise<string> {
    const [hash] = await nodeReader(db, log.tenantId)([{ level: 0, first: index, count: 1 }]);
    return Buffer.from(hash!).toString('base64');
  }
});

test('each revision of a trace names the leaf of the one before, within a seal and across', async () => {
  const { db } = database;
  const log = await beginLog(db, 'revisions');
  await recordLeaves(db, log, ['t1', 't2', 't1'], 'trace.revision');
  await sealOnce(db, log, START_US);
  await recordLeaves(db, log, ['t2', 't1'], 'trace.revision');
  await sealOnce(db, log, START_US);
  const { rows } = await db.query<{ leaf_hash: Buffer; entry: Buffer }>(
    'SELECT leaf_hash, entry FROM leaves WHERE tenant_id = $1 ORDER BY idx',
    [log.tenantId],
  );
  const hashes = rows.map((row) => row.leaf_hash.toString('base64'));
  expect(rows.map((row) => JSON.parse(row.entry.toString()).previousLeaf)).toEqual([
    undefined,
    undefined,
    hashes[0],
    hashes[1],
    hashes[2],
  ]);
});

test('a key is rotated: both sign, the log says so, then the old one retires', async () => {
  const { db } = database;
  const log = await beginLog(db, 'rotation');
  const both = withKeys(log, [1, 2]);
  const next = withKeys(log, [2]);
  const policyOf = (signers: typeof log.signers) =>
    parsePolicy(formatLogPolicy(signers.map(({ vkey }) => vkey)));
  await recordLeaves(db, log, ['a']);
  await sealOnce(db, log, START_US);
  await recordLeaves(db, log, ['b']);
  await sealOnce(db, both, START_US);
  const rotating = (await readCheckpoint(db, log.tenantId))!.note;
  for (const signers of [log.signers, next.signers])
    expect(openCheckpoint(rotating, policyOf(signers)).size).toBe(3);
  await recordLeaves(db, log, ['c']);
  await sealOnce(db, next, START_US);
  const rotated = (await readCheckpoint(db, log.tenantId))!.note;
  expect(openCheckpoint(rotated, policyOf(next.signers)).size).toBe(5);
  expect(() => openCheckpoint(rotated, policyOf(log.signers))).toThrow('no signature by a known key');
  const { entries } = await readWholeLog(db, log);
  const [old, fresh] = both.signers.map(({ vkey }) => vkey);
  const common = { kind: 'key.rotation', origin: log.origin };
  expect([entries[1], entries[3]].map((entry) => JSON.parse(entry!.toString()))).toMatchObject([
    { ...common, vkeys: [old, fresh], added: [fresh], retired: [] },
    { ...common, vkeys: [fresh], added: [], retired: [old] },
  ]);
  await recordLeaves(db, log, ['d']);
  await expect(sealOnce(db, withKeys(log, [3]), START_US)).rejects.toThrow(
    'none of the keys in the key directory belongs to it',
  );
  expect(await countWaiting(db, log)).toBe(1);
});

/** Until some transaction of this database waits for a lock, at most 5 s. */
async function waitUntilBlocked(): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const { rows } = await database.db.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  throw new Error('nobody waits');
}
