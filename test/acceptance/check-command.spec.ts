// Goal: `outcome-ledger check` ends with 0 on sound books, and with 1 and the finding where a row was changed, also where
// only posting again can find it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { DRIFT } from '../../apps/worker/src/check-drift.ts';
import { keyDirectoryOf } from '../support/content-keys.ts';
import { Desk } from '../support/desk.ts';
import { ROOT } from '../support/pages.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let desk: Desk;
let slug: string;
beforeAll(async () => {
  service = await startTestService();
  desk = await Desk.begin(service, 'checked');
  await desk.price('3');
  await desk.send({ id: 'one', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 1000 });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-10-06T10:00:00Z' });
  await desk.settle();
  const { rows } = await service.database.db.query<{ slug: string }>(
    'SELECT slug FROM tenants WHERE tenant_id = $1',
    [desk.tenant.tenantId],
  );
  slug = rows[0]!.slug;
});
afterAll(() => service.stop());

function check(...options: string[]): { status: number | null; lines: string[]; errors: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/apps/cli/src/main.js', 'check', ...options],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        ...process.env,
        DATABASE_URL: service.database.connection,
        OL_KEY_DIR: keyDirectoryOf(service.database.db),
      },
    },
  );
  return { status, lines: stdout.trim().split('\n'), errors: stderr };
}

test('sound books end with 0', () => {
  expect(check('--tenant', slug)).toEqual({
    status: 0,
    lines: [
      expect.stringMatching(new RegExp(`^${slug}: \\d+ invariants hold$`)),
      `${slug}: 2 postings are what their usage, prices and rules come to`,
    ],
    errors: '',
  });
});

test('a tenant that is not there ends with 1', () => {
  const { status, errors } = check('--tenant', 'nobody');
  expect({ status, errors }).toEqual({
    status: 1,
    errors: expect.stringContaining('there is no tenant nobody'),
  });
});

test.each<[what: string, sql: string, undo: string, invariant: string]>([
  [
    'an entry',
    `UPDATE ledger_entries SET amount = amount + 1 WHERE tenant_id = $1 AND account LIKE '5200:%'`,
    `UPDATE ledger_entries SET amount = amount - 1 WHERE tenant_id = $1 AND account LIKE '5200:%'`,
    'every transaction balances per asset',
  ],
  [
    'an outcome, which the entries know nothing of',
    `UPDATE outcome_events SET verb = 'failed' WHERE tenant_id = $1`,
    `UPDATE outcome_events SET verb = 'resolved' WHERE tenant_id = $1`,
    DRIFT,
  ],
])(
  '%s that was changed is named, and the command ends with 1 until it is put back',
  async (_, sql, undo, invariant) => {
    const { db } = service.database;
    await db.query(sql, [desk.tenant.tenantId]);
    const { status, lines } = check('--tenant', slug);
    expect({
      status,
      named: lines.filter((line) => line.startsWith(`${slug}: VIOLATED: ${invariant}: `)).length > 0,
    }).toEqual({
      status: 1,
      named: true,
    });
    await db.query(undo, [desk.tenant.tenantId]);
    expect(check('--tenant', slug).status).toBe(0);
  },
);
