import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { jsonLogs } from '../support/log-export.ts';
import { jsonMetrics, type TestPoint } from '../support/metric-export.ts';
import { startTestService, type TestService } from '../support/service.ts';

// Metrics in by the real OTLP endpoint; what the report says of them beside the calls; never a charge.
let service: TestService;
let tenant: TestTenant;
let analyst: string;
let spansKey: string;

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
beforeEach(async () => {
  tenant = await makeTenant(service.database.db, `t-${randomBytes(6).toString('hex')}`);
  analyst = await tenant.key(['analyst']);
  spansKey = await tenant.key(['spans']);
});
afterAll(() => service.stop());

const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const NEXT_DAY = new Date().toISOString().slice(0, 10);
const dayNs = BigInt(Date.parse(DAY)) * 1_000_000n;
const at = (second: number): bigint => dayNs + BigInt(second) * 1_000_000_000n;
const MODEL = 'claude-sonnet-4-5';

async function send(signal: 'logs' | 'metrics', body: Buffer): Promise<unknown> {
  const answer = await fetch(`${service.otlpUrl}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${spansKey}` },
    body: new Uint8Array(body),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}
const tokens = (type: string, value: number, more: Partial<TestPoint> = {}): TestPoint => ({
  metric: 'claude_code.token.usage',
  startNs: at(0),
  timeNs: at(60),
  value,
  attributes: { type, model: MODEL, 'session.id': 's1' },
  ...more,
});
const sendPoints = (points: readonly TestPoint[], temporality: 'delta' | 'cumulative' = 'delta') =>
  send('metrics', jsonMetrics(points, { temporality }));

async function report(format = 'json'): Promise<any> {
  await service.settle();
  const { status, body } = await service.api.call(
    `/v1/reports/metered-against-metrics?from=${DAY}&to=${NEXT_DAY}&format=${format}`,
    { key: analyst },
  );
  expect(status).toBe(200);
  return body;
}
async function figures(): Promise<unknown[]> {
  const { rows } = await report();
  return rows.map((row: Record<string, unknown>) => [
    row['tokenClass'],
    row['metricTotal'],
    row['callsTotal'],
    row['difference'],
    row['restored'],
  ]);
}
async function batches(): Promise<object[]> {
  const { rows } = await service.database.db.query(
    `SELECT signal, received, stored, duplicate, conflicting, rejected FROM batches WHERE tenant_id = $1 ORDER BY batch_id`,
    [tenant.tenantId],
  );
  return rows;
}

test('C03: the metric stands beside the log records of the session, and is never charged', async () => {
  const call = (second: number, input: number) => ({
    event: 'api_request',
    timeNs: at(second),
    attributes: {
      model: MODEL,
      input_tokens: input,
      output_tokens: 6,
      cache_read_tokens: 17913,
      cache_creation_tokens: 9268,
      cost_usd: 0.0670615,
      'session.id': 's1',
      'prompt.id': 'p',
    },
  });
  await send('logs', jsonLogs([call(10, 6), call(20, 4)]));
  const cost = { metric: 'claude_code.cost.usage', attributes: { model: MODEL, 'session.id': 's1' } };
  await sendPoints([
    tokens('input', 10),
    tokens('output', 13),
    tokens('cacheRead', 35826),
    tokens('cacheCreation', 18536),
    tokens('', 0.1340000000000001, cost),
  ]);
  expect((await report()).rows).toEqual(
    [
      ['claude_code.cost.usage', 'cost', 'USD', '0.1340000000000001', '0.134123', '-0.0001229999999999'],
      ['claude_code.token.usage', 'cacheCreation', 'tokens', '18536', '18536', '0'],
      ['claude_code.token.usage', 'cacheRead', 'tokens', '35826', '35826', '0'],
      ['claude_code.token.usage', 'input', 'tokens', '10', '10', '0'],
      ['claude_code.token.usage', 'output', 'tokens', '13', '12', '1'],
    ].map(([metric, tokenClass, unit, metricTotal, callsTotal, difference]) => ({
      day: DAY,
      service: 'claude-code',
      model: MODEL,
      metric,
      tokenClass,
      unit,
      metricTotal,
      callsTotal,
      difference,
      restored: '0',
      calls: 2,
      callsWithoutUsage: 0,
    })),
  );
  const { rows: steps } = await service.database.db.query(
    `SELECT count(*)::integer AS steps FROM steps WHERE tenant_id = $1 AND role = 'leaf'`,
    [tenant.tenantId],
  );
  expect(steps).toEqual([{ steps: 2 }]);
  expect(await service.check(tenant.tenantId)).toEqual([]);
  expect(await report('csv')).toContain(
    `row,${DAY},claude-code,${MODEL},claude_code.token.usage,output,tokens,13,12,1,0,2,0,\r\n`,
  );
});

