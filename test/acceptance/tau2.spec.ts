// 1,080 recorded runs of customer-service agents, sent through the real endpoints, against reference answers that
// were computed from the raw files by somebody else. Needs ../shared beside the checkout; skips itself loudly without.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { parsePico } from '#model';
import { createGunzip } from 'node:zlib';
import { rebuildProjections } from '../../apps/worker/src/rebuild-projections.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { keysOf } from '../support/evidence-log.ts';
import { judgeAll } from '../support/judge-waste.ts';
import { startTestService, type TestService } from '../support/service.ts';

const shared = new URL('../../../shared/', import.meta.url);
const tool = new URL('tools/tau2-otlp.mjs', shared).pathname;
const isThere = existsSync(tool);
if (!isThere)
  process.stderr.write('\nSKIPPED: test/acceptance/tau2.spec.ts needs ../shared, which is not there\n');

const run = promisify(execFile);
const RANGE = 'from=2025-01-01&to=2026-12-31';
const TOLERANCE_USD = 1e-6;
/**
 * `new` sends what each call saw for the first time, and arguments and results of tools. `full` sends all that every call
 * saw, a hundred megabytes: the figures are the same.
 */
const CONTENT = process.env['TAU2_CONTENT'] ?? 'new';
/** Where nobody names the content one domain is sent; the nightly run names `full` and sends all. */
const DOMAIN = process.env['TAU2_CONTENT'] === undefined ? 'airline' : null;
const PART = DOMAIN === null ? [] : ['--domain', DOMAIN];
/** Counts that stand in nobody's code, by what is sent. */
const COUNTS =
  DOMAIN === null
    ? { runs: 1080, priced: 726, withoutUsage: 164, consecutive: 453, ofRepeating: 438 }
    : { runs: 520, priced: 400, withoutUsage: 50, consecutive: 38, ofRepeating: 29 };

interface ReferenceGroup {
  readonly domain: string;
  readonly agent_llm: string;
  readonly variant: string;
  readonly runs: number;
  readonly successes: number;
  readonly total_agent_cost_usd: number | null;
  readonly cost_per_success_usd: number | null;
  readonly cost_of_failed_runs_usd: number | null;
  readonly recorded_cost: string;
  readonly tickets_per_task: number;
  readonly tickets_per_task_resolved: number;
  readonly cost_per_resolved_task_usd: number | null;
  readonly identical_consecutive_agent_calls: number;
  readonly repeated_identical_agent_calls: number;
  readonly agent_tool_errors: number;
}

/** Its spans all begin and end together. */
const WITHOUT_TIMES = 'toolorchestra';

/** Those that hardly ever repeat themselves: a detector that finds much there is wrong. */
const STRONGEST = ['gpt-4.1', 'xai/grok-3', 'xai/grok-4'];
const REPEATING = ['ft:gpt-4.1-2025-04-14:sierra:tau2-full-sft:BzrYdMNm', 'ollama_chat/qwen2.5:7b'];

/** The runs whose recorder had no price, by group: the calls of the agent that used tokens. */
const UNPRICED_CALLS: Readonly<Record<string, number>> = {
  'airline/ft:gpt-4.1-2025-04-14:sierra:tau2-full-sft:BzrYdMNm/default': 248,
  'airline/ollama_chat/qwen2.5:7b/default': 732,
  'retail/ft:gpt-4.1-2025-04-14:sierra:tau2-full-sft:BzrYdMNm/default': 531,
  'telecom/ft:gpt-4.1-2025-04-14:sierra:tau2-full-sft:BzrYdMNm/default': 1013,
  'telecom/ft:gpt-4.1-2025-04-14:sierra:tau2-full-sft:BzrYdMNm/no-user': 629,
};

/**
 * Trials of one task, one resolved and one failed, as a person read the recorded messages before any diff was run. The
 * first deed of the agent that differs is what the diff has to name.
 */
