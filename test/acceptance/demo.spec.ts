import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dividePico, formatPico, parsePico } from '#model';
import { endOf } from '../../apps/cli/src/demo/case-writing.ts';
import type { Case, ModelCall, Run } from '../../apps/cli/src/demo/case.ts';
import { claimsWorkflow, ticketsWorkflow, type Workflow } from '../../apps/cli/src/demo/scenario.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** List prices of October 2026 in pico-USD per token: input, cached input, output. */
const PRICES: Readonly<Record<string, readonly [input: bigint, cached: bigint, output: bigint]>> = {
  'gpt-4.1': [2_000_000n, 500_000n, 8_000_000n],
  'gpt-5': [1_250_000n, 125_000n, 10_000_000n],
  'gpt-5-mini': [250_000n, 25_000n, 2_000_000n],
  'claude-haiku-4-5': [1_000_000n, 100_000n, 5_000_000n],
};

let database: TestDatabase;
let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-demo-'));
  chmodSync(directory, 0o755);
});

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
  await database.drop();
});

/** The command as `npm run demo` runs it (build first), on free ports. */
function startDemo(...options: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'demo', ...options], {
    env: {
      ...process.env,
      DATABASE_URL: database.connection,
      OL_DATA_DIR: directory,
      OL_API_PORT: '0',
      OL_OTLP_HTTP_PORT: '0',
      OL_OTLP_GRPC_PORT: '0',
      OL_WORKER_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return { child, output: () => text };
}

const tableOf = (output: string): string => output.slice(0, output.indexOf('Look further'));

let firstTable = '';

test('shows the figures of its own scenario, and stays up to answer what it points to', async () => {
  const { child, output } = startDemo();
  const exited = once(child, 'exit');
  while (!output().includes('/docs')) {
    if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  firstTable = tableOf(output());
  const key = /KEY=(\S+)/.exec(output())![1]!;
  const urls = [...output().matchAll(/http:\/\/[^\s']+/g)].map(([url]) => url);
  const answers = new Map<string, Response>();
  for (const url of urls) answers.set(url, await fetch(url, { headers: { authorization: `Bearer ${key}` } }));
  expect([...answers].map(([url, { status }]) => [url, status])).toEqual(urls.map((url) => [url, 200]));

  const report = [...answers].find(([url]) => url.includes('/v1/reports/'))![1];
  const rows = [claimsWorkflow(), ticketsWorkflow()].map(expectedRow);
  expect(await report.json()).toEqual(expect.objectContaining({ rows }));
  for (const { group, workItems, pending, outcomes, costPerOutcomeUsd } of rows) {
    const line = firstTable.split('\n').find((each) => each.startsWith(group.workflow))!;
    const cells = line.slice(group.workflow.length).trim().split(/ {2,}/);
    expect(cells).toEqual(
      expect.arrayContaining([String(workItems + pending.items), String(outcomes), String(pending.items)]),
    );
    expect(line).toContain(`$${Number(costPerOutcomeUsd).toFixed(4)}`);
  }
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}, 120_000);

test('shows the same figures when it is run again', async () => {
  const { child, output } = startDemo('--exit');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(tableOf(output())).toBe(firstTable);
}, 120_000);

interface Attempt {
  readonly endedAtMs: number;
  readonly calls: readonly ModelCall[];
  readonly costPico: bigint;
}

/** The row of a workflow, worked out by hand from the token counts that its cases declare. */
function expectedRow({ name: workflow, outcomeType, personPerMinuteUsd, cases }: Workflow) {
  const worked = cases.map((item) => ({ attempts: attemptsOf(item.runs), ...stateOf(item) }));
  const settled = worked.filter(({ state }) => state !== 'open');
  const achieved = settled.filter(({ state }) => state === 'achieved');
  const costOf = (items: typeof worked): bigint =>
    sum(items.flatMap(({ attempts }) => attempts.map(({ costPico }) => costPico)));
  const costPico = costOf(settled);
  const directPico = sum(
    achieved.map(({ attempts, atMs }) => attempts.findLast(({ endedAtMs }) => endedAtMs <= atMs)!.costPico),
  );
  const noOutcomePico = costOf(settled.filter(({ state }) => state !== 'achieved'));
  const outcomes = BigInt(achieved.length);
  const calls = settled.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.calls));
  const unpricedCalls = calls.filter(({ model }) => PRICES[model] === undefined).length;
  const minutes = sum(cases.flatMap(({ people }) => people.map((each) => BigInt(each.minutes))));
  const linesPico = minutes * parsePico(personPerMinuteUsd)!;
  const open = worked.filter(({ state }) => state === 'open');
  const certain = formatPico(costPico);
  return {
    group: { workflow, outcome_type: outcomeType },
    workItems: settled.length,
    attempts: settled.flatMap(({ attempts }) => attempts).length,
    outcomes: achieved.length,
    costUsd: formatPico(costPico),
    costPerOutcomeUsd: dividePico(costPico, outcomes),
    directCostUsd: formatPico(directPico),
    directCostPerOutcomeUsd: dividePico(directPico, outcomes),
    failedAttemptCostUsd: formatPico(costPico - directPico - noOutcomePico),
    noOutcomeCostUsd: formatPico(noOutcomePico),
    loadedCostUsd: formatPico(costPico + linesPico),
    loadedCostPerOutcomeUsd: dividePico(costPico + linesPico, outcomes),
    loadedGrade: unpricedCalls === 0 ? 'assumed' : 'incomplete',
    costLinesUsd: formatPico(linesPico),
    usedOverheadUsd: '0',
    humanMinutes: String(minutes),
    unpricedLines: 0,
    unpricedCalls,
    attemptsWithoutUsage: 0,
    unmatchedOutcomes: 0,
    pending: { items: open.length, costUsd: formatPico(costOf(open)) },
    outcomesByTier: { confirmed: 0, assumed: 0, contained: 0, assisted: 0, unstated: achieved.length },
    maturing: { items: 0, costUsd: '0' },
    coverage: {
      priced: formatPico(
        ((BigInt(calls.length - unpricedCalls) * 10_000n) / BigInt(calls.length)) * 100_000_000n,
      ),
      linked: '1',
      reconciled: '0',
    },
    linkCoverage: '1',
    band: expect.objectContaining({ lowUsd: certain, bookUsd: certain, highUsd: certain }),
    grade: unpricedCalls > 0 ? 'incomplete' : 'metered',
    gradeReasons: unpricedCalls > 0 ? ['unpriced'] : [],
    ...(unpricedCalls > 0 ? { bound: 'lower' } : {}),
  };
}

/** A conversation is one attempt, whatever the number of its turns; every other run is one of its own. */
function attemptsOf(runs: readonly Run[]): Attempt[] {
  const groups = new Map<unknown, Run[]>();
  for (const run of runs) {
    const key = run.conversationId ?? run;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => {
    const calls = group.flatMap(({ steps }) => steps.filter((step) => step.action === 'chat'));
    return {
      endedAtMs: Math.max(...group.map(endOf)),
      calls,
      costPico: sum(calls.map(costOfCall)),
    };
  });
}

function costOfCall(call: ModelCall): bigint {
  const [input, cached, output] = PRICES[call.model] ?? [0n, 0n, 0n];
  return (
    BigInt(call.inputTokens - call.cacheReadTokens) * input +
    BigInt(call.cacheReadTokens) * cached +
    BigInt(call.outputTokens) * output
  );
}

function stateOf({ events }: Case): { state: string; atMs: number } {
  let standing = { state: 'open', atMs: 0 };
  for (const { verb, atMs } of events) {
    if (['reopened', 'disputed'].includes(verb)) standing = { state: 'open', atMs };
    const to = { resolved: 'achieved', processed: 'achieved', failed: 'failed', cancelled: 'cancelled' }[
      verb
    ];
    if (to !== undefined && standing.state !== to) standing = { state: to, atMs };
  }
  return standing;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
