// Goal: checkpoints get into other hands: witnesses cosign them, recipients keep them; nobody who is down, late or of
// another mind keeps the log from being sealed.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatLogPolicy, openCheckpoint, parsePolicy } from '#evidence';
import { createMetrics } from '#server';
import { readCheckpoint, readCosignatureLines } from '#store';
import { CheckpointPublisher } from '../../apps/worker/src/publish/publish-checkpoints.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import type { Log } from '../../apps/worker/src/seal-log.ts';
import { makeTenant, startTestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { keysOf, recordLeaves, START_US } from '../support/evidence-log.ts';
import { startTestKeeper, startTestWitness, type TestWitness } from '../support/witness.ts';

let database: TestDatabase;
let log: Log;
let witness: TestWitness;
let keeper: Awaited<ReturnType<typeof startTestKeeper>>;
let auditor: string;
const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-kept-'));
const errors: string[] = [];
let nowUs = START_US;

beforeAll(async () => {
  database = await createTestDatabase();
  const acme = await makeTenant(database.db, 'acme');
  auditor = await acme.key(['auditor']);
  log = await keysOf({ tenantId: acme.tenantId, slug: 'acme' });
  witness = await startTestWitness(log.signers.map(({ vkey }) => vkey));
  keeper = await startTestKeeper();
});
afterAll(async () => {
  await Promise.all([witness.close(), keeper.close()]);
  await database.drop();
});

const publisherOf = (url: string): CheckpointPublisher =>
  new CheckpointPublisher({
    db: database.db,
    nowUs: () => nowUs,
    witnesses: [{ name: 'witness.example/w1', vkey: witness.vkey, url }],
    recipients: [
      { name: 'auditor', to: keeper.url },
      { name: 'vault', to: directory },
    ],
    deliverEveryMs: 60_000,
    metrics: createMetrics('test'),
    logger: { error: (message, fields) => void errors.push(`${message} ${String(Object(fields)['error'])}`) },
  });
const grow = async (leaves: number): Promise<number> => {
  await recordLeaves(
    database.db,
    log,
    Array.from({ length: leaves }, (_, n) => `${nowUs} ${n}`),
  );
  return (await sealOnce(database.db, log, nowUs)).signedSize!;
};
const cosigned = (size: number) => readCosignatureLines(database.db, log.tenantId, 'evidence', size);

test('each checkpoint is cosigned once, from where the witness was, and served with its signature', async () => {
  const publisher = publisherOf(witness.url);
  expect(await publisher.run()).toBe(0);
  await grow(3);
  expect(await publisher.run()).toBe(3);
  expect(await publisher.run()).toBe(0);
  nowUs += 61_000_000n;
  const size = await grow(300);
  expect(await publisher.run()).toBe(3);
  expect(witness.answers).toEqual([200, 200]);
  expect(witness.seen.get(log.origin)).toMatchObject({ size });
  const api = await startTestApi(database.db);
  try {
    const { body } = await api.call('/tlog/acme/checkpoint', { key: auditor });
    const policy = parsePolicy(
      formatLogPolicy(log.signers.map(({ vkey }) => vkey)).replace(
        'quorum none\n',
        `witness w1 ${witness.vkey}\nquorum w1\n`,
      ),
    );
    expect(openCheckpoint(body, policy)).toMatchObject({ origin: log.origin, size });
    const { body: deliveries } = await api.call('/tlog/acme/deliveries', { key: auditor });
    expect(deliveries.items.map(({ recipient, size: at }: any) => `${recipient} ${at}`).sort()).toEqual([
      'auditor 3',
      `auditor ${size}`,
      'vault 3',
      `vault ${size}`,
    ]);
  } finally {
    await api.close();
  }
  const { note } = (await readCheckpoint(database.db, log.tenantId))!;
  expect(keeper.kept.at(-1)).toBe(note);
  expect(readdirSync(directory).sort()).toEqual(
    [3, size].map((at) => `ledger.example%2Ft%2Facme.${at}.checkpoint`),
  );
  expect(readFileSync(join(directory, `ledger.example%2Ft%2Facme.${size}.checkpoint`), 'utf8')).toBe(note);
});

test.each<
  [
    string,
    (seen: { size: number; root: Buffer }) => { size: number; root: Buffer },
    number[],
    boolean,
    string,
  ]
>([
  [
    'saw less than we remember',
    ({ root: _root }) => ({ size: 0, root: Buffer.alloc(0) }),
    [409, 200],
    true,
    '',
  ],
  [
    'saw another history',
    ({ size }) => ({ size, root: Buffer.alloc(32) }),
    [422],
    false,
    'contradicts what it saw before: a fork',
  ],
  [
    'saw more than there is',
    () => ({ size: 1_000_000, root: Buffer.alloc(32) }),
    [409],
    false,
    'contradicts what it saw before: a fork',
  ],
])('a witness that %s', async (_, change, answers, isCosigned, error) => {
  const before = witness.seen.get(log.origin)!;
  witness.seen.set(log.origin, change(before));
  witness.answers.length = 0;
  errors.length = 0;
  nowUs += 61_000_000n;
  const size = await grow(5);
  await publisherOf(witness.url).run();
  expect(witness.answers).toEqual(answers);
  expect((await cosigned(size)).length).toBe(isCosigned ? 1 : 0);
  expect(errors.filter((line) => line.includes('witness')).join()).toContain(error);
  if (!isCosigned) witness.seen.set(log.origin, before);
});

test.each([
  ['does not know the log', 404, 'it does not know the log'],
  ['does not know the key', 403, 'it does not know the key of the log'],
  ['signs nothing', 200, 'no signature of it that verifies'],
  ['is broken', 500, 'it answered with status 500'],
])('a witness that %s is rested, and the log is sealed all the same', async (_, status, reason) => {
  const broken = await startTestKeeper();
  broken.status = status;
  errors.length = 0;
  nowUs += 61_000_000n;
  const size = await grow(2);
  const publisher = publisherOf(broken.url);
  await publisher.run();
  await publisher.run();
  expect(errors.filter((line) => line.includes('witness.example')).length).toBe(1);
  expect(errors.join()).toContain(reason);
  expect(await cosigned(size)).toEqual([]);
  await broken.close();
});

test('a recipient that is down gets the newest checkpoint later', async () => {
  keeper.status = 503;
  errors.length = 0;
  nowUs += 61_000_000n;
  await grow(1);
  const publisher = publisherOf(witness.url);
  await publisher.run();
  expect(errors.join()).toContain('did not reach auditor');
  keeper.status = 204;
  const size = await grow(1);
  nowUs += 31_000_000n;
  await publisher.run();
  expect(keeper.kept.at(-1)!.split('\n')[1]).toBe(String(size));
});
