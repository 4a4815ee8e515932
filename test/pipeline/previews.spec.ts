// Goal: what a change of a rule or price would move is told in money before it is made, to the pico; asking leaves no
// trace and is in nobody's way; and what restates the past is recorded only with a second principal's approval.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { workPreviews } from '../../apps/worker/src/work-previews.ts';
import { ClaimsOffice } from '../support/claims-office.ts';
import { GROUPS } from '../support/table-groups.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let office: ClaimsOffice;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  office = await officeWithHistory();
});
afterAll(() => service.stop());

const OPTIONS = { pageSize: 3, leaseMs: 60_000, traceSpans: 100_000 };
const NOW = new Date();
const day = (back: number, time: string): string =>
  `${new Date(NOW.getTime() - back * 86_400_000).toISOString().slice(0, 10)}T${time}Z`;

const fail = (_: unknown, error: unknown): never => {
  throw error;
};
const work = (isStopping?: () => boolean): Promise<number> =>
  workPreviews({ ...service.parts, onPreviewFailure: fail }, OPTIONS, isStopping);

const RATES = (perHour: string, validFrom: string | null) => ({
  name: 'labour_rates',
  validFrom,
  rule: { rates: [{ role: 'adjuster', currency: 'USD', amountPerHour: perHour }] },
});
const POOLS = (amountPerDay: string) => ({
  name: 'pools',
  validFrom: null,
  rule: {
    pools: [
      {
        pool: 'gpu',
        driver: 'model_calls',
        declared: [{ source: 'lease', amountPerDay, currency: 'USD' }],
        practicalCapacityPerDay: '1',
      },
    ],
  },
});

const POOLS_TWICE = POOLS('48');
const BATCH = { 'batch.id': 'B1', 'work_item.kind': 'batch', 'work_item.key': 'B1' };

/** An office with a history: retries, reopened and failed claims, two claims of one trace, cost of no claim, minutes. */
async function officeWithHistory(): Promise<ClaimsOffice> {
  const office = await ClaimsOffice.begin(service, 'prov,m,,,1,2,0.5,USD');
  const at = day(3, '09:00:00');
  const call = (id: string, claims: string[], input: number, attributes = {}, time = '09:00:00') =>
    office.call({ id, claims, at: day(3, time), input, output: 1000 + input, cached: 100, attributes });
  await Promise.all([
    call('first', ['C1'], 10_000),
    call('again', ['C1'], 20_000, {}, '10:00:00'),
    call('lost', ['C2'], 30_000),
    call('both', ['C3', 'C4'], 40_001),
    call('four', ['C4'], 50_000, {}, '11:00:00'),
    call('mine', [], 60_000, { 'my.claim': 'C5' }),
    call('too', [], 70_000, { 'my.claim': 'C5' }, '12:00:00'),
    call('three', [], 75_000, { 'my.claim': 'C3' }, '12:30:00'),
    call('job', ['C6'], 80_000, BATCH),
    call('jobs', ['C7', 'C6'], 90_000, BATCH, '13:00:00'),
    call('run', [], 95_000, BATCH, '13:30:00'),
    call('rerun', [], 99_000, BATCH, '14:00:00'),
  ]);
  await office.call({ id: 'asked', claims: ['C8'], at, input: 5000, output: 1, humanSeconds: 600 });
  await office.post('/v1/policies', RATES('30', null));
  await office.post('/v1/policies', POOLS('24'));
  await office.post('/v1/cost-lines', {
    lines: [
      {
        id: 'm',
        source: 'desk',
        workItem: { kind: 'claim', key: 'C1' },
        kind: 'human',
        quantity: '6',
        unit: 'minute',
        role: 'adjuster',
        occurredAt: day(3, '10:30:00'),
      },
    ],
  });
  await office.tell('processed', 'C1', day(2, '12:00:00'), '100');
  await office.tell('failed', 'C2', day(2, '12:00:00'));
  await office.tell('processed', 'C3', day(2, '12:00:00'));
  await office.tell('processed', 'C4', day(2, '12:00:00'));
  await office.tell('reopened', 'C4', day(1, '12:00:00'));
  await office.tell('processed', 'C5', day(2, '12:00:00'));
  await office.settle();
  await dividePools(office);
  return office;
}

/** As it is done by itself every ten minutes. */
async function dividePools(its: ClaimsOffice): Promise<void> {
  for (const back of [1, 0]) {
    const month = new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth() - back, 1));
    await its.post('/v1/pools/allocations', { month: month.toISOString().slice(0, 7) });
  }
  await its.settle();
}

