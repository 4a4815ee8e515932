import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '#config';
import type { Hash16, RecordHashes } from '#otlp';
import { ProcessLogger } from '#server';
import { addRecordIdKey, RecordIdKeys } from '#store';
import { startIngest } from '../../apps/ingest/src/start-ingest.ts';
import { encodeLogs, type TestLog } from '../support/log-export.ts';
import { encodeSpans } from '../support/export-request.ts';
import { send, startTestIngest, type TestIngest } from '../support/ingest.ts';
import {
  hash16Under,
  plainHash16 as plain,
  readRecordIdKey,
  recordIdKeyFiles,
  recordIdsOf,
} from '../support/record-ids.ts';
import { readStoredSpans } from '../support/stored-spans.ts';

// Ids of log records tell nothing to who has no key; and what is sent again is known again, whatever becomes of the keys.

const HOUR_MS = 3_600_000;
let ingest: TestIngest;
let keyDir: string;
beforeAll(async () => {
  keyDir = newDirectory();
  ingest = await startTestIngest({ OL_KEY_DIR: keyDir });
});
afterAll(() => ingest.stop());
beforeEach(() => ingest.db.query('TRUNCATE spans'));

const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'outcome-ledger-record-ids-'));
const nowMs = Date.now();
const log = (atMs: number, attributes: Record<string, string> = {}): TestLog => ({
  event: 'user_prompt',
  timeNs: BigInt(atMs) * 1_000_000n,
  attributes: { prompt: 'hail on the roof of Ms Canary', ...attributes },
});
const idsBy = (body: Buffer, hash16: Hash16): string[] =>
  recordIdsOf(body, hash16).map(({ traceId, spanId }) => `${traceId}/${spanId}`);
const stored = async (): Promise<string[]> =>
  (await readStoredSpans(ingest.db, ingest.key.tenantId)).map(
    ({ traceId, spanId }) => `${traceId}/${spanId}`,
  );
const sendLogs = (body: Buffer) => send({ url: ingest.url, key: ingest.key }, body, { signal: 'logs' });

/** The rule of a receiver that starts now. */
const hashesOf = (directory: string): Promise<RecordHashes> =>
  Promise.resolve(new RecordIdKeys(ingest.db, directory).hashes());
/** Which of the hashes a rule takes for records of a time. */
function taken(hashes: RecordHashes, atMs: number, named: Record<string, Hash16>): string | undefined {
  const timeNs = BigInt(atMs) * 1_000_000n;
  const bytes = Buffer.from('any');
  const made = hashes(Number(timeNs >> 32n), Number(timeNs & 0xffff_ffffn))(bytes);
  return Object.keys(named).find((name) => named[name]!(bytes).equals(made));
}

test('a receiver that starts makes the key, once, and ids follow from it: nobody without it can make them', async () => {
  const [name, ...more] = recordIdKeyFiles(keyDir);
  expect(more).toEqual([]);
  // Alone, in a conversation, of a prompt: the trace of each is derived, too.
  const body = encodeLogs([
    log(nowMs),
    log(nowMs, { 'session.id': 'Ms Canary' }),
    log(nowMs, { 'prompt.id': 'p-1' }),
  ]);
  expect((await sendLogs(body)).status).toBe(200);
  expect((await sendLogs(body)).status).toBe(200);
  const ids = await stored();
  expect(ids).toEqual(idsBy(body, hash16Under(readRecordIdKey(keyDir, name!))).sort());
  const guessed = idsBy(body, plain).flatMap((id) => id.split('/'));
  expect(ids.flatMap((id) => id.split('/')).filter((id) => guessed.includes(id))).toEqual([]);
});

test('records of before the first key keep the ids that they were received under', async () => {
  const [name] = recordIdKeyFiles(keyDir);
  const key = hash16Under(readRecordIdKey(keyDir, name!));
  expect(taken(await hashesOf(keyDir), nowMs - 1000 * HOUR_MS, { key, plain })).toBe('key');
  // As a version without keys leaves it: log records, and no key.
  await ingest.db.query('DELETE FROM record_id_keys');
  const hashes = await hashesOf(keyDir);
  const rule = [-1000, 0, 0.9, 1.1, 1000].map((hours) =>
    taken(hashes, nowMs + hours * HOUR_MS, { key, plain }),
  );
  expect(rule).toEqual(['plain', 'plain', 'plain', 'key', 'key']);
  expect(recordIdKeyFiles(keyDir)).toEqual([name]);
  await ingest.db.query('UPDATE record_id_keys SET begins_at = NULL');
});