const READINGS = [
  {
    // Both look up the customer and reservation 3RK2T9 and ask why it should be cancelled. The failed run cancels it;
    // in the resolved one the customer leaves before anything is done.
    resolved: '9308ab76-5fba-47a5-8d70-96b5c6213f61',
    failed: '37db6fad-478f-41c0-9b5b-89dca3503ef7',
    differs: { class: 'only_b', signature: 'tool_call cancel_reservation' },
  },
  {
    // Both look up the customer, three reservations and the delayed flight, and offer 200 USD. The failed run sends the
    // certificate; in the resolved one the customer leaves when it is about to.
    resolved: 'c8e79a6e-272a-4ba3-9132-fc58055bc8b7',
    failed: '7e4e8453-6e78-4e4b-8d18-302925841b4f',
    differs: { class: 'only_b', signature: 'tool_call send_certificate' },
  },
  {
    // Both look up the customer and four reservations. The resolved run asks for the flight on the day that the customer
    // names (5 October), is told that there is none, and asks again for 15 May; the failed one asks for 15 May at once.
    resolved: '379aded7-c2a1-41b0-9265-a06e2bc6052c',
    failed: '490c52db-ca24-4f6f-b483-8666a362451f',
    differs: { class: 'changed', signature: 'tool_call get_flight_status' },
  },
];
/** Of the trails whose digests are compared: all of them in the nightly run. */
const EVERY = CONTENT === 'full' ? 1 : 20;

interface Sender {
  readonly tenant: TestTenant;
  readonly spansKey: string;
  readonly outcomesKey: string;
  readonly adminKey: string;
}

/** Essential, waste, failed and unproven sum to the cost, to the pico. */
function expectToldApart(row: any): void {
  const made = [row.essentialCostUsd, row.wasteCostUsd, row.failedRunCostUsd, row.unprovenCostUsd];
  if (row.costUsd === null) {
    expect(made).toEqual([null, null, null, null]);
    return;
  }
  expect(made.reduce((sum: bigint, amount: string) => sum + parsePico(amount)!, 0n)).toBe(
    parsePico(row.costUsd),
  );
  expect(row.wasteCoverage.judged ?? '1').toBe('1');
}

/** What rules prove, in failed runs as well. W15 says when, not what. */
const wasteByRules = ({ rules }: any): number =>
  rules
    .filter(({ rule }: any) => rule !== 'W15')
    .reduce(
      (sum: number, { costUsd, inFailedRunsUsd }: any) =>
        sum + Number(costUsd ?? 0) + Number(inFailedRunsUsd ?? 0),
      0,
    );

