// Goal: what a change of a rule or price would move is told in money before it is made, to the pico; asking leaves no
// trace and is in nobody's way; and what restates the past is recorded only with a second principal's approval.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SpanReader } from '../../apps/worker/src/read-spans.ts';
import { workPreviews } from '../../apps/worker/src/work-previews.ts';
import { ClaimsOffice } from '../support/claims-office.ts';
import {
  ask,
  books,
  day,
  decide,
  difference,
  dividePools,
  everything,
  officeOfHiddenKeys,
  officeWithHistory,
  POOLS_TWICE,
  previewed,
  rowsOf,
  smallOffice,
} from '../support/office-with-history.ts';
import { CHANGES, definition } from '../support/preview-changes.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let office: ClaimsOffice;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  office = await officeWithHistory(service);
});
afterAll(() => service.stop());

const OPTIONS = { pageSize: 3, leaseMs: 60_000, traceSpans: 100_000 };
const fail = (_: unknown, error: unknown): never => {
  throw error;
};
const work = (isStopping?: () => boolean): Promise<number> =>
  workPreviews({ ...service.parts, onPreviewFailure: fail }, OPTIONS, isStopping);

// One office for all of them: each change is asked about on top of those before it.
test.each(CHANGES)('%s: what the preview says is what recording it posts', async (_, kind, path, bodyOf) => {
  const body = await bodyOf(office);
  const stood = await everything(office);
  const previewId = await ask(office, kind, body);
  expect(await work()).toBeGreaterThan(0);
  expect(await everything(office)).toEqual(stood);
  expect((await office.ask(`/v1/previews/${previewId}`)).body).toMatchObject({
    state: 'done',
    kind,
    tracesFailed: 0,
    isNothing: false,
    failure: null,
    otherwise: [],
    decision: null,
  });
  const before = await books(office);
  await office.post(`${path}?previewId=${previewId}`, body);
  await office.settle();
  if (body === POOLS_TWICE) await dividePools(office);
  const moved = difference(before, await books(office));
  expect(Object.keys(moved).length).toBeGreaterThan(0);
  expect(await previewed(office, previewId)).toEqual(moved);
  await dividePools(office);
});

test('exchange rates: what the bills in another currency would move, one bill a page', async () => {
  const its = await ClaimsOffice.begin(service, 'prov,m,,,3,10,1,USD');
  for (const month of ['08', '09', '10'])
    await its.call({
      id: month,
      claims: ['W'],
      at: `2025-${month}-03T09:00:00Z`,
      input: 10_000,
      output: 1000,
    });
  await its.settle();
  for (const month of ['08', '09'])
    await its.ask(
      `/v1/invoices?provider=prov&period=2025-${month}&format=total&number=INV-${month}&total=0.0368&currency=EUR&charged_in=USD&rate=0.92`,
      { method: 'POST' },
    );
  await its.settle();
  const told = (rate: string, day: string) => ({ base: 'USD', quote: 'EUR', rate, day, source: 'ecb' });
  const body = { rates: [told('0.8', '2025-08-31'), told('0.5', '2025-09-30')] };
  const stood = await everything(its);
  const previewId = await ask(its, 'fx_rates', body);
  expect(await work()).toBe(2);
  expect(await everything(its)).toEqual(stood);
  const before = await books(its);
  expect(
    (await its.ask(`/v1/fx-rates?previewId=${previewId}`, { body: { rates: [told('0.9', '2025-08-31')] } }))
      .status,
  ).toBe(409);
  await its.post(`/v1/fx-rates?previewId=${previewId}`, body);
  await its.settle();
  const moved = difference(before, await books(its));
  expect(moved).toMatchObject({ 'USD/12 5900:variance:prov:fx 2025-08': '6000000000' });
  expect(await previewed(its, previewId)).toEqual(moved);
  // The same again is nothing.
  const again = await ask(its, 'fx_rates', body);
  await work();
  expect((await its.ask(`/v1/previews/${again}`)).body).toMatchObject({ state: 'done', isNothing: true });
});

