// Goal: the validator of the FinOps Foundation finds nothing in our FOCUS files that breaks a rule, and would find it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { focusCsv, focusRows } from '#focus';
import type { ClaimsOffice } from '../support/claims-office.ts';
import { officeWithHistory } from '../support/office-with-history.ts';
import { startTestService, type TestService } from '../support/service.ts';

// `npm run test:focus` prepares the interpreter.
const python = process.env.PYTHON;
if (python === undefined) throw new Error('PYTHON is not set: run `npm run test:focus`');

/** What we claim to support; regions, commitments and sub-accounts are not known to spans. */
const CRITERIA = [
  'ACCOUNT_NAMING_SUPPORTED',
  'USAGE_MEASUREMENT_SUPPORTED',
  'UNIT_PRICING_SUPPORTED',
  'PUBLIC_PRICE_LIST_SUPPORTED',
  'NEGOTIATED_PRICING_SUPPORTED',
  'TAGGING_SUPPORTED',
  'BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED',
  'RESOURCE_TYPE_ASSIGNMENT_SUPPORTED',
  'MULTIPLE_PRICING_CATEGORIES_SUPPORTED',
];

let service: TestService;
let office: ClaimsOffice;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  office = await officeWithHistory(service);
});
afterAll(() => service.stop());

async function fetched(format: string): Promise<Buffer> {
  const answer = await fetch(`${service.api.url}/v1/focus?format=${format}`, {
    headers: { authorization: `Bearer ${office.key}` },
  });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

interface Verdict {
  readonly passed: number;
  readonly failed: Readonly<Record<string, string>>;
  readonly skipped: number;
  readonly rows: number;
  readonly model: string;
}

function validated(bytes: Buffer | string, ending: string): Verdict {
  const file = join(mkdtempSync(join(tmpdir(), 'focus-')), `focus.${ending}`);
  writeFileSync(file, bytes);
  const script = new URL('focus-python/validate.py', import.meta.url).pathname;
  return JSON.parse(
    execFileSync(python!, [script, file, ...CRITERIA], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}

test.each(['csv', 'parquet'])('as %s', async (format) => {
  const { passed, ...verdict } = validated(await fetched(format), format);
  expect(verdict).toEqual({ skipped: expect.any(Number), failed: {}, rows: 44, model: '1.2.0.1' });
  expect(passed).toBeGreaterThan(250);
});

test('with an amount that no quantity explains', async () => {
  const parts = [{ account: '5000:unattributed', amountPico: -5_000_000n, attempt: null, workItem: null }];
  const call = { traceId: '1'.repeat(32), usageDay: '2026-10-31', provider: 'prov', callModel: 'm' };
  const rows = focusRows([{ ...call, asset: 'EUR/12', lines: null, parts }], 'acme');
  const file = (await fetched('csv')).toString() + focusCsv(rows);
  expect(validated(file, 'csv')).toMatchObject({ failed: {}, rows: 45 });
});

test('what breaks a rule would be found', async () => {
  const [header, first, ...rest] = (await fetched('csv')).toString().split('\r\n');
  const cells = first!.split(',');
  const broken = { ChargeCategory: 'Spending', PricingQuantity: '', ChargePeriodStart: '31/12/2026' };
  for (const [column, value] of Object.entries(broken)) cells[header!.split(',').indexOf(column)] = value;
  const { failed } = validated([header, cells.join(','), ...rest].join('\r\n'), 'csv');
  expect(Object.keys(failed)).toEqual(
    expect.arrayContaining(['ConsumedQuantity-C-004-C', 'PricingUnit-C-005-C', 'ChargePeriodStart-C-003-M']),
  );
});
