// Goal: the SQL views are the reports, for the tenant of the login alone, and a login reaches nothing else.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatPico, parsePico } from '#model';
import { grantAnalyticsLogin, inTransaction, revokeAnalyticsLogin, scramVerifier } from '#store';
import { makeTenant } from '../support/api.ts';
import type { ClaimsOffice } from '../support/claims-office.ts';
import { officeWithHistory } from '../support/office-with-history.ts';
import { readPage } from '../support/pages.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let office: ClaimsOffice;
let analyst: Client;
let stranger: Client;
const logins = {
  own: `own_${randomBytes(6).toString('hex')}`,
  other: `other_${randomBytes(6).toString('hex')}`,
};
const PASSWORD = 'p-w-of-tests';
const nowUs = (): bigint => BigInt(Date.now()) * 1000n;

async function loginOf(tenantId: bigint, login: string): Promise<Client> {
  await inTransaction(service.database.db, (client) =>
    grantAnalyticsLogin(
      client,
      { tenantId, login, connections: 2, timeoutMs: 30_000 },
      scramVerifier(PASSWORD, randomBytes(16)),
      nowUs(),
    ),
  );
  return connect(login);
}
async function connect(login: string): Promise<Client> {
  const url = new URL(service.database.connection);
  url.username = login;
  url.password = PASSWORD;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return client;
}

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  office = await officeWithHistory(service);
  analyst = await loginOf(office.tenant.tenantId, logins.own);
  const other = await makeTenant(service.database.db, `other-${randomBytes(4).toString('hex')}`);
  stranger = await loginOf(other.tenantId, logins.other);
});
afterAll(async () => {
  await analyst.end();
  await stranger.end();
  const { db } = service.database;
  for (const login of Object.values(logins))
    await db.query(`REVOKE outcome_ledger_analytics FROM ${login}; DROP ROLE ${login}`);
  await service.stop();
});

const rowsOf = async (sql: string): Promise<Record<string, any>[]> => (await analyst.query(sql)).rows;
/** As the reports write it. */
const decimal = (text: string | null): string | null => (text === null ? null : formatPico(parsePico(text)!));
const DAY = `to_char(day, 'YYYY-MM-DD') AS utc_day`;

test('outcome_costs_by_day is cost-per-outcome by day, workflow and outcome type', async () => {
  const report = (await office.ask('/v1/reports/cost-per-outcome?group_by=day,workflow,outcome_type')).body;
  const rows = await rowsOf(
    `SELECT *, ${DAY} FROM outcome_costs_by_day ORDER BY utc_day, workflow COLLATE "C" NULLS LAST, outcome_type`,
  );
  const seen = rows.map((row) => ({
    group: { day: row.utc_day, workflow: row.workflow, outcome_type: row.outcome_type },
    workItems: Number(row.work_items),
    outcomes: Number(row.outcomes),
    attempts: Number(row.attempts),
    costUsd: decimal(row.cost_usd),
    directCostUsd: decimal(row.direct_cost_usd),
    failedAttemptCostUsd: decimal(row.failed_attempt_cost_usd),
    noOutcomeCostUsd: decimal(row.no_outcome_cost_usd),
    loadedCostUsd: decimal(row.loaded_cost_usd),
    costPerOutcomeUsd: decimal(row.cost_per_outcome_usd),
    loadedCostPerOutcomeUsd: decimal(row.loaded_cost_per_outcome_usd),
    unpricedCalls: Number(row.unpriced_calls),
  }));
  expect(report.rows.length).toBeGreaterThan(1);
  expect(seen).toEqual(
    report.rows
      .filter(({ workItems }: any) => workItems > 0)
      .map((row: any) => Object.fromEntries(Object.keys(seen[0]!).map((name) => [name, row[name]]))),
  );
});

