import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asTenant, inTransaction } from '#store';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { seedCharge, seedItem, uuidOf } from '../support/seed-spend.ts';
import { startTestService, type TestService } from '../support/service.ts';

// Two tenants with the same keys, ids and traces; what belongs to the other one carries the word "theirs".
let service: TestService;
let ours: TestTenant;
let theirs: TestTenant;
let ourAdmin: string;
const theirIds = { outcome: '', key: '', import: '00000000-0000-4000-8000-00000000cafe' };

async function fill(
  tenant: TestTenant,
  mark: string,
  usd: string,
): Promise<{ outcome: string; key: string }> {
  const { db } = service.database;
  const key = await tenant.key(['admin']);
  const post = async (path: string, body: object) => (await service.api.call(path, { key, body })).body;
  await seedItem(db, tenant.tenantId, {
    key: 'A',
    phase: 'achieved',
    attempts: [
      {
        placement: 'outcome',
        parts: [{ trace: `${mark} t`, startedAt: '2026-10-09T00:00:00Z', usd, workflow: mark }],
      },
    ],
  });
  await seedItem(db, tenant.tenantId, { key: `only ${mark}`, phase: 'achieved' });
  await seedCharge(db, tenant.tenantId, {
    traceId: uuidOf(`${mark} u`),
    account: '5000:unattributed',
    usd: '1',
    at: '2026-10-09T00:00:00Z',
  });
  await db.query(
    `INSERT INTO set_aside (tenant_id, id, kind, reason, subject, detail, since)
     VALUES ($1, $2, 'unpriced', $3, $3, '{"provider":"p","model":"m","calls":1}', clock_timestamp())`,
    [tenant.tenantId, uuidOf('same id'), mark],
  );
  await post('/v1/definitions', { name: mark, rule: { outcomeType: mark, verbs: { done: 'achieved' } } });
  await post('/v1/policies', { name: 'dimensions', rule: { attributes: [mark] } });
  await post('/v1/key-mappings', { name: mark, rule: { attribute: mark, kind: 'ticket' } });
  await post('/v1/baselines', {
    name: mark,
    rule: {
      outcomeType: mark,
      method: 'other',
      costPerOutcome: { amount: '1', currency: 'USD' },
      source: mark,
    },
  });
  await post('/v1/principals', { name: mark });
  const rows = [{ provider: 'openai', model: mark, prices: { out_text: '1' } }];
  await post('/v1/price-books', { book: mark, source: mark, format: 'rows', rows });
  const event = {
    specversion: '1.0',
    id: 'e',
    source: '/s',
    type: 'ticket.resolved',
    subject: 'A',
    data: { mark },
  };
  const outcome = await post('/v1/outcomes', event);
  const made = await post('/v1/keys', { principal: mark, roles: ['analyst'] });
  await service.api.call(`/v1/imports?import_id=${theirIds.import}`, {
    key,
    headers: { 'content-type': 'application/x-ndjson' },
    body: JSON.stringify({ ...event, id: mark }),
  });
  return { outcome: outcome.outcomeId, key: made.keyId };
}

beforeAll(async () => {
  service = await startTestService();
  ours = await makeTenant(service.database.db, 'ours');
  theirs = await makeTenant(service.database.db, 'theirs');
  Object.assign(theirIds, await fill(theirs, 'theirs', '77'));
  await fill(ours, 'ours', '5');
  ourAdmin = await ours.key(['admin']);
}, 120_000);
afterAll(() => service.stop());

test.each([
  '/v1/outcomes',
  '/v1/outcomes?source=/s&id=e',
  `/v1/imports/${theirIds.import}`,
  '/v1/work-items',
  '/v1/work-items/ticket/A',
  '/v1/work-items/ticket/A/cost',
  '/v1/work-items/ticket/A/trail',
  '/v1/reports/cost-per-outcome?group_by=workflow',
  '/v1/reports/cost-per-outcome?view=cohort',
  '/v1/reports/cost-per-outcome?view=period&group_by=call_model,workflow',
  '/v1/ledger/accounts',
  '/v1/ledger/transactions',
  '/v1/ledger/trial-balance',
  '/v1/set-aside?kind=unpriced',
  '/v1/set-aside?kind=unmatched_outcome',
  '/v1/definitions',
  '/v1/policies',
  '/v1/key-mappings',
  '/v1/baselines',
  '/v1/price-books',
  '/v1/price-books/ours/versions/1',
  '/v1/principals',
  '/v1/keys',
])('%s shows nothing of the other tenant', async (path) => {
  const { status, body } = await service.api.call(path, { key: ourAdmin });
  expect(status).toBe(200);
  const text = JSON.stringify(body);
  expect(text).not.toContain('theirs');
  expect(text).not.toMatch(/"-?77"/);
  expect(text.length).toBeGreaterThan(60);
});