/** Rows of every table, counted and hashed; those of previews themselves are left out. */
async function everything(): Promise<Record<string, string>> {
  const own = ['causes', 'cause_deltas', 'previews', 'preview_marks', 'preview_namings', 'preview_decisions'];
  const tables = Object.keys(GROUPS).filter((name) => !own.includes(name));
  const { rows } = await service.database.db.query<{ name: string; seen: string }>(
    tables
      .map(
        (table) =>
          `SELECT '${table}' AS name, count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS seen FROM ${table} t`,
      )
      .join(' UNION ALL '),
  );
  return Object.fromEntries(rows.map(({ name, seen }) => [name, seen]));
}

/** Σ entries by asset, account and posting period. */
async function books({ tenant }: ClaimsOffice): Promise<Map<string, bigint>> {
  const { rows } = await service.database.db.query<{ name: string; amount: string }>(
    `SELECT e.asset || ' ' || e.account || ' ' || t.period AS name, sum(e.amount) AS amount
       FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
      WHERE e.tenant_id = $1 GROUP BY 1`,
    [tenant.tenantId],
  );
  return new Map(rows.map(({ name, amount }) => [name, BigInt(amount)]));
}

function difference(before: Map<string, bigint>, after: Map<string, bigint>): Record<string, string> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const moved = (after.get(name) ?? 0n) - (before.get(name) ?? 0n);
      return moved === 0n ? [] : [[name, moved.toString()]];
    }),
  );
}

/** What a preview says, in the form of `difference`. */
async function previewed({ tenant }: ClaimsOffice, previewId: string): Promise<Record<string, string>> {
  const { rows } = await service.database.db.query<{ name: string; amount: string }>(
    `SELECT asset || ' ' || account || ' ' || period AS name, sum(amount) AS amount FROM cause_deltas
      WHERE tenant_id = $1 AND cause_id = $2 GROUP BY 1 HAVING sum(amount) <> 0 ORDER BY 1`,
    [tenant.tenantId, previewId],
  );
  return difference(new Map(), new Map(rows.map(({ name, amount }) => [name, BigInt(amount)])));
}

const ask = async (office: ClaimsOffice, kind: string, body: object): Promise<string> => {
  const { previewId } = await office.post('/v1/previews', { kind, body });
  return previewId;
};

const definition = (verbs: object) => ({ outcomeType: 'claim.processed', verbs });
const CHANGES: [string, string, string, (office: ClaimsOffice) => object][] = [
  [
    'a key mapping that joins traces which nothing joined',
    'key_mapping',
    '/v1/key-mappings',
    () => ({ name: 'mine', validFrom: null, rule: { attribute: 'my.claim', kind: 'claim' } }),
  ],
  [
    'a manual link',
    'link',
    '/v1/links',
    (office) => ({
      action: 'link',
      workItem: { kind: 'claim', key: 'C1' },
      traceId: office.traceId('lost'),
      reason: 'the adjuster says so',
    }),
  ],
  [
    'a placement policy',
    'policy',
    '/v1/policies',
    () => ({
      name: 'placement',
      validFrom: null,
      rule: { retry: 'carry', reopened: 'carry', afterOutcome: 'carry' },
    }),
  ],
  [
    'a new kind of work item',
    'definition',
    '/v1/definitions',
    () => ({
      name: 'batch',
      validFrom: null,
      rule: { outcomeType: 'batch.done', verbs: { done: 'achieved' } },
    }),
  ],
  [
    'an overhead policy',
    'policy',
    '/v1/policies',
    () => ({
      name: 'overhead',
      validFrom: null,
      rule: {
        pools: [{ pool: 'batches', match: { source: 'span', attribute: 'batch.id', equals: 'B1' } }],
      },
    }),
  ],
  ['a labour rate', 'policy', '/v1/policies', () => RATES('45.50', null)],
  ['a pool', 'policy', '/v1/policies', () => POOLS_TWICE],
  [
    'an outcome definition',
    'definition',
    '/v1/definitions',
    () => ({ name: 'claim', validFrom: null, rule: definition({ processed: 'failed', failed: 'achieved' }) }),
  ],
  [
    'a price',
    'price_book',
    '/v1/price-books',
    () => ({
      book: 'pb',
      source: 'contract',
      format: 'rows',
      rows: [{ provider: 'prov', model: 'm', prices: { in_uncached: '3000000', out_text: '1500000' } }],
    }),
  ],
  [
    'a model alias',
    'model_aliases',
    '/v1/model-aliases',
    () => ({ aliases: [{ name: 'm', provider: 'prov', means: { provider: 'prov', model: 'other' } }] }),
  ],
];

// One office for all of them: each change is asked about on top of those before it.
test.each(CHANGES)('%s: what the preview says is what recording it posts', async (_, kind, path, bodyOf) => {
  const body = bodyOf(office);
  const stood = await everything();
  const previewId = await ask(office, kind, body);
  expect(await work()).toBeGreaterThan(0);
  expect(await everything()).toEqual(stood);
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
