import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parsePico } from '#model';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { sendSpans, spanIdOf, traceIdOf } from '../support/gen-ai-spans.ts';
import { startTestService, type TestService } from '../support/service.ts';

// What emitters say a call cost, against what the ledger holds for the same call: real OTLP in, the report out.
let service: TestService;
let tenant: TestTenant;
let admin: string;

const call = (model: string, input: number, output: number, more: Record<string, string | number> = {}) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': model,
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
  ...more,
});
/** LiteLLM's callback: its own cost, and the response it was for. */
const gateway = (response: string, input: number, output: number, cost: number) => ({
  'llm.request.type': 'acompletion',
  'metadata.user_api_key_alias': 'desk',
  ...call('house-1', input, output, { 'gen_ai.response.id': response, 'gen_ai.cost.total_cost': cost }),
});

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  tenant = await makeTenant(service.database.db, 'acme');
  admin = await tenant.key(['admin']);
  // 1 USD and 2 USD for a million.
  await service.api.call('/v1/price-books', {
    key: admin,
    body: {
      book: 'house',
      source: 'test',
      format: 'rows',
      rows: [
        { provider: 'openai', model: 'house-1', prices: { in_uncached: '1000000', out_text: '2000000' } },
        { provider: 'openai', model: 'free-1', prices: { in_uncached: '0', out_text: '0' } },
      ],
    },
  });
  const key = await tenant.key(['spans']);
  const claims = (cost: number): Record<string, number> => ({ 'gen_ai.usage.cost': cost });
  await sendSpans(
    service,
    key,
    {
      service: 'desk',
      scope: 'openlit',
      spans: [
        {
          trace: 'a',
          id: 'a0',
          attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.cost': 9 },
        },
        // 1000 x 1 + 500 x 2 = 2000 micro-dollars, and the emitter agrees.
        {
          trace: 'a',
          id: 'a1',
          parent: 'a0',
          at: [1, 2],
          attributes: call('house-1', 1000, 500, claims(0.002)),
        },
        // A double that is not the decimal it stands for: 0.1 + 0.2.
        {
          trace: 'a',
          id: 'a2',
          parent: 'a0',
          at: [2, 3],
          attributes: call('house-1', 300_000, 0, claims(0.1 + 0.2)),
        },
        // More than 5 % off.
        {
          trace: 'a',
          id: 'a3',
          parent: 'a0',
          at: [3, 4],
          attributes: call('house-1', 1000, 0, claims(0.0011)),
        },
        // Exactly 5 % off is not more.
        {
          trace: 'a',
          id: 'a4',
          parent: 'a0',
          at: [4, 5],
          attributes: call('house-1', 1000, 0, claims(0.00105)),
        },
        // 0 beside tokens says nothing.
        { trace: 'a', id: 'a5', parent: 'a0', at: [5, 6], attributes: call('house-1', 1000, 0, claims(0)) },
        // No price of ours: unknown, not 0. A free model: 0, and known.
        {
          trace: 'a',
          id: 'a6',
          parent: 'a0',
          at: [6, 7],
          attributes: call('mystery-9', 10, 10, claims(0.5)),
        },
        { trace: 'a', id: 'a7', parent: 'a0', at: [7, 8], attributes: call('free-1', 10, 10, claims(0.25)) },
        // The gateway of trace b saw this call too, and knows what was paid.
        {
          trace: 'a',
          id: 'a8',
          parent: 'a0',
          at: [8, 9],
          attributes: call('house-1', 2000, 0, {
            'gen_ai.response.id': 'chatcmpl-seen-by-both',
            ...claims(0.0019),
          }),
        },
      ],
    },
    {
      service: 'proxy',
      scope: 'litellm',
      spans: [
        { trace: 'b', id: 'b1', at: [8, 9], attributes: gateway('chatcmpl-seen-by-both', 2000, 0, 0.0025) },
        { trace: 'c', id: 'c1', at: [10, 11], attributes: gateway('chatcmpl-bought-once', 1000, 0, 0.001) },
        // The same answer from the gateway's cache: nothing was bought, its first cost is said again.
        { trace: 'd', id: 'd1', at: [20, 21], attributes: gateway('chatcmpl-bought-once', 1000, 0, 0.001) },
      ],
    },
  );
  await service.settle();
}, 120_000);
afterAll(() => service.stop());

const report = async (query: string): Promise<any> => {
  const answer = await service.api.call(`/v1/reports/reported-cost?${query}`, { key: admin });
  expect(answer.status).toBe(200);
  return answer.body;
};