describe('what a series counts', () => {
  test('deltas sum, in any order, and once however often they are sent', async () => {
    const points = [1, 2, 3].map((n) =>
      tokens('input', n * 10, { startNs: at(n * 60), timeNs: at(n * 60 + 60) }),
    );
    await sendPoints(points.toReversed());
    await sendPoints(points);
    await sendPoints([points[1]!, points[1]!]);
    expect(await figures()).toEqual([['input', '60', null, null, '0']]);
    const counts = { signal: 'metrics', conflicting: 0, rejected: 0 };
    expect(await batches()).toEqual([
      { ...counts, received: 3, stored: 3, duplicate: 0 },
      { ...counts, received: 3, stored: 0, duplicate: 3 },
      { ...counts, received: 2, stored: 0, duplicate: 2 },
    ]);
    expect(await service.check(tenant.tenantId)).toEqual([]);
  });

  test('the same point with another value is set aside, and the first one stands', async () => {
    await sendPoints([tokens('input', 10)]);
    expect(await sendPoints([tokens('input', 11), tokens('output', 1), tokens('output', 1)])).toEqual({});
    expect(await figures()).toEqual([
      ['input', '10', null, null, '0'],
      ['output', '1', null, null, '0'],
    ]);
    expect((await batches())[1]).toEqual({
      signal: 'metrics',
      received: 3,
      stored: 1,
      duplicate: 1,
      conflicting: 1,
      rejected: 0,
    });
    const { rows } = await service.database.db.query(
      `SELECT kind, detail ->> 'value' AS value FROM set_aside WHERE tenant_id = $1`,
      [tenant.tenantId],
    );
    expect(rows).toEqual([{ kind: 'conflicting', value: '11' }]);
  });

  test('running totals count what they gain, from the day before too; a new start counts anew', async () => {
    const total = (startSecond: number, second: number, value: number) =>
      tokens('input', value, { startNs: at(startSecond), timeNs: at(second) });
    await sendPoints(
      [total(-100, -50, 70), total(-100, 60, 100), total(-100, 120, 100), total(-100, 180, 150)],
      'cumulative',
    );
    await sendPoints([total(200, 260, 20), total(200, 320, 45)], 'cumulative');
    // 100 - 70 + 150 - 100, then 45.
    expect(await figures()).toEqual([['input', '125', null, null, '0']]);
  });

  test('a running total that fell without a new start was started anew', async () => {
    const total = (second: number, value: number) =>
      tokens('input', value, { startNs: at(0), timeNs: at(second) });
    await sendPoints([total(60, 100), total(120, 30), total(180, 40)], 'cumulative');
    expect(await figures()).toEqual([['input', '140', null, null, '0']]);
  });

  test('a restored session repeats its totals under a new start: they are left out, and said', async () => {
    const total = (startSecond: number, second: number, value: number, session: string) =>
      tokens('input', value, {
        startNs: at(startSecond),
        timeNs: at(second),
        attributes: { type: 'input', model: MODEL, 'session.id': session },
      });
    await sendPoints([total(0, 60, 100, 's1'), total(0, 120, 150, 's1')], 'cumulative');
    await sendPoints([total(300, 360, 150, 's1'), total(300, 420, 170, 's1')], 'cumulative');
    // Another session that happens to count the same is no restore.
    await sendPoints([total(300, 360, 150, 's2')], 'cumulative');
    expect(await figures()).toEqual([['input', '320', null, null, '150']]);
  });

  test('histograms count by their sum, exponential ones too', async () => {
    const point = (sum: number, type: string) => ({
      startTimeUnixNano: String(at(0)),
      timeUnixNano: String(at(60)),
      count: '2',
      sum,
      attributes: [
        { key: 'gen_ai.token.type', value: { stringValue: type } },
        { key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } },
      ],
    });
    const metrics = [
      {
        name: 'gen_ai.client.token.usage',
        histogram: {
          aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA',
          dataPoints: [point(30, 'input')],
        },
      },
      {
        name: 'gen_ai.client.token.usage',
        exponentialHistogram: { aggregationTemporality: 1, dataPoints: [point(4, 'output')] },
      },
    ];
    await send(
      'metrics',
      Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })),
    );
    expect(await figures()).toEqual([
      ['input', '30', null, null, '0'],
      ['output', '4', null, null, '0'],
    ]);
  });
});

