import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let api: TestApi;
let tenant: TestTenant;
let helpdesk: string;
let analyst: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.db);
  tenant = await makeTenant(database.db, 'acme');
  helpdesk = await tenant.key(['outcomes']);
  analyst = await tenant.key(['analyst']);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const STRUCTURED = 'application/cloudevents+json';
const event = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id,
  source: '/helpdesk',
  type: 'ticket.resolved',
  subject: '8123',
  time: '2026-10-21T14:00:00Z',
  ...more,
});
const send = (body: object, contentType = STRUCTURED, key = helpdesk) =>
  api.call('/v1/outcomes', { key, body, headers: { 'content-type': contentType } });
const count = async (table: string, where = 'true'): Promise<number> => {
  const { rows } = await database.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = ${tenant.tenantId} AND ${where}`,
  );
  return rows[0]!.n;
};

test('an event is stored once with receipt, evidence, fact and alias, and answers the same again', async () => {
  const body = event('e1', {
    data: {
      value: { amount: '149.90', currency: 'USD' },
      'gen_ai.conversation.id': 'conv-1',
      conversationId: 'conv-1',
      sessionId: 'sess-1',
      agent: 'Ann',
    },
    sequence: 7,
    team: 'billing',
  });
  const first = await send(body);
  expect(first.status).toBe(201);
  expect(first.body).toEqual({
    outcomeId: expect.any(String),
    source: '/helpdesk',
    id: 'e1',
    type: 'ticket.resolved',
    workItem: { kind: 'ticket', key: '8123' },
    verb: 'resolved',
    effect: 'achieved',
    setAside: null,
    time: '2026-10-21T14:00:00Z',
    timeAssumed: false,
    sequence: '7',
    value: { amount: '149.9', currency: 'USD' },
    tier: null,
    quality: null,
    data: body['data'],
    extensions: { team: 'billing' },
    receivedAt: expect.any(String),
  });
  const again = await send({ ...body });
  expect([again.status, again.body]).toEqual([200, first.body]);
  const ref = `ticket:${tenant.tenantId}:8123`;
  const { rows: facts } = await database.db.query('SELECT kind, cause, detail FROM fact_inbox');
  expect(facts).toEqual([
    {
      kind: 'outcome.event',
      cause: `outcome.event:${first.body.outcomeId}`,
      detail: {
        ref,
        conversationRefs: [
          `conversation:${tenant.tenantId}:conv-1`,
          `conversation:${tenant.tenantId}:sess-1`,
        ],
      },
    },
  ]);
  expect(await count('work_item_aliases', `work_item_ref = '${ref}'`)).toBe(2);
  expect(await count('outcome_receipts')).toBe(1);
  const { rows: leaves } = await database.db.query<{ body: Buffer }>(
    `SELECT body FROM evidence_inbox WHERE subject_id = '${first.body.outcomeId}'`,
  );
  expect(leaves).toHaveLength(1);
  const leaf = leaves[0]!.body.toString();
  expect(leaf).not.toMatch(/8123|Ann|149|conv-1/);
  expect(JSON.parse(leaf)).toMatchObject({
    kind: 'outcome.event',
    event: first.body.outcomeId,
    definition: 'ticket@0',
  });
  expect(api.woken).toEqual(['work-through-facts']);
});

test('the same id with other content is a 409 that is kept once', async () => {
  await send(event('c1'));
  for (let n = 0; n < 2; n++) {
    const conflict = await send(event('c1', { subject: '9' }));
    expect([conflict.status, conflict.body.errors]).toEqual([
      409,
      [{ field: 'id', message: 'this source sent other content under this id before' }],
    ]);
  }
  expect(await count('set_aside', `kind = 'conflicting'`)).toBe(1);
  expect(await count('outcome_events', `event_id = 'c1'`)).toBe(1);
});

test('the same id of another source is another event', async () => {
  const [a, b] = [await send(event('s1')), await send(event('s1', { source: '/crm' }))];
  expect([a.status, b.status, a.body.outcomeId === b.body.outcomeId]).toEqual([201, 201, false]);
});

test('binary mode: attributes in headers, percent-encoded, data in the body', async () => {
  const answer = await api.call('/v1/outcomes', {
    key: helpdesk,
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'b1',
      'ce-source': '/helpdesk',
      'ce-type': 'claim.processed',
      'ce-subject': 'C%C3%BC-17',
      'ce-sequence': '0009',
    },
    body: { note: 1 },
  });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({
    workItem: { kind: 'claim', key: 'Cü-17' },
    sequence: '0009',
    timeAssumed: true,
    data: { note: 1 },
  });
  expect(answer.body.time).toBe(answer.body.receivedAt);
});

test('a batch gives each event its own result; plain JSON arrays and objects are understood too', async () => {
  const batch = [
    event('m1'),
    event('m1'),
    event('m1', { subject: 'other' }),
    event('m2', { type: 'ticket.escalated' }),
    event('m3', { type: 'shipment.delivered' }),
    { nonsense: true },
  ];
  const answer = await send(batch, 'application/cloudevents-batch+json');
  expect(answer.status).toBe(207);
  expect(answer.body).toMatchObject({ stored: 3, duplicate: 1, refused: 2 });
  expect(
    answer.body.results.map((r: any) => [r.status, r.outcome?.effect, r.outcome?.setAside, r.problem?.field]),
  ).toEqual([
    ['stored', 'achieved', null, undefined],
    ['duplicate', 'achieved', null, undefined],
    ['refused', undefined, undefined, 'id'],
    ['stored', 'set_aside', 'unknown_verb', undefined],
    ['stored', 'set_aside', 'unknown_kind', undefined],
    ['refused', undefined, undefined, 'specversion'],
  ]);
  expect((await send(batch.slice(0, 2), 'application/json')).status).toBe(200);
  expect((await send(event('m4'), 'application/json')).status).toBe(201);
  expect(await count('set_aside', `kind = 'unmatched_outcome'`)).toBe(2);
  expect(await count('fact_inbox', `detail ->> 'ref' LIKE 'shipment:%'`)).toBe(1);
});

test.each<[string, Record<string, unknown>, number, string | undefined]>([
  ['a type without a verb', { type: 'ticket' }, 400, 'type'],
  ['a reserved kind', { type: 'conversation.resolved' }, 400, 'type'],
  ['no subject', { subject: undefined }, 400, 'subject'],
  ['an empty subject', { subject: '  ' }, 400, 'subject'],
  ['another specversion', { specversion: '0.3' }, 400, 'specversion'],
  ['a time without offset', { time: '2026-10-21T14:00:00' }, 400, 'time'],
  ['a day that does not exist', { time: '2026-02-30T14:00:00Z' }, 400, 'time'],
  ['a future time', { time: '2126-01-01T00:00:00Z' }, 400, 'time'],
  [
    'a value that is a float',
    { data: { value: { amount: 1.5, currency: 'USD' } } },
    400,
    'data.value.amount',
  ],
  ['a value without currency', { data: { value: { amount: '1.5' } } }, 400, 'data.value.currency'],
  [
    'a value below a pico',
    { data: { value: { amount: '0.0000000000001', currency: 'USD' } } },
    400,
    'data.value.amount',
  ],
  ['an extension that is an object', { team: { a: 1 } }, 400, 'team'],
  ['an extension with a bad name', { Team: 'a' }, 400, 'Team'],
  ['data that is not JSON', { datacontenttype: 'text/xml', data: '<a/>' }, 400, 'datacontenttype'],
  ['a NUL', { data: { a: ['\0'] } }, 400, 'data.a[0]'],
  ['a lone surrogate', { data: { a: '\ud800' } }, 400, 'data.a'],
  ['a long key', { subject: 'k'.repeat(513) }, 400, 'subject'],
])('%s', async (name, more, status, field) => {
  const answer = await send(event(`bad ${name}`, more));
  expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
  expect(await count('outcome_events', `event_id = 'bad ${name}'`)).toBe(status === 201 ? 1 : 0);
});

test('an integer that a double cannot hold is refused, not changed', async () => {
  const body = JSON.stringify(event('big', { data: { n: 0 } })).replace('"n":0', '"n":9007199254740993');
  const answer = await api.call('/v1/outcomes', {
    key: helpdesk,
    body,
    headers: { 'content-type': STRUCTURED },
  });
  expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'data.n']);
});

test('a key speaks only for its sources and kinds, and only the role outcomes may speak', async () => {
  const bound = await tenant.key(['outcomes', 'spans'], { sources: ['/helpdesk'], kinds: ['ticket'] });
  expect((await send(event('k1'), STRUCTURED, bound)).status).toBe(201);
  expect((await send(event('k2', { source: '/agent' }), STRUCTURED, bound)).status).toBe(403);
  expect((await send(event('k3', { type: 'claim.processed' }), STRUCTURED, bound)).status).toBe(403);
  expect((await send(event('k4'), STRUCTURED, analyst)).status).toBe(403);
  expect((await api.call('/v1/outcomes', { body: event('k5') })).status).toBe(401);
});

test('twenty clients sending the same hundred events at once store each once', async () => {
  const batch = Array.from({ length: 100 }, (_, n) => event(`race-${n}`, { subject: `r${n % 7}` }));
  const orders = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? batch : batch.toReversed()));
  const answers = await Promise.all(orders.map((order) => send(order, 'application/cloudevents-batch+json')));
  expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 200));
  expect(answers.reduce((sum, { body }) => sum + body.stored, 0)).toBe(100);
  expect(await count('outcome_events', `event_id LIKE 'race-%'`)).toBe(100);
});

test('events are listed in pages by filters and read one by one', async () => {
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const next: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await api.call(`/v1/outcomes?kind=ticket&source=/helpdesk&limit=40${next}`, {
      key: analyst,
    });
    expect(page.status).toBe(200);
    seen.push(...page.body.items.map((item: any) => item.id));
    cursor = page.body.next;
  }
  expect(seen.filter((id) => id.startsWith('race-'))).toHaveLength(100);
  expect(new Set(seen).size).toBe(seen.length);
  const one = await api.call('/v1/outcomes?id=e1', { key: analyst });
  expect(await api.call(`/v1/outcomes/${one.body.items[0].outcomeId}`, { key: analyst })).toMatchObject({
    status: 200,
    body: { id: 'e1' },
  });
  expect(
    (await api.call('/v1/outcomes?from=2026-10-22', { key: analyst })).body.items.every(
      (o: any) => o.timeAssumed,
    ),
  ).toBe(true);
  expect((await api.call('/v1/outcomes?from=soon', { key: analyst })).body.errors[0].field).toBe('from');
  expect((await api.call('/v1/outcomes?cursor=x', { key: analyst })).status).toBe(400);
  expect((await api.call('/v1/outcomes/00000000-0000-4000-8000-000000000000', { key: analyst })).status).toBe(
    404,
  );
});
