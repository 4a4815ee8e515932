import { formatLogPolicy, openCheckpoint, parsePolicy } from '#evidence';
import { createSigningKey, createTenant, inTransaction, readCheckpoint, readLog } from '#store';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { startSealer } from '../../apps/worker/src/seal.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordLeaves } from '../support/evidence-log.ts';

let database: TestDatabase;
let keyDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  keyDir = join(await mkdtemp(join(tmpdir(), 'outcome-ledger-keys-')), 'keys');
});
afterAll(() => database.drop());

function optionsOf(logOrigin: string | null) {
  const lines: string[] = [];
  const write = (message: string): void => {
    lines.push(message);
  };
  return {
    db: database.db,
    config: { keyDir, logOrigin },
    logger: { log: write, error: write },
    metrics: new Registry(),
    lines,
  };
}

test('the life of a sealer: first start, two of them at work, restart, another origin, a lost key', async () => {
  const { db } = database;
  const acme = await createTenant(db, 'acme');
  const other = await createTenant(db, 'other');
  const log = (tenantId: bigint) => ({ tenantId, slug: '', keyDir, origin: '', signers: [] });
  // Two start first at once, and still there is one key.
  const options = [optionsOf('ledger.example'), optionsOf('ledger.example')] as const;
  const sealers = await Promise.all(options.map(startSealer));
  const keyFiles = (await readdir(keyDir)).filter((name) => name.endsWith('.key'));
  expect(keyFiles).toEqual([expect.stringMatching(/^log-[0-9a-f]{8}\.key$/)]);
  expect((await stat(join(keyDir, keyFiles[0]!))).mode & 0o777).toBe(0o600);

  for (let i = 0; i < 30; i++) {
    await recordLeaves(db, log(acme), [`a${i}`, `b${i}`]);
    if (i % 10 === 0) await recordLeaves(db, log(other), [`o${i}`]);
  }
  await signedUpTo(acme, 60);
  await signedUpTo(other, 3);
  const { origin, vkeys } = (await readLog(db, acme))!;
  expect(origin).toBe('ledger.example/t/acme');
  const { note } = (await readCheckpoint(db, acme))!;
  expect(openCheckpoint(note, parsePolicy(formatLogPolicy(vkeys))).size).toBe(60);
  const sizes = await Promise.all(options.map(async ({ metrics }) => metrics.metrics()));
  expect(sizes.join('')).toContain('outcome_ledger_log_signed_leaves{tenant="acme"} 60');
  await Promise.all(sealers.map((sealer) => sealer.stop()));

  await expect(startSealer(optionsOf('elsewhere.example'))).rejects.toThrow(
    'the logs of this database are named ledger.example for ever; elsewhere.example would begin other logs',
  );
  await expect(
    startSealer({ ...optionsOf(null), config: { keyDir: `${keyDir}-lost`, logOrigin: null } }),
  ).rejects.toThrow('the log of acme was begun with a signing key that');

  // A second key file begins a rotation, without a new origin.
  await createSigningKey(keyDir, 'ledger.example');
  const restarted = await startSealer(optionsOf(null));
  await recordLeaves(db, log(acme), ['last']);
  await signedUpTo(acme, 62);
  expect((await readLog(db, acme))!.vkeys.length).toBe(2);
  await restarted.stop();
});

test('a halted log is reported once, shows in the metrics, and does not hold up the others', async () => {
  const { db } = database;
  const halted = await createTenant(db, 'halted');
  const fine = await createTenant(db, 'fine');
  const log = (tenantId: bigint) => ({ tenantId, slug: '', keyDir, origin: '', signers: [] });
  const first = await startSealer(optionsOf(null));
  await recordLeaves(db, log(halted), ['a', 'b']);
  await signedUpTo(halted, 2);
  await first.stop();
  await rm(join(keyDir, `${encodeURIComponent('ledger.example/t/halted')}.guard`));

  const options = optionsOf(null);
  const second = await startSealer(options);
  await recordLeaves(db, log(halted), ['c']);
  await recordLeaves(db, log(fine), ['a']);
  await signedUpTo(fine, 1);
  await recordLeaves(db, log(fine), ['b']);
  await signedUpTo(fine, 2);
  await second.stop();
  expect((await readCheckpoint(db, halted))!.size).toBe(2);
  expect(await options.metrics.metrics()).toContain('outcome_ledger_log_halted{tenant="halted"} 1');
  expect(options.lines.filter((line) => line.includes('halted'))).toEqual([
    'the log ledger.example/t/halted is halted: checkpoint 2 was signed, but its guard is missing',
  ]);
  // What could not be sealed waits: nothing is lost.
  const { rows } = await inTransaction(db, (client) =>
    client.query('SELECT subject_id FROM evidence_inbox WHERE tenant_id = $1', [halted]),
  );
  expect(rows).toEqual([{ subject_id: 'c' }]);
});

/** Until the newest checkpoint has this size, at most 15 s. */
async function signedUpTo(tenantId: bigint, size: number): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if ((await readCheckpoint(database.db, tenantId))?.size === size) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error(`no checkpoint of size ${size}`);
}