test('other metrics are accepted with a warning; what is no count is rejected alone', async () => {
  const point = { startTimeUnixNano: String(at(0)), timeUnixNano: String(at(60)), asInt: '1' };
  const sum = (dataPoints: object[], more: object = {}) => ({
    aggregationTemporality: 1,
    isMonotonic: true,
    dataPoints,
    ...more,
  });
  const known = 'claude_code.token.usage';
  const metrics = [
    { name: 'claude_code.session.count', sum: sum([point, point]) },
    { name: 'process.memory', gauge: { dataPoints: [point] } },
    { name: known, sum: sum([point, { ...point, timeUnixNano: String(at(120)), flags: 1 }]) },
    {
      name: known,
      sum: sum([
        { ...point, asInt: '-3' },
        { ...point, timeUnixNano: '0' },
      ]),
    },
    { name: known, sum: sum([point], { aggregationTemporality: 0 }) },
    { name: known, sum: sum([{ ...point, timeUnixNano: '5' }]) },
    { name: known, sum: { dataPoints: 'many' } },
    { name: known, sum: sum([{ ...point, attributes: [{ key: 'type', value: { stringValue: 'a\0b' } }] }]) },
  ];
  const answer = await send(
    'metrics',
    Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })),
  );
  expect(answer).toEqual({
    partialSuccess: {
      rejectedDataPoints: '6',
      errorMessage:
        '6 rejected: 1 malformed, 1 name_not_text, 1 no_temporality, 1 no_time, 1 not_a_count, 1 time_outside_window; ' +
        'the first is data point 6; ' +
        '4 data points are not kept: of metrics only counters of tokens and of their cost are',
    },
  });
  expect(await batches()).toEqual([
    { signal: 'metrics', received: 7, stored: 1, duplicate: 0, conflicting: 0, rejected: 6 },
  ]);
  expect(
    await send(
      'metrics',
      Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metrics[0]] }] }] })),
    ),
  ).toEqual({
    partialSuccess: {
      rejectedDataPoints: '0',
      errorMessage: '2 data points are not kept: of metrics only counters of tokens and of their cost are',
    },
  });
  expect(await batches()).toHaveLength(1);
});

test('calls of a service whose metric is missing that day; a period that has no answer', async () => {
  await sendPoints([tokens('input', 10)]);
  await send(
    'logs',
    jsonLogs([
      {
        event: 'api_request',
        timeNs: at(5),
        attributes: { model: 'other-model', input_tokens: 3, output_tokens: 1 },
      },
    ]),
  );
  expect(await figures()).toEqual([
    ['input', '10', null, null, '0'],
    ['input', null, '3', null, '0'],
  ]);
  for (const query of ['', `from=${DAY}&to=${DAY}`, `from=2026-01-01&to=2026-12-31`]) {
    const { status } = await service.api.call(`/v1/reports/metered-against-metrics?${query}`, {
      key: analyst,
    });
    expect([400, 422]).toContain(status);
  }
  const forbidden = await service.api.call(`/v1/reports/metered-against-metrics?from=${DAY}&to=${NEXT_DAY}`, {
    key: spansKey,
  });
  expect(forbidden.status).toBe(403);
});
