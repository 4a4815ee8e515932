// Goal: a tool that analysts use finds the views with the read-only login, knows their types, and charts from them what
// the reports say: Apache Superset, by its own code that lists views, makes data sets and writes the SQL of charts.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { grantAnalyticsLogin, inTransaction, scramVerifier } from '#store';
import type { ClaimsOffice } from '../support/claims-office.ts';
import { officeWithHistory } from '../support/office-with-history.ts';
import { startTestService, type TestService } from '../support/service.ts';

// `npm run test:superset` prepares the interpreter.
const python = process.env.PYTHON;
if (python === undefined) throw new Error('PYTHON is not set: run `npm run test:superset`');

const PASSWORD = 'p-w-of-tests';
const login = `superset_${randomBytes(6).toString('hex')}`;
const fileOf = (name: string): string => new URL(`superset-python/${name}`, import.meta.url).pathname;

let service: TestService;
let office: ClaimsOffice;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  office = await officeWithHistory(service);
  await inTransaction(service.database.db, (client) =>
    grantAnalyticsLogin(
      client,
      { tenantId: office.tenant.tenantId, login, connections: 5, timeoutMs: 30_000 },
      scramVerifier(PASSWORD, randomBytes(16)),
      BigInt(Date.now()) * 1000n,
    ),
  );
});
afterAll(async () => {
  await service.database.db.query(`REVOKE outcome_ledger_analytics FROM ${login}; DROP ROLE ${login}`);
  await service.stop();
});

interface Question {
  readonly view: string;
  readonly columns: readonly string[];
  readonly sums: readonly string[];
  readonly day?: string;
}
interface Read {
  readonly views: string[];
  readonly tables: string[];
  readonly answers: { times: string[]; rows: Record<string, string | number | null>[] }[];
}

function readBySuperset(questions: readonly Question[]): Read {
  const { hostname, port, pathname } = new URL(service.database.connection);
  // SQLAlchemy takes the folder of a socket as a parameter alone.
  const where = new URLSearchParams({ host: decodeURIComponent(hostname), port: port || '5432' });
  const url = `postgresql://${login}:${PASSWORD}@${pathname}?${where.toString()}`;
  const text = execFileSync(python!, [fileOf('read.py'), url, JSON.stringify(questions)], {
    encoding: 'utf8',
    env: { ...process.env, SUPERSET_CONFIG_PATH: fileOf('superset_config.py') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(text.trim().split('\n').at(-1)!);
}

test('Apache Superset charts what the report says', async () => {
  const report = (await office.ask('/v1/reports/cost-per-outcome?group_by=workflow')).body;
  const { rows: known } = await service.database.db.query<{ name: string }>(
    `SELECT viewname AS name FROM pg_views WHERE schemaname = 'analytics' ORDER BY viewname COLLATE "C"`,
  );
  const sums = ['work_items', 'outcomes', 'attempts', 'cost_usd', 'loaded_cost_usd'];
  const read = readBySuperset([{ view: 'outcome_costs_by_day', columns: ['workflow'], sums, day: 'day' }]);
  expect([read.views, read.tables]).toEqual([known.map(({ name }) => name), []]);
  expect(read.answers[0]!.times).toEqual(['day']);
  const usd = (text: string | null): number | null => (text === null ? null : Number(text));
  const byWorkflow = (rows: object[]): object[] =>
    rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  expect(byWorkflow(read.answers[0]!.rows)).toEqual(
    byWorkflow(
      report.rows.map((row: any) => ({
        workflow: row.group.workflow,
        work_items: row.workItems,
        outcomes: row.outcomes,
        attempts: row.attempts,
        cost_usd: usd(row.costUsd),
        loaded_cost_usd: usd(row.loadedCostUsd),
      })),
    ),
  );
}, 120_000);
