import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatPico, parsePico, type Step } from '#model';
import { importPriceCsv } from '#pricing';
import { inTransaction, recordPriceBook } from '#store';
import { makeTenant } from '../../support/api.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { ANSWERS, CASES, type Blind, type Case } from './cases.ts';
import { startProviderStub, type ProviderStub, type Served } from './provider-stub.ts';
import { PRICE_LIST, pricePico, type Bill } from './recorded-answers.ts';
import { runJobs, type Job, type Runtime } from './run-jobs.ts';

let at: TestService;
let stub: ProviderStub;
const results = new Map<string, Result>();

interface Result {
  readonly served: readonly Served[];
  readonly steps: readonly Step[];
  readonly lines: readonly Line[];
  readonly violations: readonly unknown[];
  /** What the program wrote, where it failed. */
  readonly failure: string | null;
}

/** Of `GET /v1/work-items/ticket/{key}/cost`. */
interface Line {
  readonly traceId: string;
  readonly spanId: string;
  readonly account: string;
  readonly attemptId: string | null;
  readonly amount: string;
  readonly step: { readonly tokens: Readonly<Record<string, string>> | null };
  readonly charge: {
    readonly provider: string;
    readonly price: { readonly model: string; readonly serviceTier: string | null } | null;
    readonly estimates: readonly string[];
  };
}

const RUNTIMES: readonly Runtime[] = ['current', 'openai2', 'node'];

beforeAll(async () => {
  [at, stub] = await Promise.all([startTestService({ prices: 'none' }), startProviderStub()]);
  const started: Started[] = [];
  for (const [index, one] of CASES.entries()) started.push(await prepare(one, index));
  const failures = new Map<string, string | null>();
  const runAll = async (runtime: Runtime): Promise<void> => {
    const own = started.filter(({ of }) => of.runtime === runtime);
    const results = await runJobs(
      runtime,
      own.map(({ job }) => job),
    );
    own.forEach(({ of }, index) => failures.set(of.name, results[index]!));
  };
  await Promise.all(RUNTIMES.map(runAll));
  await at.settle();
  for (const one of started) results.set(one.of.name, await collect(one, failures.get(one.of.name)!));
}, 420_000);

afterAll(async () => {
  await stub?.stop();
  await at?.stop();
});

interface Started {
  readonly of: Case;
  readonly slug: string;
  readonly tenantId: bigint;
  readonly analystKey: string;
  readonly job: Job;
}

const TICKET = 'T4711';