test('what a preview says: sums by every side, counts, and the largest moves with trace and step', async () => {
  const its = await smallOffice(service);
  const csv = 'provider,model,input_per_million,output_per_million\nprov,m,3,2\nprov,other,1,1\n';
  const query = 'book=pb&source=contract';
  const headers = { 'content-type': 'text/csv' };
  const asked = await service.api.call(`/v1/previews?${query}`, { key: its.key, body: csv, headers });
  expect([asked.status, asked.body]).toMatchObject([
    202,
    { kind: 'price_book', state: 'open', body: { book: 'pb', rowCount: 2 }, tracesKnown: 1, tracesDone: 0 },
  ]);
  await work();
  const month = day(3, '09:00:00').slice(0, 7);
  const { previewId } = asked.body;
  const { body } = await its.ask(`/v1/previews/${previewId}`);
  const usd = (amount: string, more: object) => ({ currency: 'USD', amount, ...more });
  expect(body).toMatchObject({
    state: 'done',
    tracesDone: 1,
    tracesFailed: 0,
    charges: [usd('2', {})],
    moved: { charges: 1, traces: 1, items: 1 },
    byCode: [usd('2', { code: 'C400' })],
    byPeriod: [usd('2', { period: month })],
    byAccount: [usd('2', { account: '5100:work' })],
    byAccountClass: [
      usd('-2', { number: '2000', name: 'accrued:{provider}:{month}' }),
      usd('2', { number: '5100', name: 'work' }),
    ],
    byUsageMonth: [usd('2', { month })],
    byWorkflow: [usd('2', { workflow: 'claims' })],
    otherwise: [],
    largest: [
      usd('2', {
        account: '5100:work',
        traceId: its.traceId('a'),
        spanId: its.spanId('a'),
        workItem: { kind: 'claim', key: 'C1' },
      }),
    ],
  });
  // The same list, written as rows, is the same change; another one is not.
  const record = (text: string) =>
    service.api.call(`/v1/price-books?${query}&previewId=${previewId}`, {
      key: its.key,
      body: text,
      headers,
    });
  expect(await record(csv.replace('prov,m,3', 'prov,m,4'))).toMatchObject({
    status: 409,
    body: { detail: 'the preview was of another change' },
  });
  expect((await record(csv)).status).toBe(201);
  await its.settle();
  expect(await its.cost()).toMatchObject({ '5100:work C1': '3' });
});

