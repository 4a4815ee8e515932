// Goal: the counts of data quality are what the steps say now: built up span by span in any order, by workers at the
// same time, with re-arbitration and new prices in between, they are the same as made from the stored steps at once.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { QualityBacklog } from '../../apps/worker/src/quality-backlog.ts';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { sendSpans, type Export, type SpanNote } from '../support/gen-ai-spans.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
const problems: object[] = [];
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

/** One call in a trace, and who else saw it. */
interface Call {
  readonly id: number;
  readonly tokens: number | null;
  readonly cost: number | null;
  readonly isLinked: boolean;
  readonly hasInner: boolean;
  readonly hasGateway: boolean;
  readonly secondsOfDay: number;
}

const anyCall: fc.Arbitrary<Call> = fc.record({
  id: fc.nat(9),
  tokens: fc.option(fc.nat(500), { freq: 3 }),
  cost: fc.option(fc.constantFrom(0, 0.5, 0.1 + 0.2), { freq: 2 }),
  isLinked: fc.boolean(),
  hasInner: fc.boolean(),
  hasGateway: fc.boolean(),
  secondsOfDay: fc.constantFrom(0, 86_395, 100_000),
});
const anyCalls = fc.uniqueArray(anyCall, { selector: ({ id }) => id, minLength: 1, maxLength: 4 });

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The export requests of a call, each a span: the agent, its call, the same call by another emitter, the gateway’s. */
function requestsOf(call: Call): Export[] {
  const trace = hex(`trace ${call.id}`).slice(0, 32);
  const at = [call.secondsOfDay, call.secondsOfDay + 2] as const;
  const usage: Record<string, number> =
    call.tokens === null ? {} : { 'gen_ai.usage.input_tokens': call.tokens, 'gen_ai.usage.output_tokens': 1 };
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': `law-${call.id % 2}`,
    'gen_ai.response.id': `chatcmpl-${hex(`response ${call.id}`).slice(0, 20)}`,
    ...usage,
    ...(call.cost === null ? {} : { 'gen_ai.usage.cost': call.cost }),
  };
  const span = (id: string, more: Partial<SpanNote>): SpanNote => ({ trace, id, at, attributes, ...more });
  const agent = {
    'gen_ai.operation.name': 'invoke_agent',
    ...(call.isLinked ? { 'ticket.id': `T-${call.id}` } : {}),
  };
  return [
    { service: 'desk', scope: 'sdk', spans: [span('a0', { attributes: agent })] },
    { service: 'desk', scope: 'sdk', spans: [span('a1', { parent: 'a0' })] },
    ...(call.hasInner ? [{ service: 'desk', scope: 'inner', spans: [span('a2', { parent: 'a1' })] }] : []),
    ...(call.hasGateway
      ? [
          {
            service: 'proxy',
            scope: 'gate',
            spans: [span('b1', { trace: hex(`proxy ${call.id}`).slice(0, 32) })],
          },
        ]
      : []),
  ];
}

interface Play {
  readonly tenant: TestTenant;
  readonly key: string;
}

async function begin(): Promise<Play> {
  const tenant = await makeTenant(service.database.db, `t-${randomUUID()}`);
  return { tenant, key: await tenant.key(['spans', 'admin']) };
}

async function addPrice({ key }: Play): Promise<void> {
  const rows = [
    { provider: 'openai', model: 'law-1', prices: { in_uncached: '1000000', out_text: '2000000' } },
  ];
  const body = { book: 'law', source: 'law', format: 'rows', rows };
  const answer = await service.api.call('/v1/price-books', { key, body });
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
}

const QUERIES = {
  days: `SELECT e.service, e.scope, e.dialect, q.day, q.measure, sum(q.n)::text AS n
           FROM quality_days q JOIN emitters e USING (tenant_id, emitter_id) WHERE q.tenant_id = $1
          GROUP BY 1, 2, 3, 4, 5 HAVING sum(q.n) <> 0 ORDER BY 1, 2, 3, 4, 5`,
  findings: `SELECT e.service, e.scope, f.trace_id, f.day, f.code, f.spans, f.span_id, f.started_at
               FROM quality_findings f JOIN emitters e USING (tenant_id, emitter_id) WHERE f.tenant_id = $1
              ORDER BY f.trace_id, e.service, e.scope, f.day, f.code`,
  claims: `SELECT e.service, e.scope, c.trace_id, c.span_id, c.role, c.own_amount, c.nearest_amount, c.is_zero,
                  c.call_trace_id, c.call_span_id, c.exclusion, c.computed_pico, c.uncomputed, c.model, c.source
             FROM cost_claims c JOIN emitters e USING (tenant_id, emitter_id) WHERE c.tenant_id = $1
            ORDER BY c.trace_id, c.span_id, c.started_at`,
};