/** A tenant for each program, with the price list of the stub. */
async function prepare(of: Case, index: number): Promise<Started> {
  const slug = `program-${index}`;
  const tenant = await makeTenant(at.database.db, slug);
  await inTransaction(at.database.db, (client) =>
    recordPriceBook(client, {
      tenantId: tenant.tenantId,
      book: 'providers',
      source: 'the price list of the stub',
      rows: importPriceCsv(PRICE_LIST).rows,
      mode: { kind: 'retrospective' },
      createdBy: null,
      recordedAtUs: BigInt(Date.now()) * 1000n,
    }),
  );
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: at.otlpUrl,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${await tenant.key(['spans'])}`,
    OTEL_SERVICE_NAME: of.program,
    ...(of.named === 'resource' ? { OTEL_RESOURCE_ATTRIBUTES: `ticket.id=${TICKET}` } : {}),
  };
  const { program, instrumentations } = of;
  const ticket = of.named === 'span' ? TICKET : null;
  const job = { program, instrumentations, stubUrl: `${stub.url}/${slug}`, ticket, environment };
  return { of, slug, tenantId: tenant.tenantId, analystKey: await tenant.key(['analyst']), job };
}

async function collect({ slug, tenantId, analystKey }: Started, failure: string | null): Promise<Result> {
  const { rows } = await at.database.db.query<{ record: string }>(
    `SELECT DISTINCT ON (started_at, trace_id, span_id) record FROM steps WHERE tenant_id = $1
      ORDER BY started_at, trace_id, span_id, revision DESC`,
    [tenantId],
  );
  const answer = await at.api.call(`/v1/work-items/ticket/${TICKET}/cost`, { key: analystKey });
  return {
    served: stub.servedTo(slug),
    steps: rows.map(({ record }) => JSON.parse(record)),
    lines: answer.body.lines ?? [],
    violations: await at.check(tenantId),
    failure,
  };
}

/** What should stand in the books for one answer, and what does, in the same words. */
interface Charged {
  readonly provider: string;
  readonly model: string;
  readonly tier: string | null;
  readonly tokens: Readonly<Record<string, string>>;
  readonly amount: string;
  readonly isEstimate: boolean;
  readonly isCacheInvisible: boolean;
}

function expectedCharge(served: Served, blind: Blind): Charged {
  const seen = asSeen(served, blind);
  return {
    provider: seen.provider,
    model: seen.model,
    tier: seen.tier,
    tokens: Object.fromEntries(Object.entries(seen.tokens).map(([bucket, count]) => [bucket, String(count)])),
    amount: formatPico(pricePico(seen)),
    isEstimate: served.outcome === 'cut' || (seen.tokens.cache_write_unk ?? 0n) > 0n,
    isCacheInvisible: blind.cache?.(served) === true && served.bill.tokens.cache_read !== undefined,
  };
}

/** The bill, with the buckets put together that the emitter does not tell apart. */
function asSeen(served: Served, blind: Blind): Bill {
  const tokens = { ...served.bill.tokens };
  const move = (from: keyof typeof tokens, to: keyof typeof tokens): void => {
    const count = tokens[from];
    if (count === undefined) return;
    tokens[to] = (tokens[to] ?? 0n) + count;
    delete tokens[from];
  };
  if (blind.cache?.(served)) move('cache_read', 'in_uncached');
  if (blind.reasoning?.(served)) move('reasoning', 'out_text');
  if (blind.lifetime?.(served)) {
    move('cache_write_5m', 'cache_write_unk');
    move('cache_write_1h', 'cache_write_unk');
  }
  // Anthropic tells the input at the start of a stream, the output at its end.
  if (served.outcome === 'cut') delete tokens.out_text;
  return { ...served.bill, tokens };
}

function charged(line: Line, steps: readonly Step[]): Charged {
  const step = steps.find(({ traceId, spanId }) => traceId === line.traceId && spanId === line.spanId)!;
  return {
    provider: line.charge.provider,
    model: line.charge.price!.model,
    tier: line.charge.price!.serviceTier,
    tokens: line.step.tokens!,
    amount: line.amount,
    isEstimate: line.charge.estimates.length > 0,
    isCacheInvisible: step.flags.includes('cache_invisible'),
  };
}

/** What an emitter that only counts up should be charged: each total for the answers since the one before it. */
function inTotals(charges: readonly Charged[], totals: readonly number[]): Charged[] {
  let from = 0;
  return totals.map((count) => {
    const counted = charges.slice(from, (from += count));
    const tokens: Record<string, string> = {};
    for (const one of counted)
      for (const [bucket, text] of Object.entries(one.tokens))
        tokens[bucket] = String(BigInt(tokens[bucket] ?? '0') + BigInt(text));
    const amountPico = counted.reduce((sum, { amount }) => sum + parsePico(amount)!, 0n);
    return { ...counted[0]!, tokens, amount: formatPico(amountPico) };
  });
}

const CALLS: ReadonlySet<string> = new Set(['model_call', 'embedding']);
const AGENTS: ReadonlySet<string> = new Set(['agent']);
const inOrder = (charges: readonly Charged[]): string[] =>
  charges.map((one) => JSON.stringify(sorted(one))).sort();
const sorted = (one: Charged): Charged => ({
  ...one,
  tokens: Object.fromEntries(Object.entries(one.tokens).sort(([left], [right]) => (left < right ? -1 : 1))),
});

test.each(CASES)('$name', ({ name, program, blind = {}, dialects, totals }) => {
  const { served, steps, lines, violations, failure } = results.get(name)!;
  expect({ failure, answers: served.length }).toEqual({ failure: null, answers: ANSWERS[program] });
  const seen = served.filter((one) => !blind.calls?.(one));
  const isKnown = (one: Served): boolean =>
    one.outcome !== 'refused' &&
    one.tellsUsage &&
    !(one.outcome === 'cut' && one.api === 'chat') &&
    !blind.usage?.(one);
  const kinds = totals === undefined ? CALLS : AGENTS;
  const leaves = steps.filter(({ role, kind }) => role === 'leaf' && kinds.has(kind));
  const witnesses = steps.filter(
    ({ role, kind }) => (role === 'leaf' || role === 'mirror') && kinds.has(kind),
  );
  const expected = seen.filter(isKnown).map((one) => expectedCharge(one, blind));
  expect(inOrder(lines.map((line) => charged(line, steps)))).toEqual(
    inOrder(totals === undefined ? expected : inTotals(expected, totals)),
  );
  expect(lines.map(({ account, attemptId }) => [account, typeof attemptId])).toEqual(
    lines.map(() => ['5100:work', 'string']),
  );
  expect([...new Set(witnesses.map(({ dialect }) => dialect.split('@')[0]!))].sort()).toEqual(dialects);
  // What a client tries again by itself is one call to its instrumentations (429 here); a failed call is one too.
  const calls = seen.filter(({ refusal }) => refusal !== 429);
  const expectedLeaves = totals?.length ?? calls.length;
  expect({ leaves: leaves.length, violations }).toEqual({ leaves: expectedLeaves, violations: [] });
});
