// run-python.mjs SUITE: prepares a virtual environment with the packages of test/interop/SUITE/requirements.txt (kept in
// node_modules/.cache, made anew when they change), then runs test/interop/SUITE.spec.ts with its interpreter in PYTHON.
// `--prepare` ends before the tests. A first line `# python >= 3.12` asks for one that is not older.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const [suite, ...options] = process.argv.slice(2);
const requirements = `test/interop/${suite}/requirements.txt`;
const asked = readFileSync(requirements, 'utf8');
const digest = createHash('sha256').update(asked).digest('hex').slice(0, 12);
const environment = join(process.cwd(), 'node_modules/.cache', `${suite}-${digest}`);
const python = join(environment, 'bin/python');

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The first interpreter that is new enough: the one on the path, newer ones by name, those of pyenv. */
function findPython() {
  const [, minor] = /^# python >= 3\.(\d+)$/m.exec(asked) ?? [];
  if (minor === undefined) return 'python3';
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const named = ['python3', 'python3.14', 'python3.13', 'python3.12'];
  const ofPyenv = existsSync(versions)
    ? readdirSync(versions).map((each) => join(versions, each, 'bin/python'))
    : [];
  const check = `import sys, venv, ensurepip; sys.exit(sys.version_info < (3, ${minor}))`;
  const found = [...named, ...ofPyenv].find(
    (each) => spawnSync(each, ['-c', check], { stdio: 'ignore' }).status === 0,
  );
  if (found === undefined) {
    console.error(`${suite} needs Python 3.${minor} or newer, with venv, and there is none`);
    process.exit(1);
  }
  return found;
}

if (!existsSync(python)) {
  // A finished one appears under its name at once, so that an interrupted run leaves none that looks finished.
  const unfinished = `${environment}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  run(findPython(), ['-m', 'venv', unfinished]);
  run(join(unfinished, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  renameSync(unfinished, environment);
}
if (options[0] === '--prepare') process.exit(0);
run(
  process.execPath,
  ['test/support/run-tests.mjs', '--testMatch', `<rootDir>/test/interop/${suite}.spec.ts`, ...options],
  { PYTHON: python },
);
