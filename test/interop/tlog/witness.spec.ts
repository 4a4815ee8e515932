// Goal: a witness that others wrote cosigns our checkpoints, is asked again from where it was, and refuses a fork.
// Method: the real sealer and publisher against the tlog-witness handler of github.com/transparency-dev/witness.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  formatAddCheckpoint,
  formatCheckpoint,
  formatLogPolicy,
  makeSigner,
  openCheckpoint,
  parsePolicy,
  proveConsistency,
  signNote,
} from '#evidence';
import { createMetrics } from '#server';
import { nodeReader, readCheckpoint, readCosignatureLines } from '#store';
import { COSIGNATURE } from '../../../libs/evidence/src/note-key.ts';
import { CheckpointPublisher } from '../../../apps/worker/src/publish/publish-checkpoints.ts';
import type { Log } from '../../../apps/worker/src/seal-log.ts';
import { sealOnce } from '../../../apps/worker/src/seal-once.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { beginLog, recordLeaves, START_US } from '../../support/evidence-log.ts';
import { buildOutsideWitness, startOutsideWitness, type OutsideWitness } from './outside-witness.ts';

const NAME = 'witness.example/outside';
const SEED = Buffer.alloc(32, 77);
const { vkey } = makeSigner(NAME, SEED, COSIGNATURE);
const binary = buildOutsideWitness();

let database: TestDatabase;
let log: Log;
let witness: OutsideWitness;
let nowUs = START_US;
const errors: string[] = [];

beforeAll(async () => {
  if (binary === null) return;
  database = await createTestDatabase();
  log = await beginLog(database.db, 'acme');
  witness = await startOutsideWitness(binary, NAME, SEED);
});
afterAll(async () => {
  witness?.stop();
  await database?.drop();
});

/** Seals leaves, and has the newest checkpoint cosigned. @returns its size */
async function grow(leaves: number): Promise<number> {
  const subjects = Array.from({ length: leaves }, (_, n) => `${nowUs} ${n}`);
  for (let at = 0; at < leaves; at += 5_000)
    await recordLeaves(database.db, log, subjects.slice(at, at + 5_000));
  for (let sealed = true; sealed;) sealed = (await sealOnce(database.db, log, nowUs)).isFull;
  nowUs += 61_000_000n;
  errors.length = 0;
  await new CheckpointPublisher({
    db: database.db,
    nowUs: () => nowUs,
    witnesses: [{ name: NAME, vkey, url: witness.url }],
    recipients: [],
    deliverEveryMs: 60_000,
    metrics: createMetrics('test'),
    logger: { error: (message, fields) => void errors.push(`${message} ${String(Object(fields)['error'])}`) },
  }).run();
  return (await readCheckpoint(database.db, log.tenantId))!.size;
}

const cosignatures = (size: number) => readCosignatureLines(database.db, log.tenantId, 'evidence', size);

async function expectCosigned(size: number): Promise<void> {
  const lines = await cosignatures(size);
  const { note } = (await readCheckpoint(database.db, log.tenantId, size))!;
  const policy = parsePolicy(
    formatLogPolicy(log.signers.map((signer) => signer.vkey)).replace(
      'quorum none\n',
      `witness w1 ${vkey}\nquorum w1\n`,
    ),
  );
  expect({ lines: lines.length, errors }).toEqual({ lines: 1, errors: [] });
  expect(openCheckpoint(`${note}${lines.join('')}`, policy)).toMatchObject({ origin: log.origin, size });
  expect(() => openCheckpoint(note, policy)).toThrow('w1');
}

(binary === null ? describe.skip : describe)('a witness of others', () => {
  test('a log that it does not know is refused by name', async () => {
    const size = await grow(1);
    expect(errors.join()).toContain('it does not know the log');
    expect(await cosignatures(size)).toEqual([]);
    await witness.learn(log.signers[0]!.vkey);
  });

  test('checkpoints of every kind of size are cosigned, each from the one before', async () => {
    for (const leaves of [1, 1, 252, 1, 1, 65_278, 1, 1, 3]) await expectCosigned(await grow(leaves));
  });

  test('one that lost its memory, or whose memory we lost, is asked from where it is', async () => {
    const lost = await startOutsideWitness(binary!, NAME, SEED);
    try {
      await lost.learn(log.signers[0]!.vkey);
      const known = witness;
      witness = lost;
      await expectCosigned(await grow(7));
      witness = known;
      await database.db.query('DELETE FROM cosignatures WHERE tenant_id = $1', [log.tenantId]);
      await expectCosigned(await grow(7));
    } finally {
      lost.stop();
    }
  });

  test('a fork that the key itself signed is refused as one', async () => {
    const size = await grow(5);
    await expectCosigned(size);
    const ask = async (to: number, root: Buffer, hashes: readonly Buffer[]): Promise<number> => {
      const note = signNote(formatCheckpoint({ origin: log.origin, size: to, root }), log.signers);
      const body = formatAddCheckpoint(size, hashes, note);
      return (await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body })).status;
    };
    expect(await ask(size, Buffer.alloc(32, 3), [])).toBe(422);
    const hashes = await proveConsistency(nodeReader(database.db, log.tenantId, 'evidence'), size - 3, size);
    expect(await ask(size + 9, Buffer.alloc(32, 3), hashes)).toBe(422);
    await expectCosigned(await grow(1));
  });
});