/** Everything that is counted, by names instead of ids, which differ between tenants. */
async function counted({ tenant }: Play): Promise<Record<string, unknown[]>> {
  const { rows: emitters } = await service.database.db.query<{
    emitter_id: string;
    service: string;
    scope: string;
  }>('SELECT emitter_id, service, scope FROM emitters WHERE tenant_id = $1', [tenant.tenantId]);
  const names = new Map(emitters.map((each) => [each.emitter_id, `${each.service}/${each.scope}`]));
  const found: Record<string, unknown[]> = {};
  for (const [name, text] of Object.entries(QUERIES)) {
    const { rows } = await service.database.db.query<{ measure?: string }>(text, [tenant.tenantId]);
    const named = rows.map((row) => ({
      ...row,
      ...(row.measure?.startsWith('mirror:') === true
        ? { measure: `mirror:${names.get(row.measure.slice(7)) ?? 'unknown'}` }
        : {}),
    }));
    found[name] = named.map((row) => Object.values(row).map(String).join(' | ')).sort();
  }
  return found;
}

/** Throws the projections of a tenant away and makes them anew from the stored steps. */
async function rebuild({ tenant }: Play): Promise<void> {
  const { db } = service.database;
  for (const table of ['quality_days', 'quality_findings', 'cost_claims', 'trace_quality', 'emitters'])
    await db.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant.tenantId]);
  await db.query('INSERT INTO quality_backlog SELECT tenant_id, trace_id FROM traces WHERE tenant_id = $1', [
    tenant.tenantId,
  ]);
  const logger = { error: (message: string, detail?: object) => problems.push({ message, ...detail }) };
  await new QualityBacklog(service.parts, logger).run();
  expect(problems).toEqual([]);
}

async function playInOrder(calls: readonly Call[]): Promise<Record<string, unknown[]>> {
  const play = await begin();
  await addPrice(play);
  await sendSpans(service, play.key, ...calls.flatMap(requestsOf));
  await service.settle();
  return counted(play);
}

test('any order and any batches, with a price in between, count the same, and a rebuild counts it again', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyCalls,
      fc.array(fc.nat(999), { minLength: 20, maxLength: 20 }),
      async (calls, choices) => {
        const play = await begin();
        const waiting = calls.flatMap(requestsOf);
        let priced = false;
        for (const choice of choices) {
          if (choice % 7 === 0 && !priced) {
            await addPrice(play);
            priced = true;
          } else if (waiting.length > 0)
            await sendSpans(service, play.key, ...waiting.splice(choice % waiting.length, 1));
          if (choice % 3 === 0) await service.settle();
        }
        if (waiting.length > 0) await sendSpans(service, play.key, ...waiting);
        if (!priced) await addPrice(play);
        await service.settle();
        const built = await counted(play);
        expect(built).toEqual(await playInOrder(calls));
        await rebuild(play);
        expect(await counted(play)).toEqual(built);
      },
    ),
    { numRuns: 7 },
  );
}, 120_000);

test('workers at the same time count each step once', async () => {
  await fc.assert(
    fc.asyncProperty(anyCalls, async (calls) => {
      const play = await begin();
      await Promise.all([
        ...calls.flatMap(requestsOf).map((request) => sendSpans(service, play.key, request)),
        addPrice(play),
        service.settle(),
        service.settle(),
        service.settle(),
      ]);
      await service.settle();
      expect(await counted(play)).toEqual(await playInOrder(calls));
      const { rows } = await service.database.db.query<{ spans: bigint }>(
        'SELECT coalesce(sum(span_count), 0)::bigint AS spans FROM traces WHERE tenant_id = $1',
        [play.tenant.tenantId],
      );
      const { rows: kinds } = await service.database.db.query<{ spans: bigint }>(
        `SELECT coalesce(sum(n), 0)::bigint AS spans FROM quality_days WHERE tenant_id = $1 AND measure LIKE 'kind:%'`,
        [play.tenant.tenantId],
      );
      expect(kinds).toEqual(rows);
    }),
    { numRuns: 6 },
  );
}, 120_000);
