import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { leavesWaiting } from '../support/leaves-waiting.ts';

let database: TestDatabase;
let api: TestApi;
let tenant: TestTenant;
let admin: string;
let analyst: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.db);
  tenant = await makeTenant(database.db, 'acme');
  admin = await tenant.key(['admin']);
  analyst = await tenant.key(['analyst']);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const post = (path: string, body: object, key = admin) => api.call(path, { key, body });
const definition = {
  outcomeType: 'ticket.solved',
  verbs: { solved: 'achieved' },
  waitingWindowMs: 604_800_000,
};

test('the shipped rules are version 0', async () => {
  const { body } = await api.call('/v1/definitions', { key: analyst });
  expect(body.items.map((item: any) => [item.name, item.version, item.rule.outcomeType])).toEqual([
    ['ticket', 0, 'ticket.resolved'],
    ['claim', 0, 'claim.processed'],
    ['order', 0, 'order.completed'],
    ['case', 0, 'case.resolved'],
    ['invoice', 0, 'invoice.paid'],
    ['contract', 0, 'contract.completed'],
  ]);
  expect((await api.call('/v1/key-mappings', { key: analyst })).body.items).toHaveLength(8);
});

test('a definition is a dated version with evidence and a fact; the same again makes none', async () => {
  const first = await post('/v1/definitions', { name: 'ticket', rule: definition });
  expect(first).toMatchObject({ status: 201, body: { name: 'ticket', version: 1, rule: definition } });
  expect(Date.parse(first.body.validFrom)).toBeGreaterThan(Date.now() - 60_000);
  expect(await post('/v1/definitions', { name: 'ticket', rule: definition })).toMatchObject({
    status: 200,
    body: first.body,
  });
  const second = await post('/v1/definitions', {
    name: 'ticket',
    validFrom: '2026-01-01',
    rule: { ...definition, waitingWindowMs: 0 },
  });
  expect(second.body).toMatchObject({ version: 2, validFrom: '2026-01-01T00:00:00Z' });
  const { rows } = await database.db.query(
    `SELECT kind, cause, detail FROM fact_inbox WHERE kind = 'definition' ORDER BY id`,
  );
  expect(rows).toEqual(
    [1, 2].map((version) => ({
      kind: 'definition',
      cause: `definition:ticket@${version}`,
      detail: { name: 'ticket', version },
    })),
  );
  const leaves = await database.db.query<{ body: Buffer }>(
    `SELECT body FROM evidence_inbox WHERE kind = 'definition' ORDER BY seq`,
  );
  expect(leaves.rows.map((row) => JSON.parse(row.body.toString()).version)).toEqual([1, 2]);
});

test('a kind that a tenant defines is a kind of work item from then on', async () => {
  await post('/v1/definitions', {
    name: 'shipment',
    rule: { outcomeType: 'shipment.delivered', verbs: { delivered: 'achieved' } },
  });
  const event = { specversion: '1.0', id: '1', source: '/s', type: 'shipment.delivered', subject: 'S1' };
  const answer = await post('/v1/outcomes', event, await tenant.key(['outcomes']));
  expect(answer.body).toMatchObject({ effect: 'achieved', setAside: null });
});

test.each<[string, object, string]>([
  ['/v1/definitions', { name: 'response', rule: definition }, 'name'],
  ['/v1/definitions', { name: 'a b', rule: definition }, 'name'],
  ['/v1/definitions', { name: 'x', rule: { ...definition, verbs: { lost: 'failed' } } }, 'rule.verbs'],
  ['/v1/definitions', { name: 'x', rule: { ...definition, verbs: { done: 'won' } } }, 'rule.verbs.done'],
  ['/v1/definitions', { name: 'x', validFrom: 'soon', rule: definition }, 'validFrom'],
  ['/v1/definitions', { name: 'x', rule: { ...definition, more: 1 } }, 'rule'],
  ['/v1/policies', { name: 'other', rule: {} }, 'name'],
  ['/v1/policies', { name: 'dimensions', rule: { attributes: ['a', 'a'] } }, 'rule.attributes'],
  [
    '/v1/policies',
    {
      name: 'overhead',
      rule: { pools: [{ pool: 'p', match: { source: 'x', attribute: 'a', equals: 'b' } }] },
    },
    'rule.pools[0].match.source',
  ],
  ['/v1/key-mappings', { name: 'm', rule: { attribute: 'a', kind: 'ticket', kindAttribute: 'k' } }, 'rule'],
  [
    '/v1/baselines',
    {
      name: 'bpo',
      rule: {
        outcomeType: 't',
        method: 'bpo_contract',
        costPerOutcome: { amount: 4.2, currency: 'USD' },
        source: 's',
      },
    },
    'rule.costPerOutcome.amount',
  ],
  [
    '/v1/price-books',
    {
      book: 'b',
      source: 's',
      format: 'rows',
      rows: [{ provider: 'openai', model: 'm', prices: { out_text: '1.5' } }],
    },
    'rows[0].prices.out_text',
  ],
  [
    '/v1/price-books',
    {
      book: 'b',
      source: 's',
      format: 'rows',
      rows: [{ provider: 'openai', model: 'm', prices: { tokens: '1' } }],
    },
    'rows[0].prices',
  ],
  ['/v1/keys', { principal: 'p', roles: ['king'] }, 'roles[0]'],
])('%s %j names %s', async (path, body, field) => {
  const answer = await post(path, body);
  expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
});

