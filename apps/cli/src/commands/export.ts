import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { readConfig } from '#config';
import { openArchive } from '../verifier/read-bundle.ts';

interface ExportOptions {
  readonly out: string;
  readonly url?: string;
  readonly key: string;
  readonly purpose: string;
  readonly period?: string;
  readonly tenant?: boolean;
  readonly method?: string;
  readonly size?: string;
  readonly asOf?: string;
  readonly since?: string;
  readonly content?: boolean;
}

const POLL_MS = 500;
const Answer = z.object({
  exportId: z.string(),
  state: z.string(),
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  error: z.string().nullable(),
  size: z.number(),
  sha256: z.string().nullable(),
});
type Answer = z.infer<typeof Answer>;

/** Bundles are made by the service, so that roles, grants and the access log hold for this command as for everybody. */
export function addExport(program: Command): void {
  program
    .command('export [work-items...]')
    .description(
      'have an evidence bundle made, of work items (ticket:8123), a month or the tenant, and fetch it',
    )
    .requiredOption('--out <dir>', 'where to; a directory that is empty, or not there yet')
    .requiredOption('--purpose <text>', 'why; stands in the bundle and in the evidence log')
    .addOption(new Option('--url <url>', 'the API; that of this machine otherwise').env('OL_API_URL'))
    .addOption(new Option('--key <key>', 'with the role auditor').env('OL_API_KEY').makeOptionMandatory())
    .option('--period <month>', 'a month, as 2026-10')
    .option('--tenant', 'everything')
    .addOption(
      new Option('--method <method>', 'what shows that nothing is left out').choices([
        'full-log',
        'trail-chain',
      ]),
    )
    .option('--size <leaves>', 'at the first so many leaves of the log; its newest size otherwise')
    .option('--as-of <time>', 'at the newest size sealed by then, RFC 3339')
    .option('--since <leaves>', 'size of an older checkpoint that you hold')
    .option('--content', 'open what was received: under a grant, noted in the access log')
    .action((workItems: string[], options: ExportOptions) => runExport(workItems, options));
}

async function runExport(workItems: readonly string[], options: ExportOptions): Promise<void> {
  if ((await readdir(options.out).catch(() => [])).length > 0)
    throw new Error(`${options.out} is not empty: a bundle with another file in it does not hold`);
  const base = options.url ?? `http://localhost:${readConfig().apiPort}`;
  const ask = (path: string, body?: object): Promise<Response> => askApi(`${base}${path}`, options.key, body);
  const view = await untilBuilt(
    Answer.parse(await (await ask('/v1/exports', bodyOf(workItems, options))).json()),
    async (id) => Answer.parse(await (await ask(`/v1/exports/${id}`)).json()),
  );
  const answer = await ask(`/v1/exports/${view.exportId}/bundle`);
  await mkdir(options.out, { recursive: true });
  const archive = join(options.out, '.archive.tar');
  try {
    await saveAnswer(answer, archive, view.sha256);
    const count = await unpack(archive, options.out);
    process.stdout.write(
      `${count} files in ${options.out}, at ${view.size} leaves; archive sha256 ${view.sha256}\n` +
        `check it with: outcome-ledger verify ${options.out}\n`,
    );
  } finally {
    await rm(archive, { force: true });
  }
}

/** @throws Error where what came is not what the service says it made */
async function saveAnswer({ body }: Response, path: string, sha256: string | null): Promise<void> {
  const hash = createHash('sha256');
  const through = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(body!), through, createWriteStream(path, { mode: 0o600 }));
  if (hash.digest('hex') !== sha256) throw new Error('the archive came damaged: fetch it again');
}

/** @returns how many files it held */
async function unpack(archive: string, directory: string): Promise<number> {
  const files = openArchive(archive);
  let count = 0;
  try {
    for (const path of files.keys()) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), files.get(path)!);
      count += 1;
    }
  } finally {
    files.close();
  }
  return count;
}

function bodyOf(workItems: readonly string[], options: ExportOptions): object {
  const asked = [workItems.length > 0, options.period !== undefined, options.tenant === true];
  if (asked.filter(Boolean).length !== 1)
    throw new Error('say what to export: work items, --period or --tenant, one of them');
  const scope =
    options.tenant === true
      ? { kind: 'tenant' }
      : options.period === undefined
        ? { kind: 'work_items', workItems }
        : { kind: 'period', period: options.period };
  return {
    scope,
    purpose: options.purpose,
    method: options.method,
    size: options.size === undefined ? undefined : Number(options.size),
    since: options.since === undefined ? undefined : Number(options.since),
    asOf: options.asOf,
    content: options.content === true,
  };
}

async function untilBuilt(first: Answer, ask: (id: string) => Promise<Answer>): Promise<Answer> {
  let view = first;
  for (
    let shown = '';
    view.state === 'waiting' || view.state === 'building';
    view = await ask(view.exportId)
  ) {
    const line = `${view.state} ${view.stage} ${view.done}/${view.total}`;
    if (line !== shown) process.stderr.write(`${line}\n`);
    shown = line;
    await sleep(POLL_MS);
  }
  if (view.state !== 'ready') throw new Error(`the export ${view.exportId} is ${view.state}: ${view.error}`);
  return view;
}

/** @throws Error with the problem's words where the API refuses */
async function askApi(url: string, key: string, body?: object): Promise<Response> {
  const answer = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
  });
  if (answer.ok) return answer;
  const problem = z.object({ detail: z.string() }).safeParse(await answer.json().catch(() => null));
  throw new Error(problem.success ? problem.data.detail : `${url} answered ${answer.status}`);
}
