import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDataSource, migrate } from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { describeSchema } from '../support/describe-schema.ts';
import { GROUPS, SETTINGS_WITH_FOREIGN_KEYS } from '../support/table-groups.ts';

// The rules of architecture 8 and docs/adr/002, read from the catalog: what breaks one of them would have to be undone
// before the tables can be spread over several machines.

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const OURS = `c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relkind IN ('r', 'p')
  AND c.relname <> 'schema_migrations'`;

async function names(sql: string): Promise<string[]> {
  const { rows } = await database.db.query<{ name: string }>(
    `SELECT name FROM (${sql}) q ORDER BY name COLLATE "C"`,
  );
  return rows.map((row) => row.name);
}

test('the schema is the one that was reviewed (UPDATE_GOLDEN=1 writes it anew)', async () => {
  const golden = new URL('../golden/schema.sql', import.meta.url);
  const schema = await describeSchema(database.db);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, schema);
  expect(schema).toBe(readFileSync(golden, 'utf8'));
});

test('migrating again, twice at once, does nothing', async () => {
  expect(await Promise.all([migrate(database.connection), migrate(database.connection)])).toEqual([[], []]);
});

test('an empty database is migrated by one of three that start at once', async () => {
  await database.db.query('DROP SCHEMA public CASCADE');
  await database.db.query('CREATE SCHEMA public');
  const applied = await Promise.all([1, 2, 3].map(() => migrate(database.connection)));
  const source = createDataSource(database.connection);
  await source.initialize();
  expect(applied.flat()).toEqual(source.migrations.map((migration) => migration.name));
  await source.destroy();
});

test('every table has its group', async () => {
  expect(await names(`SELECT c.relname::text AS name FROM pg_class c WHERE ${OURS}`)).toEqual(
    Object.keys(GROUPS).sort(),
  );
});

test('every key of a table that is spread contains what it is spread by', async () => {
  const { rows } = await database.db.query<{ table: string; key: string; columns: string[] }>(
    `SELECT c.relname::text AS table, i.indexrelid::regclass::text AS key,
            (SELECT array_agg(a.attname::text) FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum = ANY(i.indkey)) AS columns
       FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
      WHERE ${OURS} AND (i.indisunique OR i.indisexclusion)`,
  );
  const offenders = rows.filter(({ table, columns }) => {
    const group = GROUPS[table];
    return group !== 'local' && group !== 'reference' && !columns.includes(group ?? '');
  });
  expect(offenders).toEqual([]);
});

test('every table of tenants begins its key with the tenant', async () => {
  const rest = await names(
    `SELECT c.relname::text AS name FROM pg_class c
       JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'
       JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
      WHERE ${OURS} AND i.indkey[0] <> t.attnum`,
  );
  expect(rest).toEqual(['access_inbox', 'evidence_inbox', 'fact_inbox']); // queues, in order of arrival
});

test('no trigger, no rule, and foreign keys only among small settings', async () => {
  expect(
    await names(
      `SELECT c.relname::text AS name FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
        WHERE ${OURS}
        UNION ALL SELECT c.relname::text FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE ${OURS}`,
    ),
  ).toEqual([]);
  expect(
    await names(
      `SELECT DISTINCT c.relname::text AS name FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
        WHERE ${OURS} AND k.contype = 'f'`,
    ),
  ).toEqual(SETTINGS_WITH_FOREIGN_KEYS);
});

test('identities are int8, and only in local tables', async () => {
  const { rows } = await database.db.query<{ table: string; type: string }>(
    `SELECT c.relname::text AS table, format_type(a.atttypid, null) AS type
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> '' WHERE ${OURS}`,
  );
  expect(rows.filter(({ table, type }) => GROUPS[table] !== 'local' || type !== 'bigint')).toEqual([]);
});

test('row-level security is enabled, and not forced, wherever there are rows of tenants', async () => {
  expect(
    await names(
      `SELECT c.relname::text AS name FROM pg_class c
        WHERE ${OURS} AND (c.relforcerowsecurity OR NOT c.relrowsecurity)
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')`,
    ),
  ).toEqual([]);
});

test('the role of the API can neither change nor remove a record', async () => {
  const { rows } = await database.db.query(
    `SELECT table_name || ' ' || privilege_type AS grant FROM information_schema.role_table_grants
      WHERE table_schema = 'public' AND grantee = 'outcome_ledger_api' AND privilege_type NOT IN ('SELECT', 'INSERT')
      ORDER BY 1`,
  );
  expect(rows).toEqual([{ grant: 'imports UPDATE' }]);
});
