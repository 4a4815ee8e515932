import { readCheckpoint, readGuard, writeGuard } from '#store';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, LogHalted } from '../../apps/worker/src/seal-log.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { beginLog, recordLeaves, START_US } from '../support/evidence-log.ts';

const TABLES = ['leaves', 'tree_nodes', 'log_heads', 'checkpoints', 'evidence_inbox'];

let database: TestDatabase;
let log: Log;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
/** A log of 300 signed leaves; the dump of it is older than its guard, which signed 600. */
beforeEach(async () => {
  const { db } = database;
  count++;
  log = await beginLog(db, `guard-${count}`);
  await recordLeaves(db, log, numbers(0, 300));
  await sealOnce(db, log, START_US);
  for (const table of TABLES) await db.query(`CREATE TABLE dump_${count}_${table} AS TABLE ${table}`);
  await recordLeaves(db, log, numbers(300, 600));
  await sealOnce(db, log, START_US);
});
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => String(from + i));

async function restoreOlderDump(): Promise<void> {
  for (const table of TABLES) {
    await database.db.query(`TRUNCATE ${table}`);
    await database.db.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE TABLE dump_${count}_${table}`);
  }
}

async function expectHalt(reason: string): Promise<void> {
  const guard = await readGuard(log.keyDir, log.origin);
  const newest = await readCheckpoint(database.db, log.tenantId);
  const halted = await sealOnce(database.db, log, START_US).catch((error: unknown) => error);
  expect(halted).toEqual(new LogHalted(log, reason));
  expect(await readGuard(log.keyDir, log.origin)).toBe(guard);
  expect(await readCheckpoint(database.db, log.tenantId)).toEqual(newest);
}

test('an older dump is refused at once', async () => {
  await restoreOlderDump();
  await expectHalt('its guard signed 600 leaves and the database holds 300; was an older dump restored?');
});

test('an older dump that has grown past the guard with other leaves is refused', async () => {
  await restoreOlderDump();
  await recordLeaves(database.db, log, numbers(1_000, 1_400));
  await expectHalt('its first 600 leaves are not those of its guard');
});

test('a dump that is as new as the guard goes on', async () => {
  await recordLeaves(database.db, log, ['next']);
  expect(await sealOnce(database.db, log, START_US)).toEqual({ sealed: 1, isFull: false, signedSize: 601 });
});

test('a guard that was deleted is refused', async () => {
  await rm(join(log.keyDir, `${encodeURIComponent(log.origin)}.guard`));
  await recordLeaves(database.db, log, ['next']);
  await expectHalt('checkpoint 600 was signed, but its guard is missing');
});

test('a guard that was changed is refused', async () => {
  const guard = (await readGuard(log.keyDir, log.origin))!;
  await writeGuard(log.keyDir, log.origin, guard.replace('\n600\n', '\n300\n'));
  await expectHalt(`its guard cannot be read: the signature of ${log.origin} does not fit the text`);
});

test.each([
  ['a leaf hash', `UPDATE leaves SET leaf_hash = sha256(leaf_hash) WHERE tenant_id = $1 AND idx = 599`],
  ['a tile root', `UPDATE tree_nodes SET hash = sha256(hash) WHERE tenant_id = $1 AND idx = 1`],
])('%s that was changed in the database is refused', async (_what, change) => {
  await database.db.query(change, [log.tenantId]);
  await expectHalt('its first 600 leaves are not those of its head');
});

test('a leaf that was deleted is refused', async () => {
  await database.db.query('DELETE FROM leaves WHERE tenant_id = $1 AND idx = 590', [log.tenantId]);
  await expectHalt('level 0 should hold hashes 576 to 591, found 15');
});

test('a checkpoint of the database that the guard does not know is refused too', async () => {
  await database.db.query(`UPDATE checkpoints SET root = sha256(root) WHERE tenant_id = $1 AND size = 600`, [
    log.tenantId,
  ]);
  await expectHalt('its first 600 leaves are not those of its newest checkpoint');
});
