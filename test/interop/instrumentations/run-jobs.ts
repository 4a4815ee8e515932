import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** Where `run-instrumentations.mjs` has put what the programs need. */
const INSTALLED = {
  current: process.env.INSTRUMENTED_PYTHON,
  openai2: process.env.INSTRUMENTED_PYTHON_OPENAI_2,
  node: process.env.INSTRUMENTED_NODE,
};
export type Runtime = keyof typeof INSTALLED;

/** What takes long to import, and is imported once for all programs. */
const MODULES: Readonly<Record<Runtime, readonly string[]>> = {
  current: [
    'openai',
    'openai.resources.responses',
    'anthropic',
    'langchain_openai',
    'pydantic_ai',
    'pydantic_ai.models.openai',
    'pydantic_ai.models.anthropic',
    'opentelemetry.instrumentation.openai',
    'opentelemetry.instrumentation.openai_v2',
    'opentelemetry.instrumentation.anthropic',
    'openinference.instrumentation.openai',
    'openinference.instrumentation.anthropic',
    'openinference.instrumentation.langchain',
  ],
  openai2: [
    'litellm',
    'agents',
    'strands',
    'strands.models.openai',
    'google.genai',
    'opentelemetry.instrumentation.google_genai',
    'openinference.instrumentation.openai',
    'openinference.instrumentation.openai_agents',
  ],
  node: [],
};

export interface Job {
  readonly program: string;
  readonly instrumentations: readonly string[];
  readonly stubUrl: string;
  /** Named by a span around the program; null: by the resource of all its spans. */
  readonly ticket: string | null;
  /** By the names that OpenTelemetry defines. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs the jobs one after the other. @returns what each wrote where it failed, null where its spans are exported */
export function runJobs(runtime: Runtime, jobs: readonly Job[]): Promise<readonly (string | null)[]> {
  const installed = INSTALLED[runtime];
  if (installed === undefined) throw new Error('nothing is installed: run `npm run test:instrumentations`');
  return runtime === 'node' ? runInNode(installed, jobs) : runInPython(installed, runtime, jobs);
}

const base = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NO_PROXY: '127.0.0.1',
});

async function runInPython(
  python: string,
  runtime: Runtime,
  jobs: readonly Job[],
): Promise<(string | null)[]> {
  const script = new URL('python/run.py', import.meta.url).pathname;
  const child = spawn(python, [script, ...MODULES[runtime]], {
    // Compiled modules beside the packages, none in the source tree.
    env: { ...base(), PYTHONPYCACHEPREFIX: join(dirname(python), 'pycache') },
  });
  const errors = text(child.stderr);
  const ended = once(child, 'exit');
  child.stdin.end(jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
  const results: (string | null)[] = [];
  for await (const line of createInterface(child.stdout)) {
    const failure: string | null = JSON.parse(line);
    results.push(failure);
  }
  const [status] = await ended;
  if (status !== 0 || results.length !== jobs.length) throw new Error(`run.py failed: ${await errors}`);
  return results;
}

async function runInNode(installed: string, jobs: readonly Job[]): Promise<(string | null)[]> {
  const results: (string | null)[] = [];
  for (const { program, instrumentations, stubUrl, ticket, environment } of jobs) {
    const args = [join(installed, 'run.mjs'), program, stubUrl, ticket ?? '-', ...instrumentations];
    const child = spawn(process.execPath, args, { env: { ...base(), ...environment } });
    const ended = once(child, 'exit');
    const [written, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [status] = await ended;
    results.push(status === 0 ? null : written + errors);
  }
  return results;
}
