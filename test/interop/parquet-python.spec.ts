// Goal: what we write as Parquet is read by implementations that are not ours as what it is, and summed exactly by them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatPico, parsePico } from '#model';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

// `npm run test:parquet` prepares the interpreter.
const python = process.env.PYTHON;
if (python === undefined) throw new Error('PYTHON is not set: run `npm run test:parquet`');

let service: TestService;
let desk: Desk;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  desk = await Desk.begin(service, 'parquet');
  await desk.price('0.123457');
  for (const n of [1, 2, 3, 4, 5])
    await desk.send({
      id: `${desk.tenant.tenantId} ${n}`,
      ...(n === 5 ? {} : { ticket: `T"${n}` }),
      workflow: n % 2 === 0 ? 'São, "two"' : 'one',
      at: `2026-0${n + 3}-05T10:00:00.000001Z`,
      inputTokens: 1001 * n,
    });
  for (const n of [1, 2])
    await desk.tell({ id: `${n}`, ticket: `T"${n}`, verb: 'resolved', at: '2026-09-06T10:00:00Z' });
  await desk.settle();
});
afterAll(() => service.stop());

async function seen(path: string): Promise<any> {
  const file = join(mkdtempSync(join(tmpdir(), 'parquet-')), 'file.parquet');
  writeFileSync(file, Buffer.from(await desk.bytes(path)));
  const script = new URL('parquet-python/read.py', import.meta.url).pathname;
  return JSON.parse(execFileSync(python!, [script, file], { encoding: 'utf8' }));
}

/** DECIMAL(38, 12) as those tools print it: always 12 places, or in scientific notation. */
const amount = (text: string | null): string | null =>
  text === null ? null : formatPico(parsePico(text.replace('E', 'e'))!);
const sumOf = (amounts: readonly (string | null)[]): string =>
  formatPico(amounts.reduce((sum, each) => sum + (each === null ? 0n : parsePico(each)!), 0n));

test('the journal: every entry, every amount, and what both sum them to', async () => {
  const expected = (await desk.text('/v1/ledger/journal'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const read = await seen('/v1/ledger/journal?format=parquet');
  expect(read.types).toMatchObject({
    amount: 'decimal128(38, 12)',
    n: 'int64',
    effective_at: 'timestamp[us, tz=UTC]',
    usage_day: 'date32[day]',
    account: 'string',
  });
  const columns = ['transaction_id', 'account', 'unit', 'usage_day', 'cause', 'price_id'];
  for (const rows of [read.pyarrow, read.duckdb]) {
    expect(rows.map((row: any) => columns.map((column) => row[column]))).toEqual(
      expected.map((row) => columns.map((column) => row[column])),
    );
    expect(rows.map((row: any) => amount(row.amount))).toEqual(expected.map((row) => row.amount));
    expect(rows.map((row: any) => Date.parse(row.effective_at))).toEqual(
      expected.map((row) => Date.parse(row.effective_at)),
    );
  }
  expect(read.sums.amount.map(amount)).toEqual(['0', '0']);
});

test('a report: its rows, their sums, and beside them the total and the tie-out', async () => {
  const path = '/v1/reports/cost-per-outcome?view=period&group_by=workflow,day';
  const { rows, total, tieOut } = (await desk.call(path)).body;
  const read = await seen(`${path}&format=parquet`);
  expect(read.createdBy).toBe('outcome-ledger');
  expect(read.metadata).toEqual({ total: { ...total, additive: expect.any(Boolean) }, tieOut });
  for (const its of [read.pyarrow, read.duckdb])
    expect(its.map((row: any) => [row.workflow, row.day, amount(row.costUsd), row.workItems])).toEqual(
      rows.map(({ group, costUsd, workItems }: any) => [
        group.workflow,
        group.day,
        costUsd,
        String(workItems),
      ]),
    );
  expect(read.sums.costUsd.map(amount)).toEqual(
    Array.from({ length: 2 }, () => sumOf(rows.map(({ costUsd }: any) => costUsd))),
  );
  expect(sumOf(rows.map(({ costUsd }: any) => costUsd))).toBe(total.costUsd);
});
