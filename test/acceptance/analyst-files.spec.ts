// Goal: what analysts take away (FOCUS files, SQL views) is the ledger, to the pico, for their tenant alone.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { formatPico, parsePico } from '#model';
import type { ClaimsOffice } from '../support/claims-office.ts';
import { officeWithHistory } from '../support/office-with-history.ts';
import { readParquet } from '../support/read-parquet.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let office: ClaimsOffice;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  office = await officeWithHistory(service);
});
afterAll(() => service.stop());

async function get(path: string): Promise<Response> {
  const answer = await fetch(`${service.api.url}${path}`, {
    headers: { authorization: `Bearer ${office.key}` },
  });
  if (answer.status === 500) await office.ask(path);
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status} ${await answer.text()}`);
  return answer;
}
const csvOf = async (path: string): Promise<Record<string, string>[]> =>
  parse(await (await get(path)).text(), { columns: true });
const sumOf = (amounts: readonly (string | undefined)[]): string =>
  formatPico(amounts.reduce((sum, each) => sum + parsePico(each!)!, 0n));

test('FOCUS: sums to what was metered, and by work item to its cost', async () => {
  const rows = await csvOf('/v1/focus');
  const { tieOut } = (await office.ask('/v1/reports/cost-per-outcome?view=period')).body;
  expect(sumOf(rows.map(({ BilledCost }) => BilledCost))).toBe(tieOut.meteredUsd);
  const keys = [...new Set(rows.map(({ x_WorkItemKey: key }) => key!))].filter((key) => key !== '').sort();
  expect(keys.length).toBeGreaterThan(5);
  for (const key of keys) {
    const { costUsd } = (await office.ask(`/v1/work-items/claim/${key}/cost`)).body;
    expect([
      key,
      sumOf(rows.filter((row) => row.x_WorkItemKey === key).map((row) => row.BilledCost)),
    ]).toEqual([key, costUsd]);
  }
  expect(new Set(rows.map(({ ChargeCategory }) => ChargeCategory))).toEqual(new Set(['Usage']));
  expect(new Set(rows.map(({ x_TokenType: type }) => type))).toEqual(
    new Set(['in_uncached', 'cache_read', 'out_text']),
  );
  // A call for two claims is split; its tokens are told once.
  const both = rows.filter(({ x_TraceId: trace }) => trace === office.traceId('both'));
  const tokens = (type: string): string =>
    sumOf(both.filter((row) => row.x_TokenType === type).map((row) => row.ConsumedQuantity));
  expect(['in_uncached', 'cache_read', 'out_text'].map(tokens)).toEqual(['39901', '100', '41001']);
  expect(new Set(both.map((row) => row.x_EvidenceGrade))).toEqual(new Set(['allocated']));
});

test('FOCUS: the same rows in each format; usage days', async () => {
  const rows = await csvOf('/v1/focus');
  const lines = (await (await get('/v1/focus?format=ndjson')).text()).trim().split('\n');
  const values = lines.map((line): Record<string, any> => JSON.parse(line));
  expect(values.map(({ BilledCost, SkuPriceId }) => [BilledCost, SkuPriceId])).toEqual(
    rows.map(({ BilledCost, SkuPriceId }) => [BilledCost, SkuPriceId]),
  );
  const parquet = await readParquet(await (await get('/v1/focus?format=parquet')).arrayBuffer());
  expect(parquet.rows.map((row) => [row.BilledCost, row.PricingQuantity, row.x_CallCount])).toEqual(
    values.map((row) => [row.BilledCost, row.PricingQuantity, BigInt(row.x_CallCount)]),
  );
  expect(parquet.beside).toEqual({ focus: { version: '1.2', dataset: 'CostAndUsage' } });
  const day = rows[0]!.ChargePeriodStart!.slice(0, 10);
  const next = rows[0]!.ChargePeriodEnd!.slice(0, 10);
  expect(await csvOf(`/v1/focus?from=${day}&to=${next}`)).toEqual(rows);
  expect(await csvOf(`/v1/focus?from=${next}`)).toEqual([]);
});

test.each([
  ['from=2026-10-02&to=2026-10-02', 422, 'to'],
  ['from=yesterday', 400, 'from'],
  ['format=xlsx', 400, 'format'],
  ['size=999999999', 422, 'size'],
  ['size=1&as_of=2026-10-02', 422, 'as_of'],
])('FOCUS: %s is refused before the first byte', async (query, status, field) => {
  const answer = await office.ask(`/v1/focus?${query}`);
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(field)]);
});
