import { Option, type Command } from 'commander';
import { readConfig } from '#config';
import { renderReevaluation } from '#trails';

interface TrailOptions {
  readonly url?: string;
  readonly key: string;
  readonly size?: string;
  readonly at?: string;
  readonly order?: string;
  readonly content: string;
  readonly json?: boolean;
  readonly reevaluate?: boolean;
}

/** Trails are read through the API, so that roles, grants and the access log hold for this command as for everybody. */
export function addTrails(program: Command): void {
  withCommon(
    program
      .command('replay <trail>')
      .description(
        'read what was done for a work item, step by step: ticket:8123, or its id in the evidence log',
      )
      .addOption(
        new Option('--order <order>', 'by the log, or by when it happened').choices(['recorded', 'observed']),
      )
      .option(
        '--reevaluate',
        'instead: run the rules and prices of that size again on what it records; ends with 1 where they say something else',
      ),
  ).action(async (trail: string, options: TrailOptions) => {
    const path = `/v1/trails/${encodeURIComponent(trail)}`;
    if (options.reevaluate === true) await reevaluate(options, `${path}/reevaluation`);
    else await show(options, `${path}/replay`, { order: options.order });
  });
  withCommon(
    program
      .command('diff <trail> <other>')
      .description('how two trails differ: what preceded their verdicts'),
  ).action((a: string, b: string, options: TrailOptions) => show(options, '/v1/trails/diff', { a, b }));
}

const withCommon = (command: Command): Command =>
  command
    .addOption(new Option('--url <url>', 'the API; that of this machine otherwise').env('OL_API_URL'))
    .addOption(
      new Option('--key <key>', 'with the role analyst or auditor').env('OL_API_KEY').makeOptionMandatory(),
    )
    .option('--size <leaves>', 'as the first so many leaves of the log know it')
    .option('--at <time>', 'as it was known at a time: a day, or RFC 3339')
    .addOption(
      new Option('--content <how>', 'open what was said: under a grant, noted in the access log')
        .choices(['none', 'read', 'text'])
        .default('none'),
    )
    .option('--json', 'as JSON, with the digest');

async function show(
  options: TrailOptions,
  path: string,
  own: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { content, json } = options;
  const text = await ask(options, path, { ...own, content, format: json === true ? 'json' : 'text' });
  process.stdout.write(json === true ? pretty(JSON.parse(text)) : text);
}

async function reevaluate(options: TrailOptions, path: string): Promise<void> {
  const answer: Reevaluated = JSON.parse(await ask(options, path, {}));
  const { name, digest, reevaluation } = answer;
  process.stdout.write(
    options.json === true ? pretty(answer) : renderReevaluation(name, digest, reevaluation),
  );
  if (reevaluation.result === 'diverges') process.exitCode = 1;
}

interface Reevaluated {
  readonly name: string;
  readonly digest: string;
  readonly reevaluation: Parameters<typeof renderReevaluation>[2];
}

const pretty = (answer: unknown): string => `${JSON.stringify(answer, null, 2)}\n`;

/** @throws Error with the problem's words where the API refuses */
async function ask(
  { url, key, size, at }: TrailOptions,
  path: string,
  own: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...own, size, at }))
    if (value !== undefined) query.set(name, value);
  const base = url ?? `http://localhost:${readConfig().apiPort}`;
  const answer = await fetch(`${base}${path}?${query.toString()}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(problemIn(text) ?? `${answer.status} ${text}`);
  return text;
}

function problemIn(text: string): string | null {
  try {
    const problem: { detail?: unknown } = JSON.parse(text);
    return typeof problem.detail === 'string' ? problem.detail : null;
  } catch {
    return null;
  }
}
