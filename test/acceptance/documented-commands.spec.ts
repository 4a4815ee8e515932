// Every command of the documentation, as it is written, against the service as `up` runs it.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { PAGES, readPage, ROOT } from '../support/pages.ts';
import { until } from '../support/until.ts';

/** Commands for other programs, other machines, or for a checkout that is not this one. */
const NOT_HERE = /npm |docker|git |otelcol|pip install|go run|cp -a|example\.com:|olk_\.\.\./;
/** What npx comes to, without the seconds that it takes to look for it; the commands of the README go through npx itself. */
const WITHOUT_NPX = 'npx() { [ "$1" = outcome-ledger ] && shift && node dist/apps/cli/src/main.js "$@"; }\n';
const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl)
  process.stderr.write('SKIPPED: the commands of the documentation are not run: there is no curl\n');

(hasCurl ? describe : describe.skip)('commands', () => {
  const KEY = `olk_${'documentation'.repeat(3)}`;
  let database: TestDatabase;
  let directory: string;
  let service: ChildProcess;
  let ports: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-docs-'));
    chmodSync(directory, 0o755);
    service = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'up'], {
      cwd: ROOT,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ports = await untilReady(service);
    await bash(blocksOf('README.md').find((block) => block.includes('send-spans.mjs'))!);
    await until('the first figure', async () => (await ask('/v1/work-items/ticket/T-1')).ok);
    await until('the first checkpoint', async () => (await ask('/tlog/default/checkpoint')).ok);
  }, 120_000);

  afterAll(async () => {
    const exited = once(service, 'exit');
    service.kill('SIGTERM');
    await exited;
    rmSync(directory, { recursive: true, force: true });
    await database.drop();
  }, 60_000);

  const cases = PAGES.flatMap((page) =>
    blocksOf(page).map((block) => [page, block.split('\n')[0], block] as const),
  ).filter(([, , block]) => !NOT_HERE.test(block));

  test.each(cases)(
    '%s: %s',
    async (page, _title, block) => {
      await bash(block, page === 'README.md' ? '' : WITHOUT_NPX);
    },
    60_000,
  );

  function environment(): Record<string, string | undefined> {
    return {
      ...process.env,
      DATABASE_URL: database.connection,
      OL_DATA_DIR: directory,
      OL_API_PORT: '0',
      OL_OTLP_HTTP_PORT: '0',
      OL_OTLP_GRPC_PORT: '0',
      OL_WORKER_PORT: '0',
      OL_BOOTSTRAP_KEY: KEY,
      TRACE_QUIET_MS: '0',
      ADMIN_KEY: KEY,
      ANALYST_KEY: KEY,
      AUDITOR_KEY: KEY,
      OUTCOMES_KEY: KEY,
      SPANS_KEY: KEY,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports?.['4318']}`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${KEY}`,
    };
  }

  const ask = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${ports['3000']}${path}`, { headers: { authorization: `Bearer ${KEY}` } });

  /** Runs a block as it is written, but for the ports; a refused request fails it, with what it was answered. */
  async function bash(block: string, functions = ''): Promise<void> {
    const script = block.replaceAll(/localhost:(3000|4318|9464)\b/g, (_, port) => `127.0.0.1:${ports[port]}`);
    const prelude = `set -eu -o pipefail; curl() { command curl --fail-with-body -sS "$@"; }; cd ${ROOT}\n`;
    const inDirectory = script.replaceAll(/(\w+\.(?:csv|txt|json))/g, join(directory, '$1'));
    const run = promisify(execFile)('bash', ['-c', prelude + functions + inDirectory], {
      env: environment(),
    });
    await run.catch((error: Error & { stdout: string }) => {
      throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
    });
  }
});

function blocksOf(page: string): string[] {
  return [...readPage(page).matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
}

/** @returns the ports by their defaults, as the service says them when it is ready */
async function untilReady(service: ChildProcess): Promise<Record<string, string>> {
  const Ready = z.object({
    message: z.literal('ready'),
    api: z.string(),
    otlpHttp: z.string(),
    workerHealth: z.string(),
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: service.stdout! })) {
    lines.push(line);
    const ready = Ready.safeParse(/^\{.*\}$/.test(line) ? JSON.parse(line) : null);
    if (!ready.success) continue;
    service.stdout!.resume();
    const { api, otlpHttp, workerHealth } = ready.data;
    return { 3000: new URL(api).port, 4318: new URL(otlpHttp).port, 9464: new URL(workerHealth).port };
  }
  throw new Error(`the service ended before it was ready, after it had said\n${lines.join('\n')}`);
}