test('spend_by_day is the report of the period, by provider and model, and by place', async () => {
  const path = '/v1/reports/cost-per-outcome?view=period&group_by=day,provider,call_model';
  const report = (await office.ask(path)).body;
  const rows =
    await rowsOf(`SELECT ${DAY}, provider, call_model, sum(amount) FILTER (WHERE NOT is_beside_calls) AS cost
    FROM spend_by_day WHERE currency = 'USD' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);
  const costs = rows.map(({ utc_day: day, provider, call_model: model, cost }) => [
    day,
    provider,
    model,
    decimal(cost ?? '0'),
  ]);
  expect(costs.filter(([, , , cost]) => cost !== '0')).toEqual(
    report.rows
      .map(({ group, costUsd }: any) => [group.day, group.provider, group.call_model, costUsd])
      .filter(([, , , cost]: string[]) => cost !== '0' && cost !== null),
  );
  const [found] = await rowsOf(`SELECT jsonb_object_agg(place, amount) AS places FROM
    (SELECT place, sum(amount)::text AS amount FROM spend_by_day WHERE NOT is_beside_calls GROUP BY 1) p`);
  const { places } = found!;
  const { byPlace } = (await office.ask('/v1/explain?view=period')).body;
  const names: Record<string, string> = {
    no_outcome: 'noOutcome',
    in_progress: 'inProgress',
    other: 'writtenOff',
  };
  expect(
    Object.fromEntries(
      Object.entries<string>(places).map(([name, each]) => [names[name] ?? name, decimal(each)]),
    ),
  ).toEqual(byPlace);
});

test('work_items and attempts cost what the API says of each item', async () => {
  const rows = await rowsOf(`SELECT * FROM work_items WHERE kind = 'claim' ORDER BY key`);
  const attempts =
    await rowsOf(`SELECT work_item_key AS key, sum(cost_usd) AS cost, count(DISTINCT attempt_id) AS n
    FROM attempts WHERE work_item_kind = 'claim' GROUP BY 1 ORDER BY 1`);
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) {
    const item = (await office.ask(`/v1/work-items/claim/${row.key}`)).body;
    const cost = (await office.ask(`/v1/work-items/claim/${row.key}/cost`)).body;
    expect([row.key, row.state, decimal(row.cost_usd), row.outcome_type]).toEqual([
      item.key,
      item.phase,
      cost.costUsd,
      item.outcomeType,
    ]);
    const of = attempts.find(({ key }) => key === row.key);
    expect([row.key, decimal(of?.cost ?? null), of?.n ?? '0']).toEqual([
      row.key,
      decimal(row.cost_usd),
      row.attempts,
    ]);
  }
  const [first] = rows.filter(({ key }) => key === 'C1');
  expect([first!.human_minutes, decimal(first!.lines_usd), first!.value, first!.value_currency]).toEqual([
    '6.0000',
    '51',
    '100.000000000000',
    'USD',
  ]);
});

test('postings are the journal; every transaction sums to 0', async () => {
  const journal = (
    await (
      await fetch(`${service.api.url}/v1/ledger/journal`, {
        headers: { authorization: `Bearer ${office.key}` },
      })
    ).text()
  )
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rows = await rowsOf(`SELECT transaction_id, n, account, unit, amount::text, cause FROM postings
    ORDER BY trace_id, transaction_id, n`);
  expect(
    rows.map((row) => [row.transaction_id, row.account, row.unit, decimal(row.amount), row.cause]),
  ).toEqual(journal.map((row) => [row.transaction_id, row.account, row.unit, row.amount, row.cause]));
  expect(
    await rowsOf('SELECT transaction_id FROM postings GROUP BY transaction_id, unit HAVING sum(amount) <> 0'),
  ).toEqual([]);
});

test('what is told and what is kept aside', async () => {
  expect(
    await rowsOf(
      `SELECT source, work_item_key, kind, quantity::text, unit, role, is_superseded FROM cost_lines`,
    ),
  ).toEqual([
    {
      source: 'desk',
      work_item_key: 'C1',
      kind: 'human',
      quantity: '6.000000',
      unit: 'minute',
      role: 'adjuster',
      is_superseded: false,
    },
  ]);
  expect(
    await rowsOf('SELECT work_item_key, verb, effect FROM outcomes ORDER BY 1, occurred_at'),
  ).toHaveLength(6);
  expect(
    await rowsOf('SELECT sum(attempts)::int AS n, sum(model_calls)::int AS calls FROM coverage_by_day'),
  ).toEqual(
    await rowsOf('SELECT count(DISTINCT attempt_id)::int AS n, sum(model_calls)::int AS calls FROM attempts'),
  );
  expect((await rowsOf('SELECT * FROM worklist')).length).toBe(
    Number(
      (
        await service.database.db.query<{ n: bigint }>(
          'SELECT count(*) AS n FROM set_aside WHERE tenant_id = $1',
          [office.tenant.tenantId],
        )
      ).rows[0]!.n,
    ),
  );
});

test('another tenant sees none of it, whatever it sets', async () => {
  const { rows } = await stranger.query(
    `SELECT viewname FROM pg_views WHERE schemaname = 'analytics' ORDER BY 1`,
  );
  expect(rows).toHaveLength(11);
  await stranger.query(`SET app.tenant = '${office.tenant.tenantId}'`);
  for (const { viewname } of rows) {
    const { rowCount } = await stranger.query(`SELECT FROM analytics.${viewname} LIMIT 1`);
    expect([viewname, rowCount]).toEqual([viewname, 0]);
  }
});

const Dashboard = z.object({
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().min(1).max(24), h: z.int().min(1) }),
      targets: z.array(
        z.object({ refId: z.string(), format: z.enum(['table', 'time_series']), rawSql: z.string() }),
      ),
    }),
  ),
});

describe('the dashboard for Grafana', () => {
  const { templating, panels } = Dashboard.parse(JSON.parse(readPage('docs/grafana/outcome-ledger.json')));
  const from = new Date(Date.now() - 30 * 86_400_000).toISOString();
  const to = new Date(Date.now() + 86_400_000).toISOString();

  /** As Grafana does before it sends a query (https://grafana.com/docs/grafana/latest/datasources/postgres/#macros). */
  async function expanded(sql: string): Promise<string> {
    const workflows = await rowsOf(templating.list.find(({ name }) => name === 'workflow')!.query);
    const text = sql
      .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 BETWEEN '${from}' AND '${to}'`)
      .replaceAll('$__timeFrom()', `'${from}'`)
      .replaceAll('$__timeTo()', `'${to}'`)
      .replaceAll('${workflow:sqlstring}', workflows.map(({ workflow }) => `'${workflow}'`).join(','));
    expect(text).not.toMatch(/\$/);
    return text;
  }

  const queries = panels.flatMap(({ title, targets }) =>
    targets.map(({ refId, format, rawSql }) => [title, refId, format, rawSql] as const),
  );
  test.each(queries)('%s, %s', async (title, refId, format, rawSql) => {
    const { rows, fields } = await analyst.query(await expanded(rawSql));
    // This office has no baseline.
    expect([title, rows.length > 0]).toEqual([title, refId === 'A']);
    if (format === 'time_series') expect(fields.find(({ name }) => name === 'time')?.dataTypeID).toBe(1184);
  });

  test('its first figure is the report’s', async () => {
    const { total } = (await office.ask('/v1/reports/cost-per-outcome')).body;
    const [row] = await rowsOf(await expanded(panels[0]!.targets[0]!.rawSql));
    expect(Number(row!['cost per outcome']).toFixed(12)).toBe(
      Number(total.loadedCostPerOutcomeUsd).toFixed(12),
    );
  });

  test('its panels lie beside each other', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

describe('a login reaches nothing else', () => {
  test('no table, sequence or function of ours, by any way', async () => {
    const { rows } = await service.database.db.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT IN ('information_schema', 'analytics')
          AND n.nspname NOT LIKE 'pg\\_%'`,
    );
    expect(rows.length).toBeGreaterThan(60);
    const open = await analyst.query(
      `SELECT name FROM unnest($1::text[]) AS t (name)
        WHERE has_table_privilege(name::regclass, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
           OR has_any_column_privilege(name::regclass, 'SELECT, INSERT, UPDATE, REFERENCES')`,
      [rows.map(({ name }) => name)],
    );
    expect(open.rows).toEqual([]);
  });

  test.each([
    ['SELECT * FROM public.spans', '42501'],
    ['SELECT * FROM public.contents', '42501'],
    ['SELECT * FROM public.api_keys', '42501'],
    ['SELECT * FROM public.analytics_logins', '42501'],
    ['SET ROLE outcome_ledger_api', '42501'],
    ['SET ROLE outcome_ledger_views', '42501'],
    ['SET SESSION AUTHORIZATION postgres', '42501'],
    ['BEGIN READ WRITE; CREATE TABLE analytics.mine (n integer)', '42501'],
    ['BEGIN READ WRITE; CREATE TABLE public.mine (n integer)', '42501'],
    [`BEGIN READ WRITE; DELETE FROM work_items`, '55000'],
    [`BEGIN READ WRITE; UPDATE analytics.worklist SET reason = 'x'`, '42501'],
    [`COPY (SELECT 1) TO PROGRAM 'true'`, '42501'],
    [`SELECT pg_read_file('/etc/passwd')`, '42501'],
    ['BEGIN READ WRITE; ALTER ROLE CURRENT_USER CONNECTION LIMIT 100', '42501'],
    ['BEGIN READ WRITE; GRANT outcome_ledger_analytics TO CURRENT_USER', '42501'],
  ])('%s', async (sql, code) => {
    const said = await analyst.query(sql).then(
      () => 'done',
      (error: { readonly code?: string }) => error.code,
    );
    await analyst.query('ROLLBACK');
    expect(said).toBe(code);
    await analyst.query('RESET ALL');
  });

  test('its statements, sessions and passwords are bounded', async () => {
    const { rows } = await analyst.query(`SELECT current_setting('statement_timeout') AS timeout,
      current_setting('default_transaction_read_only') AS read_only, current_setting('search_path') AS path`);
    expect(rows).toEqual([{ timeout: '30s', read_only: 'on', path: 'analytics' }]);
    const second = await connect(logins.own);
    await expect(connect(logins.own)).rejects.toMatchObject({ code: '53300' });
    await second.end();
  });

  test('revoked, an open session sees nothing; given again, it sees its tenant', async () => {
    const { tenantId } = office.tenant;
    const { db } = service.database;
    const revoke = (): Promise<boolean> =>
      inTransaction(db, (client) => revokeAnalyticsLogin(client, tenantId, logins.own, nowUs()));
    expect([await revoke(), await revoke()]).toEqual([true, false]);
    await expect(analyst.query('SELECT FROM analytics.work_items')).rejects.toMatchObject({ code: '42501' });
    const again = await loginOf(tenantId, logins.own);
    expect((await again.query('SELECT FROM work_items')).rowCount).toBeGreaterThan(5);
    await again.end();
    const { rows } = await db.query<{ body: Buffer; login_id: string }>(
      `SELECT e.body, a.login_id FROM analytics_logins a
         JOIN (SELECT subject_id, entry AS body, idx FROM leaves WHERE tenant_id = $1 AND kind = 'key'
               UNION ALL SELECT subject_id, body, 1000000 + seq FROM evidence_inbox WHERE tenant_id = $1 AND kind = 'key') e
           ON e.subject_id = a.login_id::text
        WHERE a.tenant_id = $1 AND a.login = $2 ORDER BY e.idx`,
      [tenantId, logins.own],
    );
    expect(rows.map(({ body }) => JSON.parse(body.toString()).state)).toEqual(['made', 'revoked', 'made']);
    expect(rows.filter(({ body }) => body.includes(logins.own))).toEqual([]);
    const { tenantId: other } = await makeTenant(db, `third-${randomBytes(4).toString('hex')}`);
    await expect(loginOf(other, logins.own)).rejects.toMatchObject({ field: 'login' });
    await expect(loginOf(other, 'outcome_ledger_api')).rejects.toMatchObject({ field: 'login' });
    await expect(loginOf(other, 'postgres')).rejects.toMatchObject({ field: 'login' });
  });
});

test('docs/analytics.md says what each view and column is, as the database does', async () => {
  const rows = await rowsOf(`SELECT c.relname AS view, obj_description(c.oid) AS comment, a.attname AS column,
      col_description(c.oid, a.attnum) AS text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
   WHERE c.relnamespace = 'analytics'::regnamespace AND c.relkind = 'v' ORDER BY c.relname, a.attnum`);
  const page = readPage('docs/analytics.md').replaceAll(/\s+/g, ' ');
  const missing = rows.filter(
    ({ view, comment, column, text }) =>
      !page.includes(`### ${view} ${comment}. `) || !page.includes(`| \`${column}\` | ${text} |`),
  );
  expect(missing).toEqual([]);
});
