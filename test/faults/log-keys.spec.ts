// Goal: the key of the logs is changed while they are sealed: both keys sign for a while, and the log says so itself.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from '#server';
import { readLog } from '#store';
import { startSealer } from '../../apps/worker/src/seal.ts';
import type { Log } from '../../apps/worker/src/seal-log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { beginLog, recordLeaves } from '../support/evidence-log.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let log: Log;
const keyDir = mkdtempSync(join(tmpdir(), 'outcome-ledger-rotated-'));
beforeAll(async () => {
  database = await createTestDatabase();
  log = await beginLog(database.db, 'acme');
});
afterAll(() => database.drop());

const run = (...args: string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/apps/cli/src/main.js', 'keys', ...args],
    {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: database.connection,
        OL_KEY_DIR: keyDir,
        OL_DATA_DIR: keyDir,
      },
      encoding: 'utf8',
    },
  );
  return { status, said: `${stdout}${stderr}` };
};
const keyIds = (): string[] => readdirSync(keyDir).flatMap((name) => /^log-(.*)\.key$/.exec(name)?.[1] ?? []);
const signing = async (): Promise<number> => (await readLog(database.db, log.tenantId))?.vkeys.length ?? 0;

/** A change of keys is told with the next leaf. */
const sealing = (keys: number) => async (): Promise<boolean> => {
  await recordLeaves(database.db, log, ['another']);
  await sleep(250);
  return (await signing()) === keys;
};

test('rotate, overlap, retire', async () => {
  const sealer = await startSealer({
    db: database.db,
    config: { keyDir, logOrigin: 'ledger.example' },
    logger: { log: () => {}, error: (message) => process.stderr.write(`${message}\n`) },
    metrics: createMetrics('test'),
  });
  try {
    await recordLeaves(database.db, log, ['a']);
    await until('the log is begun', async () => (await signing()) === 1);
    const [old] = keyIds();
    expect(run('retire', old!)).toEqual({
      status: 1,
      said: `outcome-ledger: ${old} is the only key: rotate first\n`,
    });
    const rotated = run('rotate');
    expect(rotated.status).toBe(0);
    const added = keyIds().find((keyId) => keyId !== old)!;
    expect(rotated.said).toContain(`key ${added} signs from the next seal on, beside ${old}`);
    await until('both sign', sealing(2), 20_000);
    expect(run('rotate').said).toContain('a rotation is under way');
    expect(run('retire', old!).said).toContain(`key ${added} is 0 days old: both sign for 30`);
    expect(run('retire', old!, '--now')).toEqual({
      status: 0,
      said: `key ${old} signs no more; the logs say so in a leaf\n`,
    });
    await until('the new one signs alone', sealing(1), 20_000);
    expect(keyIds()).toEqual([added]);
    const { rows } = await database.db.query<{ n: bigint }>(
      `SELECT count(*) AS n FROM leaves WHERE tenant_id = $1 AND kind = 'key.rotation'`,
      [log.tenantId],
    );
    expect(Number(rows[0]!.n)).toBe(2);
  } finally {
    await sealer.stop();
  }
}, 60_000);