test('what restates the past is recorded once a second principal approved its preview, and its leaf says so', async () => {
  const its = await smallOffice(service);
  const approver = await its.tenant.key(['approver']);
  const change = { name: 'placement', validFrom: null, mode: 'retrospective', rule: { retry: 'carry' } };
  const record = (previewId?: string, body: object = change) =>
    its.ask(`/v1/policies${previewId === undefined ? '' : `?previewId=${previewId}`}`, { body });
  const refused = async (answer: Promise<{ status: number; body: { detail: string } }>) => {
    const { status, body } = await answer;
    return [status, body.detail];
  };
  expect(await refused(record())).toEqual([
    409,
    'restates what is posted: it needs a preview (POST /v1/previews) that another principal approved; name it',
  ]);
  const previewId = await ask(its, 'policy', change);
  expect(await refused(record(previewId))).toEqual([409, 'the preview is not done yet']);
  expect(await refused(decide(its, previewId, 'approved', approver))).toEqual([409, 'it is not done yet']);
  await work();
  expect(await refused(record(previewId))).toEqual([409, 'nobody has approved the preview yet']);
  expect(await refused(decide(its, previewId, 'approved'))).toEqual([
    403,
    'who asked for a preview does not decide about it',
  ]);
  expect((await decide(its, previewId, 'approved', approver)).status).toBe(201);
  expect(await refused(decide(its, previewId, 'declined', approver))).toEqual([409, 'was decided before']);
  expect(await refused(record(previewId, { ...change, rule: { retry: 'waste' } }))).toEqual([
    409,
    'the preview was of another change',
  ]);
  expect((await record(previewId)).status).toBe(201);
  expect((await record(previewId)).status).toBe(200);
  const preview = (await its.ask(`/v1/previews/${previewId}`)).body;
  const { rows } = await service.database.db.query<{ kind: string; body: Buffer }>(
    `SELECT kind, body FROM evidence_inbox WHERE tenant_id = $1 AND subject_id IN ('placement@1', $2) ORDER BY seq`,
    [its.tenant.tenantId, previewId],
  );
  const leaves = rows.map(({ kind, body }) => [kind, JSON.parse(body.toString())]);
  const who = { requestedBy: preview.requestedBy, digest: preview.digest, preview: previewId };
  expect(leaves).toMatchObject([
    ['preview', { ...who, decision: 'approved', decidedBy: preview.decidedBy, of: 'policy', charges: [] }],
    ['policy', { mode: 'retrospective', preview: { ...who, approvedBy: preview.decidedBy } }],
  ]);
  expect(preview.decidedBy).not.toBe(preview.requestedBy);
  // Declined is declined, and what followed another version is another question.
  const other = { ...change, rule: { retry: 'waste' } };
  const [declined, late] = [await ask(its, 'policy', other), await ask(its, 'policy', other)];
  await work();
  await decide(its, declined, 'declined', approver);
  await decide(its, late, 'approved', approver);
  expect(await refused(record(declined, other))).toEqual([409, 'the change was declined']);
  await its.post('/v1/policies', { name: 'placement', rule: { reopened: 'carry' } });
  expect(await refused(record(late, other))).toEqual([
    409,
    'what it is based on is not what it was when the preview was asked for: ask for another one',
  ]);
});

test('a tenant whose policy demands it approves every rule and price that begins before now', async () => {
  const its = await smallOffice(service);
  const approver = await its.tenant.key(['approver']);
  await its.post('/v1/policies', {
    name: 'approvals',
    mode: 'prospective',
    rule: { rules: 'approved', prices: 'approved' },
  });
  const tomorrow = day(-1, '00:00:00');
  const row = rowsOf('9').rows[0]!;
  const statusOf = async (path: string, body: object) => (await its.ask(path, { body })).status;
  const loose = { name: 'approvals', rule: { rules: 'recorded' } };
  const mapping = { name: 'mine', rule: { attribute: 'my.claim', kind: 'claim' } };
  expect({
    price: await statusOf('/v1/price-books', rowsOf('9')),
    laterPrice: await statusOf('/v1/price-books', {
      ...rowsOf('9'),
      rows: [{ ...row, validFrom: tomorrow }],
    }),
    alias: await statusOf('/v1/model-aliases', {
      aliases: [{ name: 'x', provider: 'prov', means: { model: 'm' } }],
    }),
    mapping: await statusOf('/v1/key-mappings', mapping),
    laterMapping: await statusOf('/v1/key-mappings', { ...mapping, validFrom: tomorrow }),
    loose: await statusOf('/v1/policies', loose),
  }).toEqual({ price: 409, laterPrice: 201, alias: 409, mapping: 409, laterMapping: 201, loose: 409 });
  const previewId = await ask(its, 'price_book', rowsOf('9'));
  await work();
  expect((await its.ask(`/v1/price-books?previewId=${previewId}`, { body: rowsOf('9') })).status).toBe(409);
  await decide(its, previewId, 'approved', approver);
  expect((await its.ask(`/v1/price-books?previewId=${previewId}`, { body: rowsOf('9') })).status).toBe(201);
  await its.settle();
  // Reading spans again restates, too; what it was approved by stands in the leaf that opens it.
  const again = { from: null, to: tomorrow.slice(0, 10), reason: 'a newer version' };
  const asked = await ask(its, 'renormalisation', again);
  await work();
  const renormalise = (id: string, body: object = again) => its.ask(`/v1/renormalisations${id}`, { body });
  const approved = `?previewId=${asked}`;
  expect([(await renormalise('')).status, (await renormalise(approved)).status]).toEqual([409, 409]);
  await decide(its, asked, 'approved', approver);
  expect((await renormalise(approved, { reason: again.reason })).status).toBe(409);
  const { status, body } = await renormalise(approved);
  await its.settle();
  expect([status, (await its.ask(`/v1/causes/${encodeURIComponent(body.causeId)}`)).body.state]).toEqual([
    202,
    'done',
  ]);
  const { rows } = await service.database.db.query<{ body: Buffer }>(
    `SELECT body FROM evidence_inbox WHERE tenant_id = $1 AND kind = 'cause.open' AND subject_id = $2`,
    [its.tenant.tenantId, body.causeId],
  );
  const shown = (await its.ask(`/v1/previews/${asked}`)).body;
  expect(JSON.parse(rows[0]!.body.toString()).asked).toEqual({
    ...again,
    engine: 'test',
    principal: shown.requestedBy,
    preview: {
      preview: asked,
      digest: shown.digest,
      requestedBy: shown.requestedBy,
      approvedBy: shown.decidedBy,
    },
  });
});

