import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createDataSource, createTenant, ensureSpanPartitions, migrate } from '#store';
import { migrations } from '../../migrations/index.ts';
import { SpanReader } from '../../apps/worker/src/read-spans.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { encodeSpan } from '../support/export-request.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.query('DROP SCHEMA public CASCADE');
  await database.db.query('CREATE SCHEMA public');
});
afterAll(() => database.drop());

/** The migrations of the first release. */
const FIRST_RELEASE = ['InitialSchema20261121000000', 'EvidenceLog20261121100000'];
const TRACE = 'ab'.repeat(16);
const DAY = 20_779;

test('a database of the first release with spans in it is upgraded, and its spans are read as they were', async () => {
  const first = new DataSource({
    ...createDataSource(database.connection).options,
    migrations: migrations.filter(({ name }) => FIRST_RELEASE.includes(name)),
  });
  await first.initialize();
  expect((await first.runMigrations({ transaction: 'each' })).map(({ name }) => name)).toEqual(FIRST_RELEASE);
  await first.destroy();

  const { db } = database;
  const tenantId = await createTenant(db, 'old');
  await ensureSpanPartitions(db, [DAY]);
  const startedAtNs = BigInt(DAY) * 86_400_000_000_000n;
  const bytes = encodeSpan({ traceId: TRACE, spanId: '1'.padStart(16, '0'), startedAtNs, name: 'of old' });
  const empty = Buffer.from([0x0a, 0]);
  const id = '00000000-0000-8000-8000-000000000001';
  for (const table of ['resource', 'scope'])
    await db.query(`INSERT INTO ${table}s (tenant_id, ${table}_id, bytes) VALUES ($1, $2, $3)`, [
      tenantId,
      id,
      empty,
    ]);
  await db.query(
    `INSERT INTO spans (tenant_id, trace_id, span_id, started_at, ended_at, resource_id, scope_id, batch_id, position,
                        name, bytes)
     VALUES ($1, $2, 1, to_timestamp($3), to_timestamp($3), $4, $4, $4, 0, 'of old', $5)`,
    [tenantId, TRACE, DAY * 86_400, id, bytes],
  );
  await db.query(
    `INSERT INTO traces (tenant_id, trace_id, first_started_at, last_ended_at, span_count, root_ended,
                         first_received_at, last_received_at)
     VALUES ($1, $2, to_timestamp($3), to_timestamp($3), 1, true, now(), now())`,
    [tenantId, TRACE, DAY * 86_400],
  );

  expect((await migrate(database.connection)).toSorted()).toEqual(
    migrations
      .map(({ name }) => name)
      .filter((name) => !FIRST_RELEASE.includes(name))
      .toSorted(),
  );
  const read = (await new SpanReader().read(db, tenantId, [TRACE])).get(TRACE);
  expect(read).toMatchObject([
    { log: null, span: { traceId: TRACE, name: 'of old', startedAtNs }, stored: { isLog: false, bytes } },
  ]);
});