test('by emitter: each emitter’s own claims, once a call, against the charges of the same calls', async () => {
  const body = await report('group_by=service,scope,scope_version,source&examples=2');
  expect(body.rows).toEqual([
    {
      group: { service: 'desk', scope: 'openlit', scope_version: '1.0', source: 'client_estimate' },
      calls: 7,
      // 0.002 + 0.30000000000000004 + 0.0011 + 0.00105 + 0.5 + 0.25 + 0.0019
      reportedUsd: '1.05605000000000004',
      compared: {
        calls: 6,
        reportedUsd: '0.55605000000000004',
        // 0.002 + 0.3 + 0.001 + 0.001 + 0 + 0.002
        computedUsd: '0.306',
        differenceUsd: '0.25005000000000004',
        relativeDifference: '0.817157',
        callsOffByMoreThan5Percent: 2,
      },
      notCompared: { calls: 1, reportedUsd: '0.5', byReason: { unknown_model: 1 } },
      zeroReportedWithTokens: 0,
      examples: [
        {
          traceId: traceIdOf('a'),
          spanId: spanIdOf('a7'),
          at: '2026-10-21T00:00:07Z',
          reportedUsd: '0.25',
          computedUsd: '0',
          differenceUsd: '0.25',
        },
        {
          traceId: traceIdOf('a'),
          spanId: spanIdOf('a3'),
          at: '2026-10-21T00:00:03Z',
          reportedUsd: '0.0011',
          computedUsd: '0.001',
          differenceUsd: '0.0001',
        },
      ],
    },
    {
      group: { service: 'desk', scope: 'openlit', scope_version: '1.0', source: null },
      calls: 0,
      reportedUsd: null,
      compared: {
        calls: 0,
        reportedUsd: null,
        computedUsd: null,
        differenceUsd: null,
        relativeDifference: null,
        callsOffByMoreThan5Percent: 0,
      },
      notCompared: { calls: 0, reportedUsd: null, byReason: {} },
      zeroReportedWithTokens: 1,
      examples: [],
    },
    {
      group: { service: 'proxy', scope: 'litellm', scope_version: '1.0', source: 'gateway' },
      calls: 2,
      reportedUsd: '0.0035',
      compared: {
        calls: 2,
        reportedUsd: '0.0035',
        computedUsd: '0.003',
        differenceUsd: '0.0005',
        relativeDifference: '0.166667',
        callsOffByMoreThan5Percent: 1,
      },
      notCompared: { calls: 0, reportedUsd: null, byReason: {} },
      zeroReportedWithTokens: 0,
      examples: [
        {
          traceId: traceIdOf('b'),
          spanId: spanIdOf('b1'),
          at: '2026-10-21T00:00:08Z',
          reportedUsd: '0.0025',
          computedUsd: '0.002',
          differenceUsd: '0.0005',
        },
      ],
    },
  ]);
  // The call of a8 and b1 is claimed by both, so the rows count 9 calls of 8.
  expect(body.additive).toBe(false);
  expect(body.excluded).toEqual([
    { reason: 'served_again', claims: 1, reportedUsd: '0.001' },
    { reason: 'total_of_calls', claims: 1, reportedUsd: '9' },
  ]);
});

test('the total counts each call once, by the claim nearest to the bill', async () => {
  const body = await report('group_by=model&examples=0');
  expect(body.total).toMatchObject({
    calls: 8,
    // The gateway’s 0.0025 stands for the call instead of the client’s 0.0019.
    reportedUsd: '1.05765000000000004',
    compared: {
      calls: 7,
      reportedUsd: '0.55765000000000004',
      computedUsd: '0.307',
      callsOffByMoreThan5Percent: 3,
    },
    notCompared: { calls: 1, reportedUsd: '0.5', byReason: { unknown_model: 1 } },
    zeroReportedWithTokens: 1,
  });
  expect(
    body.rows.map((row: any) => [row.group.model, row.calls, row.reportedUsd, row.compared.computedUsd]),
  ).toEqual([
    ['free-1', 1, '0.25', '0'],
    ['house-1', 6, '0.30765000000000004', '0.307'],
    ['mystery-9', 1, '0.5', null],
  ]);
  expect(body.additive).toBe(true);
});