test.each<[string, object, number, string]>([
  ['no kind there is', { kind: 'baseline', body: {} }, 400, 'kind'],
  [
    'a body that is refused there',
    { kind: 'policy', body: { name: 'placement', rule: { retry: 'no' } } },
    400,
    'body',
  ],
  ['more than the body', { kind: 'policy', body: { name: 'placement', rule: {} }, more: 1 }, 400, 'more'],
  [
    'a book that has an endpoint of its own',
    { kind: 'price_book', body: { ...rowsOf('1'), book: 'model-aliases' } },
    400,
    'book',
  ],
  [
    'an item that nobody knows',
    {
      kind: 'link',
      body: { action: 'link', workItem: { kind: 'claim', key: '?' }, traceId: '0'.repeat(32), reason: 'x' },
    },
    404,
    'workItem.key',
  ],
  [
    'a past that is said to be the future',
    {
      kind: 'definition',
      body: { name: 'claim', mode: 'prospective', validFrom: null, rule: definition({ paid: 'achieved' }) },
    },
    422,
    'validFrom',
  ],
  [
    'a past without a beginning',
    {
      kind: 'definition',
      body: { name: 'claim', mode: 'retrospective', rule: definition({ paid: 'achieved' }) },
    },
    422,
    'validFrom',
  ],
])('refused: %s', async (_, body, status, field) => {
  const answer = await office.ask('/v1/previews', { body });
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body.errors ?? answer.body.detail)).toContain(field);
});

/** Works previews, and does something whenever a page that posts reads spans: it holds its traces and items then. */
function workWith(its: ClaimsOffice, inPage: () => Promise<void>): Promise<number> {
  const { spans } = service.parts;
  const read: typeof spans.read = async (...asked) => {
    const { rows } = await service.database.db.query<{ cursor: string }>(
      `SELECT cursor FROM causes WHERE tenant_id = $1 AND mode = 'preview' AND done_at IS NULL`,
      [its.tenant.tenantId],
    );
    if (rows[0]!.cursor.startsWith('work ')) await inPage();
    return spans.read(...asked);
  };
  const parts = {
    ...service.parts,
    spans: Object.assign(new SpanReader(), { read }),
    onPreviewFailure: fail,
  };
  return workPreviews(parts, OPTIONS);
}