(isThere ? describe : describe.skip)('tau2', () => {
  let service: TestService;
  let groups: ReferenceGroup[];

  beforeAll(async () => {
    service = await startTestService();
    const reference: { groups: ReferenceGroup[] } = JSON.parse(
      readFileSync(new URL('data/tau2/reference.json', shared), 'utf8'),
    );
    groups = reference.groups.filter(
      ({ variant, domain }) => variant !== 'ALL' && (DOMAIN === null || domain === DOMAIN),
    );
  });
  afterAll(() => service.stop());

  async function makeSender(slug: string): Promise<Sender> {
    const tenant = await makeTenant(service.database.db, slug);
    const adminKey = await tenant.key(['admin']);
    for (const [name, rule] of [
      // The customer simulator stands in the same traces; its calls are the experiment's cost, not the agent's.
      [
        'overhead',
        {
          pools: [
            {
              pool: 'user-simulator',
              match: { source: 'resource', attribute: 'service.name', equals: 'tau2-user-simulator' },
            },
          ],
        },
      ],
      ['dimensions', { attributes: ['tau2.variant'] }],
    ] as const) {
      const { status, body } = await service.api.call('/v1/policies', {
        key: adminKey,
        body: { name, rule },
      });
      if (status !== 201)
        throw new Error(`the policy ${name} was answered with ${status}: ${JSON.stringify(body)}`);
    }
    return {
      tenant,
      adminKey,
      spansKey: await tenant.key(['spans']),
      outcomesKey: await tenant.key(['outcomes']),
    };
  }

  async function sendSpans(
    sender: Sender,
    ...options: string[]
  ): Promise<{ requests: number; spans: number }> {
    const { stdout } = await run(
      'node',
      [tool, 'send', `${service.otlpUrl}/v1/traces`, '--gzip', ...options],
      {
        env: { ...process.env, OTLP_HEADERS: `authorization=Bearer ${sender.spansKey}` },
        maxBuffer: 1 << 26,
      },
    );
    const sent: { requests: number; spans: number; failed: number } = JSON.parse(stdout);
    expect(sent.failed).toBe(0);
    return sent;
  }

  async function sendOutcomes(sender: Sender, ...options: string[]): Promise<void> {
    const { stdout } = await run('node', [tool, 'outcomes', ...options], { maxBuffer: 1 << 28 });
    const { status } = await service.api.call('/v1/outcomes', {
      key: sender.outcomesKey,
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: `[${stdout.trim().split('\n').join(',')}]`,
    });
    expect(status).toBeLessThan(300);
  }

  async function report(sender: Sender, name = 'cost-per-outcome'): Promise<any[]> {
    const path = `/v1/reports/${name}?${RANGE}&group_by=workflow,model,tau2.variant`;
    const { status, body } = await service.api.call(path, { key: sender.adminKey });
    expect({ status, problem: status === 200 ? null : body }).toEqual({ status: 200, problem: null });
    expect(body.next).toBeNull();
    return body.rows;
  }

  const keyOf = (row: any): string => `${row.group.workflow}/${row.group.model}/${row.group['tau2.variant']}`;

  const groupKey = (group: ReferenceGroup): string => `${group.domain}/${group.agent_llm}/${group.variant}`;

  function compare(
    rows: readonly any[],
    expected: readonly ReferenceGroup[],
    outcomesOf: (group: ReferenceGroup) => number,
    ratioOf: (group: ReferenceGroup) => number | null,
  ): void {
    expect(rows.map(keyOf).sort()).toEqual(expected.map(groupKey).sort());
    const differences: string[] = [];
    for (const group of expected) {
      const key = groupKey(group);
      const row = rows.find((each) => keyOf(each) === key);
      expect({ key, attempts: row.attempts, outcomes: row.outcomes }).toEqual({
        key,
        attempts: group.runs,
        outcomes: outcomesOf(group),
      });
      if (group.recorded_cost === 'yes') {
        expect({ key, unpricedCalls: row.unpricedCalls }).toEqual({ key, unpricedCalls: 0 });
        expect(Math.abs(Number(row.costUsd) - group.total_agent_cost_usd!)).toBeLessThan(TOLERANCE_USD);
        const ratio = ratioOf(group);
        if (ratio === null) expect(row.costPerOutcomeUsd).toBeNull();
        else expect(Math.abs(Number(row.costPerOutcomeUsd) - ratio)).toBeLessThan(TOLERANCE_USD);
        continue;
      }
      differences.push(key);
      expect({ key, costUsd: row.costUsd, costPerOutcomeUsd: row.costPerOutcomeUsd }).toEqual({
        key,
        costUsd: null,
        costPerOutcomeUsd: null,
      });
      if (UNPRICED_CALLS[key] !== undefined) {
        expect({ key, unpricedCalls: row.unpricedCalls }).toEqual({
          key,
          unpricedCalls: UNPRICED_CALLS[key],
        });
      } else {
        expect({ key, without: row.attemptsWithoutUsage }).toEqual({ key, without: group.runs });
      }
    }
    // Every group that is not compared by cost is one whose cost nobody recorded, and each is accounted for above.
    expect(differences.sort()).toEqual(
      [
        ...Object.keys(UNPRICED_CALLS),
        'airline/gpt-4.1-mini-2025-04-14/toolorchestra',
        'retail/gpt-4.1-mini-2025-04-14/toolorchestra',
      ]
        .filter((key) => expected.some((g) => key === groupKey(g)))
        .sort(),
    );
  }

  let perRun: Sender;
  let perRunRows: any[];

  test('every run is a ticket: each group equals the reference', async () => {
    perRun = await makeSender('tau2-per-run');
    const sent = await sendSpans(perRun, '--content', CONTENT, ...PART);
    expect(sent.requests).toBe(COUNTS.runs);
    await sendOutcomes(perRun, ...PART);
    await service.settle();
    perRunRows = await report(perRun);
    compare(
      perRunRows,
      groups,
      (group) => group.successes,
      (group) => group.cost_per_success_usd,
    );
    for (const group of groups.filter(({ recorded_cost }) => recorded_cost === 'yes')) {
      const row = perRunRows.find((each) => keyOf(each) === groupKey(group));
      expect(Math.abs(Number(row.noOutcomeCostUsd) - group.cost_of_failed_runs_usd!)).toBeLessThan(
        TOLERANCE_USD,
      );
    }
    const withoutUsage = perRunRows.filter(({ group }) => group.model.startsWith('gpt-4.1-mini'));
    expect(withoutUsage.reduce((sum, row) => sum + row.attemptsWithoutUsage, 0)).toBe(COUNTS.withoutUsage);
    expect(await service.check(perRun.tenant.tenantId)).toEqual([]);
  }, 240_000);

  test('each single run equals the reference', async () => {
    const { rows } = await service.database.db.query<{ key: string; cost: string }>(
      `SELECT split_part(a.work_item_ref, ':', 3) AS key, coalesce(sum(p.amount), 0) AS cost
         FROM attempts a
         LEFT JOIN positions p ON p.tenant_id = a.tenant_id AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
        WHERE a.tenant_id = $1 AND a.work_item_ref IS NOT NULL GROUP BY 1`,
      [perRun.tenant.tenantId],
    );
    const costs = new Map(rows.map(({ key, cost }) => [key, Number(cost) / 1e12]));
    const compared = { runs: 0, priced: 0 };
    const file = new URL('data/tau2/reference_per_run.ndjson.gz', shared);
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      const reference: { simulation_id: string; agent_cost: number | null } = JSON.parse(line);
      const cost = costs.get(reference.simulation_id);
      // Of another domain.
      if (cost === undefined) continue;
      compared.runs += 1;
      if (reference.agent_cost === null || reference.agent_cost === 0) {
        expect(cost).toBe(0);
        continue;
      }
      expect(Math.abs(cost - reference.agent_cost)).toBeLessThan(TOLERANCE_USD);
      compared.priced += 1;
    }
    expect(compared).toEqual({ runs: COUNTS.runs, priced: COUNTS.priced });
  }, 60_000);

  test('what tries cost and how often they succeed is the cost per success: T / p', async () => {
    const rows = await report(perRun, 'retries');
    const found = new Map(rows.map((row) => [keyOf(row), row]));
    expect([...found.keys()].sort()).toEqual(groups.map(groupKey).sort());
    for (const group of groups) {
      const key = groupKey(group);
      const { tries, costPerTryUsd, successPerTry, hazards } = found.get(key);
      expect({ key, tries, succeeded: hazards.map(({ succeeded }: any) => succeeded) }).toEqual({
        key,
        tries: group.runs,
        succeeded: [group.successes],
      });
      // Told with six places.
      expect(Math.abs(Number(successPerTry) - group.successes / group.runs)).toBeLessThan(1e-6);
      if (group.recorded_cost !== 'yes') {
        const unknown = hazards.map(({ costUsd }: any) => costUsd);
        expect({ key, costPerTryUsd, unknown }).toEqual({ key, costPerTryUsd: null, unknown: [null] });
      }
      if (group.cost_per_success_usd === null) continue;
      const ratio = Number(costPerTryUsd) / (hazards[0].succeeded / tries);
      expect(Math.abs(ratio - group.cost_per_success_usd)).toBeLessThan(TOLERANCE_USD);
    }
  }, 60_000);

  test('the rules of waste find the repeated calls, and hardly anything in the strongest models', async () => {
    expect(await judgeAll(service)).toBe(COUNTS.runs);
    const path = `/v1/reports/waste?${RANGE}&group_by=workflow,model,tau2.variant`;
    const { status, body } = await service.api.call(path, { key: perRun.adminKey });
    expect({ status, next: body.next }).toEqual({ status: 200, next: null });
    const identical = (row: any): any => row.rules.find(({ rule }: any) => rule === 'W3');
    const consecutive = (row: any): number =>
      identical(row)
        .reasons.filter(({ reason }: any) => reason.startsWith('identical_consecutive'))
        .reduce((sum: number, { findings }: any) => sum + findings, 0);
    const findingsOf = (row: any, ...names: string[]): number =>
      row.rules
        .filter(({ rule }: any) => names.includes(rule))
        .reduce((sum: number, { findings }: any) => sum + (findings ?? 0), 0);
    const expected = new Map(groups.map((g) => [groupKey(g), g]));
    expect(body.rows.map(keyOf).sort()).toEqual([...expected.keys()].sort());
    for (const row of body.rows) {
      const group = expected.get(keyOf(row))!;
      // Every repetition is found. Of runs that were recorded without times nobody knows what followed what.
      expect([keyOf(row), identical(row).findings, consecutive(row)]).toEqual([
        keyOf(row),
        group.repeated_identical_agent_calls,
        group.variant === WITHOUT_TIMES ? 0 : group.identical_consecutive_agent_calls,
      ]);
    }
    for (const row of body.rows) {
      const group = expected.get(keyOf(row))!;
      // Every error of a tool is found: by W5, but for those that a rule before it found to be a repetition.
      const others = group.agent_tool_errors - findingsOf(row, 'W5');
      const isExplained = others >= 0 && others <= findingsOf(row, 'W1', 'W2', 'W3', 'W4');
      expect({ key: keyOf(row), others, isExplained }).toMatchObject({ key: keyOf(row), isExplained: true });
    }
    const withoutTimes = groups.filter(({ variant }) => variant === WITHOUT_TIMES);
    expect(
      withoutTimes.reduce(
        (sum, group) => sum + group.identical_consecutive_agent_calls,
        consecutive(body.total),
      ),
    ).toBe(COUNTS.consecutive);
    const repeating = body.rows.filter(({ group }: any) => REPEATING.includes(group.model));
    expect(repeating.reduce((sum: number, row: any) => sum + consecutive(row), 0)).toBe(COUNTS.ofRepeating);
    for (const row of [...body.rows, body.total]) expectToldApart(row);
    for (const model of STRONGEST) {
      const rows = body.rows.filter(({ group }: any) => group.model === model);
      const cost = rows.reduce((sum: number, { costUsd }: any) => sum + Number(costUsd), 0);
      const share = rows.reduce((sum: number, row: any) => sum + wasteByRules(row), 0) / cost;
      expect({ model, share, isSmall: share < 0.02 }).toMatchObject({ model, isSmall: true });
    }
  }, 240_000);

  let trails: { size: number; digests: Map<string, string> };

  /** Once: the keys of the log are made here. @returns the size of the checkpoint */
  async function seal({ tenant: { tenantId } }: Sender, slug: string): Promise<number> {
    await sealOnce(service.database.db, await keysOf({ tenantId, slug }), service.parts.nowUs());
    const { rows } = await service.database.db.query<{ size: bigint }>(
      'SELECT max(size) AS size FROM checkpoints WHERE tenant_id = $1',
      [tenantId],
    );
    return Number(rows[0]!.size);
  }

  async function readDigests(
    api: TestApi,
    names: readonly string[],
    size: number,
  ): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    for (const name of names) {
      const { body } = await api.call(`/v1/trails/${name}/replay?size=${size}`, { key: perRun.adminKey });
      digests.set(name, body.digest);
    }
    return digests;
  }

  test('the diff of a resolved and a failed trial names what a reader of the messages names', async () => {
    const size = await seal(perRun, 'tau2-per-run');
    const { rows } = await service.database.db.query<{ key: string }>(
      `SELECT key FROM work_items WHERE tenant_id = $1 AND kind = 'ticket' ORDER BY key`,
      [perRun.tenant.tenantId],
    );
    expect(rows).toHaveLength(COUNTS.runs);
    const names = rows.filter((_, n) => n % EVERY === 0).map(({ key }) => `ticket:${key}`);
    trails = { size, digests: await readDigests(service.api, names, size) };
    expect(new Set(trails.digests.values()).size).toBe(names.length);
    for (const { resolved, failed, differs } of READINGS) {
      const path = `/v1/trails/diff?a=ticket:${resolved}&b=ticket:${failed}&size=${size}`;
      const { body } = await service.api.call(path, { key: perRun.adminKey });
      const { class: its, signature } = body.diff.firstDivergence;
      expect({ a: body.diff.a.phase, b: body.diff.b.phase, class: its, signature }).toEqual({
        a: 'achieved',
        b: 'failed',
        ...differs,
      });
    }
  }, 600_000);

  test('sent again in reverse order, nothing changes', async () => {
    await sendSpans(perRun, '--content', CONTENT, '--reverse', ...PART);
    await sendOutcomes(perRun, '--reverse', '--duplicate', ...PART);
    await service.settle();
    expect(await report(perRun)).toEqual(perRunRows);
    expect(await service.check(perRun.tenant.tenantId)).toEqual([]);
  }, 240_000);

  test('trails are replayed to the same bytes after all was sent again, projections made anew, and a restart', async () => {
    const { tenantId } = perRun.tenant;
    if (EVERY === 1) {
      for (const table of ['traces', 'attempts', 'positions', 'item_positions'])
        await service.database.db.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
      const errors: unknown[] = [];
      const logger = { error: (...what: unknown[]) => void errors.push(what) };
      await rebuildProjections({ ...service.parts, logger }, tenantId, 200);
      expect(errors).toEqual([]);
    }
    const restarted = await startTestApi(service.database.db);
    const names = [...trails.digests.keys()];
    const again = await readDigests(restarted, names, trails.size);
    await restarted.close();
    expect([...again]).toEqual([...trails.digests]);
  }, 600_000);

  test('outcomes before spans: the same figures', async () => {
    const early = await makeSender('tau2-outcomes-first');
    await sendOutcomes(early, ...PART);
    await service.settle();
    await sendSpans(early, '--content', 'none', '--reverse', ...PART);
    await service.settle();
    expect(await report(early)).toEqual(perRunRows);
    expect(await service.check(early.tenant.tenantId)).toEqual([]);
  }, 240_000);

  test('a ticket is a task, its trials are attempts: each group equals the reference', async () => {
    const perTask = await makeSender('tau2-per-task');
    await sendSpans(perTask, '--content', 'none', '--tickets', 'per-task', ...PART);
    await sendOutcomes(perTask, '--tickets', 'per-task', ...PART);
    await service.settle();
    const rows = await report(perTask);
    compare(
      rows,
      groups,
      (group) => group.tickets_per_task_resolved,
      (group) => group.cost_per_resolved_task_usd,
    );
    expect(rows.reduce((sum, row) => sum + row.workItems, 0)).toBe(
      groups.reduce((sum, group) => sum + group.tickets_per_task, 0),
    );
    expect(await service.check(perTask.tenant.tenantId)).toEqual([]);
  }, 240_000);
});
