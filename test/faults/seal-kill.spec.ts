import { nodeReader, readCheckpoint, readGuard } from '#store';
import { readRoot } from '#evidence';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Log, SEAL_POINTS, type SealPoint } from '../../apps/worker/src/seal-log.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { beginLog, countWaiting, readWholeLog, recordLeaves, START_US } from '../support/evidence-log.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

// Goal: no fork and no loss after kill -9. Method: a real process kills itself at a point of sealing; what it left
// is looked at, and a second sealer goes on. The log grows over a tile's end while this goes on.
test.each(SEAL_POINTS)('killed at "%s"', async (point) => {
  const { db } = database;
  const log = await beginLog(db, point.replaceAll(' ', '-'));
  const first = Array.from({ length: 250 }, (_, i) => `first ${i}`);
  const second = Array.from({ length: 20 }, (_, i) => `second ${i}`);
  const third = ['third'];
  await recordLeaves(db, log, first);
  await sealOnce(db, log, START_US);
  await recordLeaves(db, log, second);
  await sealAndDie(log, point);

  // Every leaf is in exactly one place, and nothing is signed that is not in the log.
  const left = await readWholeLog(db, log);
  expect(left.subjects.length + (await countWaiting(db, log))).toBe(270);
  const published = (await readCheckpoint(db, log.tenantId))!;
  const guardSize = Number((await readGuard(log.keyDir, log.origin))!.split('\n')[1]);
  expect(published.size).toBeLessThanOrEqual(guardSize);
  expect(guardSize).toBeLessThanOrEqual(left.entries.length);
  expect(await readRoot(nodeReader(db, log.tenantId), published.size)).toEqual(published.root);

  await recordLeaves(db, log, third);
  expect((await sealOnce(db, log, START_US + 1n)).signedSize).toBe(271);
  const whole = await readWholeLog(db, log);
  expect(whole.subjects).toEqual([...first, ...second, ...third]);
  const newest = (await readCheckpoint(db, log.tenantId))!;
  expect(newest.root).toEqual(whole.root);
  expect(await readGuard(log.keyDir, log.origin)).toBe(newest.note);
});

/** Runs the built sealer; `npm test` builds first. */
async function sealAndDie(log: Log, point: SealPoint): Promise<void> {
  const { signers: _, tenantId, ...rest } = log;
  const argument = {
    connection: database.connection,
    log: { ...rest, tenantId: String(tenantId) },
    seed: 1,
    nowUs: String(START_US),
    point,
  };
  const child = spawn(process.execPath, ['test/support/seal-and-die.mjs', JSON.stringify(argument)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = await once(child, 'exit');
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
}
