// Goal: a rule over a long history is worked through page by page, goes on after a crash from the last page, says what
// it moved, and no figure is told while it is half done.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { claimCause, inTransaction, makeTracesDue } from '#store';
import { workCauses } from '../../apps/worker/src/work-causes.ts';
import { workThroughFacts } from '../../apps/worker/src/work-through-facts.ts';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

const OPTIONS = { pageSize: 4, leaseMs: 60_000, traceSpans: 100_000 };

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const fail = (_: unknown, error: unknown): never => {
  throw error;
};
const openFacts = (): Promise<number> => workThroughFacts({ ...service.parts, onFailure: fail }, 100);
const work = (pages = Infinity): Promise<number> => {
  let left = pages;
  const parts = { ...service.parts, onCauseFailure: fail };
  return workCauses(parts, OPTIONS, () => left-- <= 0);
};
const noLease = () => service.database.db.query('UPDATE causes SET leased_until = NULL');

/** A desk with `count` tickets of one call each, a third of them resolved, priced at 3. */
async function deskWith(count: number): Promise<Desk> {
  const desk = await Desk.begin(service, 'causes');
  await desk.price('3');
  for (let n = 0; n < count; n += 1)
    await desk.send({
      id: `${desk.tenant.tenantId} ${n}`,
      ticket: `T${n}`,
      workflow: n % 2 === 0 ? 'even' : 'odd',
      at: `2026-${n % 2 === 0 ? '09' : '10'}-05T10:00:00Z`,
      inputTokens: 1000 + n,
    });
  for (let n = 0; n < count; n += 3)
    await desk.tell({ id: `${n}`, ticket: `T${n}`, verb: 'resolved', at: '2026-10-06T10:00:00Z' });
  await desk.settle();
  return desk;
}

test('a price over a history is worked in pages, through a crash, and its sum is what the books moved', async () => {
  const desk = await deskWith(11);
  const before = await desk.settle();
  const report = '/v1/reports/cost-per-outcome?group_by=workflow';
  const told = await desk.text(`${report}&size=${before}`);
  await desk.price('5');
  expect(await openFacts()).toBe(1);

  // The first worker dies after its second page: it holds the lease, and the cursor is that of the first page.
  await work(3);
  await noLease();
  expect((await claimCause(service.database.db, 60_000))?.tracesDone).toBe(8);
  expect(await work()).toBe(0);
  const [open] = (await desk.call('/v1/causes?state=open')).body.items;
  expect(open).toMatchObject({
    causeId: 'price.book:tenant:desk@2',
    kind: 'price.book',
    tracesDone: 8,
    doneAt: null,
  });

  const half = await desk.seal();
  expect((await desk.call(`${report}&size=${half}`)).body).toMatchObject({
    status: 422,
    detail: `a rule was half worked through at this size; the settled size before it is ${open.openedIndex ?? before + 1}`,
  });

  // Other facts go on meanwhile.
  await desk.tell({ id: 'meanwhile', ticket: 'T1', verb: 'resolved', at: '2026-10-07T10:00:00Z' });
  await noLease();
  const settled = await desk.settle();

  const { body } = await desk.call('/v1/causes/price.book:tenant:desk@2');
  const tokens = (odd: boolean): number =>
    Array.from({ length: 11 }, (_, n) => n)
      .filter((n) => (n % 2 === 1) === odd)
      .reduce((sum, n) => sum + 1000 + n, 0);
  const moved = (count: number): string => (count * 0.000002).toFixed(6).replace(/0+$/, '');
  expect(body).toMatchObject({
    state: 'done',
    tracesDone: 11,
    tracesFailed: 0,
    error: null,
    charges: [{ currency: 'USD', amount: moved(tokens(true) + tokens(false)) }],
    byCode: [{ code: 'C400', currency: 'USD', amount: moved(tokens(true) + tokens(false)) }],
    byPeriod: [
      { period: '2026-09', currency: 'USD', amount: moved(tokens(false)) },
      { period: '2026-10', currency: 'USD', amount: moved(tokens(true)) },
    ],
  });
  expect(new Set(body.byWorkflow.map(({ workflow, amount }: any) => `${workflow} ${amount}`))).toEqual(
    new Set([`even ${moved(tokens(false))}`, `odd ${moved(tokens(true))}`]),
  );
  const { rows } = await service.database.db.query(
    `SELECT sum(amount)::text AS moved FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
      WHERE e.tenant_id = $1 AND t.cause = 'price.book:tenant:desk@2' AND account LIKE '5%'`,
    [desk.tenant.tenantId],
  );
  expect(rows).toEqual([{ moved: String((tokens(true) + tokens(false)) * 2_000_000) }]);

  // Sizes between the two leaves are refused; the one before the first leaf is what was told then.
  expect(await desk.text(`${report}&size=${before}`)).toBe(told);
  const last = JSON.parse(await desk.text(`${report}&size=${body.openedIndex}`));
  expect(last.rows).toEqual(JSON.parse(told).rows);
  for (const size of [body.openedIndex + 1, body.doneIndex])
    expect((await desk.call(`${report}&size=${size}`)).status).toBe(422);
  expect((await desk.call(`${report}&size=${body.doneIndex + 1}`)).status).toBe(200);
  const total = JSON.parse(await desk.text(report)).total.costUsd;
  expect(JSON.parse(await desk.text(`${report}&size=${settled}`)).total.costUsd).toBe(total);
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});