test.each<[string, string]>([
  ['GET', '/v1/work-items/ticket/only theirs'],
  ['GET', '/v1/work-items/ticket/only theirs/cost'],
  ['GET', '/v1/price-books/theirs/versions/1'],
])('%s %s is not found by the other tenant', async (method, path) => {
  expect((await service.api.call(encodeURI(path), { key: ourAdmin, method })).status).toBe(404);
});

test('ids of the other tenant lead nowhere, for reading and for revoking', async () => {
  expect((await service.api.call(`/v1/outcomes/${theirIds.outcome}`, { key: ourAdmin })).status).toBe(404);
  expect(
    (await service.api.call(`/v1/keys/${theirIds.key}`, { key: ourAdmin, method: 'DELETE' })).status,
  ).toBe(404);
});

test('the same source and id of two tenants are two events', async () => {
  const { rows } = await service.database.db.query<{ n: bigint }>(
    `SELECT count(*) AS n FROM outcome_receipts WHERE source = '/s' AND event_id = 'e'`,
  );
  expect(rows).toEqual([{ n: 2n }]);
});

const TENANT_TABLES = `
SELECT c.relname AS name FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`;

test('the role of the API sees no row of any table without a tenant, and only its own with one', async () => {
  const { db } = service.database;
  const { rows: tables } = await db.query<{ name: string }>(TENANT_TABLES);
  expect(tables.length).toBeGreaterThan(25);
  const shipped = new Set(['price_books', 'prices']);
  for (const { name } of tables) {
    const count = `SELECT count(*)::int AS n FROM ${name} WHERE tenant_id <> 0`;
    const without = await inTransaction(db, async (client) => {
      await client.query('SET LOCAL ROLE outcome_ledger_api');
      return (await client.query<{ n: number }>(count)).rows[0]!.n;
    }).catch((error: unknown) => String(error));
    // Either no row exists for the role, or it may not read the table at all.
    expect([name, without === 0 || String(without).includes('permission denied')]).toEqual([name, true]);
    if (String(without).includes('permission denied')) continue;
    const within = await asTenant(db, ours.tenantId, async (client) => {
      const foreign = `SELECT count(*)::int AS n FROM ${name} WHERE tenant_id <> ${ours.tenantId}${shipped.has(name) ? ' AND tenant_id <> 0' : ''}`;
      return (await client.query<{ n: number }>(foreign)).rows[0]!.n;
    });
    expect([name, within]).toEqual([name, 0]);
  }
});

test('the role of the API can neither write for another tenant nor change or remove what is recorded', async () => {
  const { db } = service.database;
  const attempt = (sql: string) =>
    asTenant(db, ours.tenantId, (client) => client.query(sql)).then(
      () => 'done',
      (error: unknown) => String(error),
    );
  const { tenantId } = theirs;
  expect(await attempt(`INSERT INTO principals VALUES (${tenantId}, gen_random_uuid(), 'x')`)).toMatch(
    /row-level security/,
  );
  for (const sql of [
    `UPDATE outcome_events SET verb = 'x'`,
    `DELETE FROM outcome_events`,
    `UPDATE ledger_entries SET amount = 1`,
    `INSERT INTO ledger_entries SELECT * FROM ledger_entries`,
    `DELETE FROM set_aside`,
    `UPDATE definitions SET version = 9`,
    `TRUNCATE positions`,
    `UPDATE api_keys SET roles = '{admin}'`,
  ])
    expect([sql, await attempt(sql)]).toEqual([sql, expect.stringContaining('permission denied')]);
});