test('without the key log records wait and spans do not; with it back everything goes on', async () => {
  const [name] = recordIdKeyFiles(keyDir);
  const elsewhere = newDirectory();
  const key = hash16Under(readRecordIdKey(keyDir, name!));
  renameSync(join(keyDir, name!), join(elsewhere, name!));
  const alone = await startTestIngestOn(keyDir);
  const body = encodeLogs([log(nowMs)]);
  const span = encodeSpans([
    { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), startedAtNs: BigInt(nowMs) * 1_000_000n },
  ]);
  const to = { url: alone.url, key: ingest.key };
  const refused = await send(to, body, { signal: 'logs' });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(refused.body.toString()).toContain(`the key directory of the receiver lacks ${name}`);
  expect((await send(to, span)).status).toBe(200);
  expect(recordIdKeyFiles(keyDir)).toEqual([]);
  renameSync(join(elsewhere, name!), join(keyDir, name!));
  expect((await send(to, body, { signal: 'logs' })).status).toBe(200);
  await alone.stop();
  expect(await stored()).toEqual([...idsBy(body, key), `${'a'.repeat(32)}/${'b'.repeat(16)}`].sort());
});

test('a new key is for the records from an hour on, and at once where the one in use is lost', async () => {
  const [first] = recordIdKeyFiles(keyDir);
  const added = await addRecordIdKey(ingest.db, keyDir);
  const beginsMs = Date.parse(added.beginsAt);
  expect(Math.abs(beginsMs - Date.now() - HOUR_MS)).toBeLessThan(60_000);
  const named = {
    plain,
    first: hash16Under(readRecordIdKey(keyDir, first!)),
    added: hash16Under(readRecordIdKey(keyDir, added.file)),
  };
  const hashes = await hashesOf(keyDir);
  expect(
    [nowMs, beginsMs - 1, beginsMs, beginsMs + HOUR_MS].map((atMs) => taken(hashes, atMs, named)),
  ).toEqual(['first', 'first', 'added', 'added']);

  const elsewhere = newDirectory();
  await expect(hashesOf(elsewhere)).rejects.toThrow(`lacks ${added.file}`);
  const another = await addRecordIdKey(ingest.db, elsewhere);
  expect(Date.parse(another.beginsAt)).toBe(beginsMs + 1000);
  const instead = await hashesOf(elsewhere);
  const left = { ...named, another: hash16Under(readRecordIdKey(elsewhere, another.file)) };
  expect([nowMs, beginsMs, beginsMs + HOUR_MS].map((atMs) => taken(instead, atMs, left))).toEqual([
    'another',
    'another',
    'another',
  ]);
});

test('a new key before the first receiver leaves no record without one', async () => {
  await ingest.db.query('TRUNCATE record_id_keys, batches');
  const directory = newDirectory();
  const { file, beginsAt } = await addRecordIdKey(ingest.db, directory);
  const first = recordIdKeyFiles(directory).find((name) => name !== file)!;
  const named = { plain, first: keyOf(directory, first), added: keyOf(directory, file) };
  const hashes = await hashesOf(directory);
  expect([0, Date.parse(beginsAt)].map((atMs) => taken(hashes, atMs, named))).toEqual(['first', 'added']);
});
const keyOf = (directory: string, file: string): Hash16 => hash16Under(readRecordIdKey(directory, file));

/** Another receiver on the same database. */
async function startTestIngestOn(directory: string): Promise<{ url: string; stop(): Promise<void> }> {
  const logger = new ProcessLogger({ process: 'ingest', human: false, write: () => {} });
  const config = readConfig({
    DATABASE_URL: ingest.database.connection,
    OL_KEY_DIR: directory,
    OL_OTLP_HTTP_PORT: '0',
    OL_OTLP_GRPC_PORT: '0',
  });
  const running = await startIngest(config, logger);
  return { url: `http://127.0.0.1:${running.httpPort}`, stop: () => running.stop() };
}