test('two workers at one cause post everything once', async () => {
  const desk = await deskWith(9);
  await desk.price('7');
  await openFacts();
  // The lease of the first runs out at once, so the second takes the same pages.
  const parts = { ...service.parts, onCauseFailure: fail };
  await Promise.all([1, 2].map(() => workCauses(parts, { ...OPTIONS, leaseMs: 0 })));
  await noLease();
  await desk.settle();
  const { body } = await desk.call('/v1/causes/price.book:tenant:desk@2');
  const tokens = Array.from({ length: 9 }, (_, n) => 1000 + n).reduce((sum, each) => sum + each);
  expect(body).toMatchObject({
    state: 'done',
    tracesDone: 9,
    charges: [{ amount: `${(tokens * 4) / 1_000_000}` }],
  });
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});

test('a definition is worked through items with and without spend', async () => {
  const desk = await deskWith(7);
  await desk.tell({ id: 'alone', ticket: 'T99', verb: 'resolved', at: '2026-10-06T10:00:00Z' });
  await desk.settle();
  const total = async () => {
    const { body } = await desk.call('/v1/reports/cost-per-outcome?outcome_type=ticket.resolved');
    return [body.total.workItems, body.total.outcomes, body.total.pending.items];
  };
  expect(await total()).toEqual([4, 4, 4]);
  await desk.post('/v1/definitions', {
    name: 'ticket',
    validFrom: null,
    rule: { outcomeType: 'ticket.resolved', verbs: { resolved: 'failed', closed: 'achieved' } },
  });
  await desk.settle();
  expect(await total()).toEqual([4, 0, 4]);
  expect((await desk.call('/v1/causes/definition:ticket@1')).body).toMatchObject({
    state: 'done',
    charges: [{ currency: 'USD', amount: '0' }],
    tracesDone: 7,
  });
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});

test('there is no cause of another id, and pages of causes follow each other', async () => {
  const desk = await deskWith(1);
  await desk.price('7');
  await desk.settle();
  expect((await desk.call('/v1/causes/nothing')).status).toBe(404);
  const first = (await desk.call('/v1/causes?limit=1')).body;
  const second = (await desk.call(`/v1/causes?limit=1&cursor=${first.next}`)).body;
  expect([...first.items, ...second.items].map(({ causeId, state }) => [causeId, state])).toEqual([
    ['price.book:tenant:desk@2', 'done'],
    ['price.book:tenant:desk@1', 'done'],
  ]);
  expect(second.next).toBeNull();
});

test('spans are read again only when that is asked for; what it moves is its own cause and code', async () => {
  const desk = await deskWith(3);
  const { tenantId } = desk.tenant;
  // As an engine that had counted less would have left it: September's steps, and what was posted for them.
  await service.database.db.query(
    `UPDATE steps SET record = regexp_replace(record, '"in_uncached":"?100([02])"?', '"in_uncached":"1"')
      WHERE tenant_id = $1`,
    [tenantId],
  );
  const { rows } = await service.database.db.query<{ trace_id: string }>(
    'SELECT trace_id FROM traces WHERE tenant_id = $1',
    [tenantId],
  );
  const traces = rows.map((row) => row.trace_id.replaceAll('-', ''));
  await inTransaction(service.database.db, (client) =>
    makeTracesDue(
      client,
      tenantId,
      traces.map((traceId) => ({ traceId, cause: 'price.book:list@1', renormalise: false })),
    ),
  );
  await desk.settle();
  const cost = async () => (await desk.call('/v1/reports/cost-per-outcome?view=period')).body.total.costUsd;
  expect(await cost()).toBe('0.003009');

  const asked = await desk.call('/v1/renormalisations', {
    body: { from: '2026-09-01', to: '2026-10-01', reason: 'engine 2 counts more' },
  });
  expect(asked).toMatchObject({
    status: 202,
    body: { from: '2026-09-01', to: '2026-10-01', engine: 'test', reason: 'engine 2 counts more' },
  });
  await desk.settle();
  expect(await cost()).toBe('0.009009');
  const causePath = `/v1/causes/${encodeURIComponent(asked.body.causeId)}`;
  expect((await desk.call(causePath)).body).toMatchObject({
    kind: 'renormalise',
    state: 'done',
    tracesDone: 2,
    tracesFailed: 0,
    charges: [{ currency: 'USD', amount: '0.006' }],
    byCode: [{ currency: 'USD', code: 'C420', amount: '0.006' }],
    byPeriod: [{ period: '2026-09', amount: '0.006' }],
  });
  const open = await service.database.db.query<{ entry: Buffer }>(
    `SELECT entry FROM leaves WHERE tenant_id = $1 AND kind = 'cause.open' AND subject_id = $2`,
    [tenantId, asked.body.causeId],
  );
  expect(JSON.parse(open.rows[0]!.entry.toString()).asked).toEqual({
    from: '2026-09-01',
    to: '2026-10-01',
    reason: 'engine 2 counts more',
    engine: 'test',
    principal: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });

  // Once more, over everything: nothing reads otherwise, nothing is posted.
  const again = await desk.post('/v1/renormalisations', { reason: 'to be sure' });
  await desk.settle();
  expect((await desk.call(`/v1/causes/${encodeURIComponent(again.causeId)}`)).body).toMatchObject({
    state: 'done',
    tracesDone: 3,
    charges: [],
    deltas: [],
  });
  expect(await cost()).toBe('0.009009');
});

test.each<[object, number, string]>([
  [{}, 400, 'reason'],
  [{ reason: 'r', from: '2026-10-01', to: '2026-10-01' }, 422, 'to'],
  [{ reason: 'r', period: '2026-10' }, 400, ''],
])('a request to read spans again is refused: %j', async (body, status, field) => {
  const desk = await Desk.begin(service, 'causes');
  const answer = await desk.call('/v1/renormalisations', { body });
  expect([answer.status, answer.body.errors[0].field]).toEqual([status, field]);
});