test('whoever sends, tells and records does not wait for a page that is being worked', async () => {
  const [its, mapping] = await officeOfHiddenKeys(service);
  const previewId = await ask(its, 'key_mapping', mapping);
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  let told = 0;
  const late = async (): Promise<void> => {
    // The page gives way to what changed its traces, and is made again: once is enough.
    if (told === 1) return;
    told += 1;
    const startNs = BigInt(Date.parse(day(3, '20:00:00'))) * 1_000_000n;
    const spans = ['a', 'n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6'].map((id, n) => ({
      traceId: its.traceId(id),
      spanId: `00000000000${told}000${n}`,
      name: 'chat',
      kind: 3,
      startTimeUnixNano: startNs.toString(),
      endTimeUnixNano: (startNs + 1n).toString(),
      attributes: [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.provider.name', 'prov'),
        text('gen_ai.request.model', 'm'),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '1000000' } },
        { key: 'gen_ai.usage.output_tokens', value: { intValue: '0' } },
      ],
      status: {},
    }));
    const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${its.key}` },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'late' }, spans }] }] }),
      signal: AbortSignal.timeout(20_000),
    });
    expect(answer.status).toBe(200);
    await its.tell('processed', 'C1', day(1, `0${told}:00:00`));
    await its.price(`other${told}`, 'prov,m,,,1,2,1,USD');
  };
  await workWith(its, late);
  expect(told).toBe(1);
  // What came meanwhile is not the rule's doing; it is all there.
  expect((await its.ask(`/v1/previews/${previewId}`)).body).toMatchObject({
    state: 'done',
    charges: [{ currency: 'USD', amount: '0' }],
  });
  await its.settle();
  const { rows } = await service.database.db.query(
    `SELECT sum(amount)::text AS charged FROM ledger_entries WHERE tenant_id = $1 AND account LIKE '2000:%'`,
    [its.tenant.tenantId],
  );
  expect(rows).toEqual([{ charged: `-${1_000_000_000_000 + 7_021_000_000 + told * 8_000_000_000_000}` }]);
});

test('a preview whose connection is killed in a page goes on from the page before, to the same sums', async () => {
  const [its, mapping] = await officeOfHiddenKeys(service);
  const previewId = await ask(its, 'key_mapping', mapping);
  const stood = await everything(office);
  const killed = workWith(its, async () => {
    await service.database.db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()`,
    );
  });
  await expect(killed).rejects.toThrow('the database cannot be reached');
  const open = (await its.ask(`/v1/previews/${previewId}`)).body;
  expect(open).toMatchObject({ state: 'open', doneAt: null });
  await service.database.db.query('UPDATE causes SET leased_until = NULL');
  let asked = 0;
  await work(() => (asked += 1) > 5);
  expect(await work()).toBeGreaterThan(0);
  expect(await everything(office)).toEqual(stood);
  const before = await books(its);
  await its.post(`/v1/key-mappings?previewId=${previewId}`, mapping);
  await its.settle();
  const moved = difference(before, await books(its));
  expect(Object.keys(moved).length).toBeGreaterThan(2);
  expect(await previewed(its, previewId)).toEqual(moved);
});

test('a preview is over after a week: it is refused, and forgotten unless somebody decided about it', async () => {
  const its = await smallOffice(service);
  const approver = await its.tenant.key(['approver']);
  const [kept, gone] = [await ask(its, 'price_book', rowsOf('2')), await ask(its, 'price_book', rowsOf('3'))];
  await work();
  await decide(its, kept, 'approved', approver);
  await service.database.db.query(`UPDATE causes SET expires_at = opened_at WHERE tenant_id = $1`, [
    its.tenant.tenantId,
  ]);
  expect(await its.ask(`/v1/price-books?previewId=${gone}`, { body: rowsOf('3') })).toMatchObject({
    status: 409,
    body: { detail: 'the preview is over: ask for another one' },
  });
  await work();
  const states = [];
  for (const id of [kept, gone]) {
    const { status, body } = await its.ask(`/v1/previews/${id}`);
    states.push([status, body.state, body.decision]);
  }
  expect(states).toEqual([
    [200, 'expired', 'approved'],
    [404, undefined, undefined],
  ]);
  expect((await its.ask('/v1/previews')).body.items).toMatchObject([{ previewId: kept }]);
});
