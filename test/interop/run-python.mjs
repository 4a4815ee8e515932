// run-python.mjs SUITE: prepares a virtual environment with the packages of test/interop/SUITE/requirements.txt (kept in
// node_modules/.cache, made anew when they change), then runs test/interop/SUITE.spec.ts with its interpreter in PYTHON.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [suite, ...options] = process.argv.slice(2);
const requirements = `test/interop/${suite}/requirements.txt`;
const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
const environment = join(process.cwd(), 'node_modules/.cache', `${suite}-${digest}`);
const python = join(environment, 'bin/python');

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(python)) {
  // A finished one appears under its name at once, so that an interrupted run leaves none that looks finished.
  const unfinished = `${environment}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  run('python3', ['-m', 'venv', unfinished]);
  run(join(unfinished, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  renameSync(unfinished, environment);
}
run(
  process.execPath,
  ['test/support/run-tests.mjs', '--testMatch', `<rootDir>/test/interop/${suite}.spec.ts`, ...options],
  { PYTHON: python },
);