test('the computed side is what the ledger holds for the same calls, to the pico', async () => {
  const { rows } = await service.database.db.query(
    `SELECT sum(amount)::text AS pico FROM ledger_entries
      WHERE tenant_id = $1 AND account LIKE '2000:%'`,
    [tenant.tenantId],
  );
  // a5 is in the ledger (1000 micro-dollars) and reports no cost.
  expect(rows).toEqual([{ pico: '-308000000000' }]);
  expect((await report('group_by=')).total.compared.computedUsd).toBe('0.307');
  expect(await service.check(tenant.tenantId)).toEqual([]);
});

test('a new price moves the computed side only', async () => {
  const before = await report('group_by=model');
  await service.api.call('/v1/price-books', {
    key: admin,
    body: {
      book: 'house-late',
      source: 'test',
      format: 'rows',
      rows: [
        { provider: 'openai', model: 'mystery-9', prices: { in_uncached: '1000000', out_text: '2000000' } },
      ],
    },
  });
  await service.settle();
  const after = await report('group_by=model');
  expect(after.total.reportedUsd).toBe(before.total.reportedUsd);
  expect(after.rows[2]).toMatchObject({
    group: { model: 'mystery-9' },
    compared: { calls: 1, reportedUsd: '0.5', computedUsd: '0.00003', differenceUsd: '0.49997' },
    notCompared: { calls: 0, reportedUsd: null, byReason: {} },
  });
});

test('a step keeps its own claim beside the one nearest to the bill', async () => {
  const { rows } = await service.database.db.query<{ record: string }>(
    `SELECT DISTINCT ON (span_id) record FROM steps WHERE tenant_id = $1 AND span_id = $2 ORDER BY span_id, revision DESC`,
    [tenant.tenantId, BigInt('0xa8')],
  );
  expect(JSON.parse(rows[0]!.record).costReported).toEqual({
    amount: '0.0025',
    currency: 'USD',
    source: 'gateway',
    from: { traceId: traceIdOf('b'), spanId: spanIdOf('b1') },
    own: { amount: '0.0019', currency: 'USD', source: 'client_estimate' },
  });
});

test('pages, formats and refusals', async () => {
  const all = await report('group_by=model,day&examples=0');
  const first = await report('group_by=model,day&examples=0&limit=2');
  const rest = await report(`group_by=model,day&examples=0&limit=2&cursor=${first.next}`);
  expect([...first.rows, ...rest.rows]).toEqual(all.rows);
  expect([first.rows.length, rest.next]).toEqual([2, null]);
  const { tieOut, total } = all;
  expect(tieOut).toMatchObject({
    inScopeUsd: total.compared.computedUsd,
    reportUsd: total.compared.computedUsd,
    reconciliation: 'not reconciled',
  });
  const parts = [tieOut.inScopeUsd, ...tieOut.exclusions.map(({ amountUsd }: any) => amountUsd)];
  expect(parts.reduce((sum: bigint, amount: string) => sum + parsePico(amount)!, 0n)).toBe(
    parsePico(tieOut.meteredUsd),
  );
  const csv = await service.api.call('/v1/reports/reported-cost?group_by=model&format=csv&to=2026-10-21', {
    key: admin,
  });
  expect(csv.body.split('\r\n')).toEqual([
    'record,calls,reportedUsd,comparedCalls,comparedReportedUsd,computedUsd,differenceUsd,relativeDifference,callsOffByMoreThan5Percent,notComparedCalls,notComparedReportedUsd,notComparedByReason,zeroReportedWithTokens,examples,note',
    'total,0,,0,,,,,0,0,,{},0,[],',
    ...['metered in the period', 'in scope', 'from other periods', 'not reconciled'].map(
      (note) => `tieOut,,,,,0,,,,,,,,,${note}`,
    ),
    '',
  ]);
  const ndjson = await service.api.call('/v1/reports/reported-cost?group_by=model&format=ndjson', {
    key: admin,
  });
  expect(
    ndjson.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line).record),
  ).toEqual(['row', 'row', 'row', 'total', 'excluded', 'excluded', 'tieOut']);
  for (const [query, field] of [
    ['group_by=colour', 'group_by'],
    ['group_by=model,model', 'group_by'],
    ['from=2026-10-22&to=2026-10-21', 'to'],
  ] as const) {
    const { status, body } = await service.api.call(`/v1/reports/reported-cost?${query}`, { key: admin });
    expect([status, JSON.stringify(body).includes(field)]).toEqual([422, true]);
  }
  const spans = await service.api.call('/v1/reports/reported-cost', { key: await tenant.key(['spans']) });
  expect(spans.status).toBe(403);
});