test('policies, key mappings and baselines are stored and listed', async () => {
  const bodies = {
    policies: {
      name: 'overhead',
      rule: {
        pools: [
          { pool: 'simulator', match: { source: 'resource', attribute: 'service.name', equals: 'sim' } },
        ],
      },
    },
    'key-mappings': {
      name: 'salesforce',
      rule: { attribute: 'sf.case', kind: 'case', kindAttribute: null, tier: 'E1' },
    },
    baselines: {
      name: 'bpo',
      rule: {
        outcomeType: 'ticket.solved',
        method: 'bpo_contract',
        costPerOutcome: { amount: '4.20', currency: 'EUR' },
        minutesPerOutcome: null,
        source: 'contract 12',
      },
    },
  };
  for (const [path, body] of Object.entries(bodies)) {
    expect(await post(`/v1/${path}`, body)).toMatchObject({
      status: 201,
      body: { ...body, version: 1, validFrom: null },
    });
    expect((await post(`/v1/${path}`, body, analyst)).status).toBe(403);
    const { items } = (await api.call(`/v1/${path}`, { key: analyst })).body;
    expect(items.at(-1)).toMatchObject({ name: body.name, version: 1, rule: body.rule });
  }
});

test('a price book grows by versions of rows; LiteLLM maps are taken with what they refuse', async () => {
  const rows = [
    { provider: 'openai', model: 'gpt-x', prices: { in_uncached: '1000000', out_text: '2000000' } },
  ];
  const body = { book: 'contract', source: 'signed in May', format: 'rows', rows };
  expect(await post('/v1/price-books', body)).toMatchObject({
    status: 201,
    body: {
      version: { book: 'contract', version: 1, isShipped: false, rowCount: 1 },
      refused: [],
      snapped: [],
    },
  });
  expect(await post('/v1/price-books', body)).toMatchObject({ status: 200, body: { version: null } });
  const map = {
    'gpt-y': {
      litellm_provider: 'openai',
      mode: 'chat',
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
    },
    broken: { mode: 'chat' },
  };
  const taken = await post('/v1/price-books', {
    book: 'contract',
    source: 'map',
    format: 'litellm',
    data: map,
  });
  expect(taken).toMatchObject({
    status: 201,
    body: { version: { version: 2, rowCount: 1 }, refused: [{ model: 'broken' }] },
  });
  const version = await api.call('/v1/price-books/contract/versions/2', { key: analyst });
  expect(version.body).toMatchObject({ book: 'contract', version: 2, next: null });
  expect(version.body.rows).toMatchObject([
    { model: 'gpt-y', prices: { in_uncached: '1000000', out_text: '2000000' } },
  ]);
  expect((await api.call('/v1/price-books/contract/versions/9', { key: analyst })).status).toBe(404);
  expect((await api.call('/v1/price-books', { key: analyst })).body.items).toHaveLength(2);
});

test('a key is shown once, works, is listed without its secret, and ends when it is revoked', async () => {
  const made = await post('/v1/keys', {
    principal: 'Helpdesk',
    roles: ['outcomes'],
    sources: ['/helpdesk'],
    kinds: ['ticket'],
  });
  expect(made).toMatchObject({
    status: 201,
    body: { roles: ['outcomes'], sources: ['/helpdesk'], principal: { name: 'Helpdesk' } },
  });
  const { secret, keyId } = made.body;
  const event = { specversion: '1.0', id: 'k', source: '/helpdesk', type: 'ticket.solved', subject: '1' };
  expect((await post('/v1/outcomes', event, secret)).status).toBe(201);
  const listed = (await api.call('/v1/keys', { key: admin })).body.items.find(
    (key: any) => key.keyId === keyId,
  );
  expect(listed).toMatchObject({ keyId, revokedAt: null });
  expect(JSON.stringify(listed)).not.toContain(secret);
  expect((await api.call('/v1/keys', { key: analyst })).status).toBe(403);
  expect((await api.call(`/v1/keys/${keyId}`, { key: admin, method: 'DELETE' })).status).toBe(204);
  const second = await startTestApi(database.db);
  try {
    expect((await second.call('/v1/outcomes', { key: secret, body: event })).status).toBe(401);
  } finally {
    await second.close();
  }
  expect(await leavesWaiting(database.db, tenant.tenantId, ['key'])).toMatchObject([
    { apiKey: keyId, state: 'made', roles: ['outcomes'], sources: ['/helpdesk'], kinds: ['ticket'] },
    { apiKey: keyId, state: 'revoked', by: expect.any(String) },
  ]);
  expect((await post('/v1/principals', { name: 'Helpdesk' })).status).toBe(409);
  const named = await post('/v1/principals', { name: 'Auditor' });
  expect(named.status).toBe(201);
  expect((await leavesWaiting(database.db, tenant.tenantId, ['key'])).at(-1)).toMatchObject({
    principal: named.body.principalId,
    state: 'named',
    by: expect.any(String),
  });
  const own = (await api.call('/v1/keys', { key: admin })).body.items.find((key: any) =>
    key.roles.includes('admin'),
  );
  expect((await api.call(`/v1/keys/${own.keyId}`, { key: admin, method: 'DELETE' })).status).toBe(409);
});
