import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTenant,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
  type Database,
  type EmbeddedPostgres,
} from '#store';
import { startIngestProcess, type IngestProcess } from '../support/ingest-process.ts';
import { createKey, type TestKey } from '../support/ingest.ts';
import { SpanSenders } from '../support/span-senders.ts';
import { readStoredSpans, sumBatches } from '../support/stored-spans.ts';

// A server of its own, on shipped settings: the one of the other tests does not wait for the disk.
const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-faults-'));
let server: EmbeddedPostgres;
let db: Database;
let ingest: IngestProcess;
let key: TestKey;

beforeAll(async () => {
  chmodSync(directory, 0o755);
  server = await startServer();
  await migrate(server.connection);
  db = await openDatabase(server.connection, { maxConnections: 4, applicationName: 'test' });
  ingest = await startIngestProcess(server.connection);
}, 60_000);
beforeEach(async () => {
  key = await createKey(db, await createTenant(db, `t-${randomBytes(6).toString('hex')}`), ['spans']);
});
afterAll(async () => {
  await ingest.stop();
  await db.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

function startServer(): Promise<EmbeddedPostgres> {
  const address = server === undefined ? {} : { address: server.address };
  return startEmbeddedPostgres({ directory: join(directory, 'postgresql'), database: 'faults', ...address });
}

const startSenders = () => new SpanSenders({ url: `http://127.0.0.1:${ingest.httpPort}`, key }, 12);
/** Not in step with the commits. */
const aMoment = () => sleep(20 + Math.random() * 200);

/** Invariant 1, over everything that was sent. */
async function expectExactlyOnce(senders: SpanSenders): Promise<void> {
  const stored = await readStoredSpans(db, key.tenantId);
  const ids = stored.map((row) => `${row.traceId}/${row.spanId}`).sort();
  expect(ids).toEqual(senders.acknowledged.toSorted());
  const sum = await sumBatches(db, key.tenantId);
  expect(sum).toEqual({
    ...sum,
    stored: ids.length,
    conflicting: 0,
    rejected: 0,
    received: sum.stored + sum.duplicate,
  });
  const { rows } = await db.query(
    `SELECT (SELECT sum(span_count)::integer FROM traces WHERE tenant_id = $1) AS counted,
            (SELECT count(*)::integer FROM traces LEFT JOIN due_traces USING (tenant_id, trace_id)
              WHERE tenant_id = $1 AND due_at IS NULL) AS never_due,
            (SELECT count(*)::integer FROM batches b LEFT JOIN evidence_inbox e
                 ON e.tenant_id = b.tenant_id AND e.subject_id = b.batch_id::text
              WHERE b.tenant_id = $1 AND e.seq IS NULL) AS without_leaf,
            (SELECT count(*)::integer FROM spans s LEFT JOIN batches b USING (tenant_id, batch_id)
              WHERE s.tenant_id = $1 AND b.batch_id IS NULL) AS without_batch,
            (SELECT count(*)::integer FROM spans s LEFT JOIN resources r USING (tenant_id, resource_id)
              WHERE s.tenant_id = $1 AND r.bytes IS NULL) AS without_resource`,
    [key.tenantId],
  );
  expect(rows).toEqual([
    { counted: ids.length, never_due: 0, without_leaf: 0, without_batch: 0, without_resource: 0 },
  ]);
}

describe('every acknowledged span is stored exactly once', () => {
  test('kill -9 of ingest under load, three times', async () => {
    const senders = startSenders();
    for (let round = 0; round < 3; round += 1) {
      await senders.progress(400);
      await aMoment();
      await ingest.kill();
      ingest = await startIngestProcess(server.connection, ingest.httpPort);
    }
    await senders.progress(400);
    await senders.stop();
    expect(senders.repeated).toBeGreaterThan(0);
    await expectExactlyOnce(senders);
  }, 120_000);

  test('kill -9 of PostgreSQL under load, three times: ingest stays up and recovers by itself', async () => {
    const senders = startSenders();
    for (let round = 0; round < 3; round += 1) {
      await senders.progress(400);
      await aMoment();
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      server = await startServer();
    }
    await senders.progress(400);
    await senders.stop();
    expect(senders.repeated).toBeGreaterThan(0);
    await expectExactlyOnce(senders);
  }, 120_000);

  test('a stop and start of PostgreSQL in between', async () => {
    const senders = startSenders();
    await senders.progress(400);
    await server.stop();
    await aMoment();
    server = await startServer();
    await senders.progress(400);
    await senders.stop();
    await expectExactlyOnce(senders);
  }, 120_000);

  test('SIGTERM under load: what was accepted is answered, and the exit code is 0', async () => {
    const senders = startSenders();
    await senders.progress(400);
    expect(await ingest.stop()).toBe(0);
    ingest = await startIngestProcess(server.connection, ingest.httpPort);
    await senders.progress(200);
    await senders.stop();
    await expectExactlyOnce(senders);
  }, 120_000);
});
