import { ClaimsOffice } from './claims-office.ts';
import type { TestService } from './service.ts';
import { GROUPS } from './table-groups.ts';

const NOW = new Date();
export const day = (back: number, time: string): string =>
  `${new Date(NOW.getTime() - back * 86_400_000).toISOString().slice(0, 10)}T${time}Z`;

export const RATES = (perHour: string, validFrom: string | null) => ({
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

export const POOLS_TWICE = POOLS('48');
const BATCH = { 'batch.id': 'B1', 'work_item.kind': 'batch', 'work_item.key': 'B1' };

/** An office with a history: retries, reopened and failed claims, two claims of one trace, cost of no claim, minutes. */
export async function officeWithHistory(service: TestService): Promise<ClaimsOffice> {
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
export async function dividePools(its: ClaimsOffice): Promise<void> {
  for (const back of [1, 0]) {
    const month = new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth() - back, 1));
    await its.post('/v1/pools/allocations', { month: month.toISOString().slice(0, 7) });
  }
  await its.settle();
}

/** Rows of every table, counted and hashed; those of previews themselves are left out. */
export async function everything({
  service,
}: Pick<ClaimsOffice, 'service'>): Promise<Record<string, string>> {
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
export async function books({ service, tenant }: ClaimsOffice): Promise<Map<string, bigint>> {
  const { rows } = await service.database.db.query<{ name: string; amount: string }>(
    `SELECT e.asset || ' ' || e.account || ' ' || t.period AS name, sum(e.amount) AS amount
       FROM ledger_entries e JOIN ledger_transactions t USING (tenant_id, posting_id, txn_id)
      WHERE e.tenant_id = $1 GROUP BY 1`,
    [tenant.tenantId],
  );
  return new Map(rows.map(({ name, amount }) => [name, BigInt(amount)]));
}

/** What moved between two readings of the books; nothing where it is 0. */
export function difference(before: Map<string, bigint>, after: Map<string, bigint>): Record<string, string> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const moved = (after.get(name) ?? 0n) - (before.get(name) ?? 0n);
      return moved === 0n ? [] : [[name, moved.toString()]];
    }),
  );
}

/** What a preview says, in the form of `difference`. */
export async function previewed(
  { service, tenant }: ClaimsOffice,
  previewId: string,
): Promise<Record<string, string>> {
  const { rows } = await service.database.db.query<{ name: string; amount: string }>(
    `SELECT asset || ' ' || account || ' ' || period AS name, sum(amount) AS amount FROM cause_deltas
      WHERE tenant_id = $1 AND cause_id = $2 GROUP BY 1 HAVING sum(amount) <> 0 ORDER BY 1`,
    [tenant.tenantId, previewId],
  );
  return difference(new Map(), new Map(rows.map(({ name, amount }) => [name, BigInt(amount)])));
}

/** Prices of the model of an office, in pico per token. */
export const rowsOf = (input: string) => ({
  book: 'pb',
  source: 'contract',
  format: 'rows',
  rows: [{ provider: 'prov', model: 'm', prices: { in_uncached: input, out_text: '7' } }],
});

/** A small office of its own, without history but for one priced call. */
export async function smallOffice(service: TestService): Promise<ClaimsOffice> {
  const its = await ClaimsOffice.begin(service, 'prov,m,,,1,2,1,USD');
  await its.call({ id: 'a', claims: ['C1'], at: day(3, '09:00:00'), input: 1_000_000, output: 0 });
  await its.settle();
  return its;
}

/** Calls that only a key in an attribute of their own joins: a mapping of it is previewed in many pages. */
export async function officeOfHiddenKeys(service: TestService): Promise<[ClaimsOffice, object]> {
  const its = await smallOffice(service);
  for (let n = 0; n < 7; n += 1)
    await its.call({
      id: `n${n}`,
      claims: [],
      at: day(3, `1${n}:00:00`),
      input: 1000 + n,
      output: 0,
      attributes: { 'my.claim': n % 2 === 0 ? 'C1' : 'C2' },
    });
  await its.tell('processed', 'C2', day(2, '00:00:00'));
  await its.settle();
  return [its, { name: 'mine', validFrom: null, rule: { attribute: 'my.claim', kind: 'claim' } }];
}

/** A principal's word on a preview; the admin's own unless another key is given. */
export const decide = (its: ClaimsOffice, previewId: string, decision: string, key?: string) =>
  its.ask(`/v1/previews/${previewId}/decision`, {
    body: { decision },
    ...(key === undefined ? {} : { key }),
  });

/** @returns the id of the preview */
export const ask = async (office: ClaimsOffice, kind: string, body: object): Promise<string> => {
  const { previewId } = await office.post('/v1/previews', { kind, body });
  return previewId;
};
