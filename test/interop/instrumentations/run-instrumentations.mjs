// Installs real clients and their instrumentations, each in the versions that are pinned beside them, then runs
// instrumentations.spec.ts with them. What is installed stays in node_modules/.cache, and is made anew when a pin changes.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const HERE = 'test/interop/instrumentations';
const CACHE = join(process.cwd(), 'node_modules/.cache/instrumentations');
/** Resolves and installs pinned wheels several times faster than pip does. */
const INSTALLER = 'uv==0.13.9';

function run(command, args, env = {}) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) =>
      status === 0 ? resolve() : reject(Object.assign(new Error(command), { status: status ?? 1 })),
    );
  });
}

/** Makes a directory named after what it is made from; it appears whole or not at all. */
async function prepared(name, sources, make) {
  const hash = createHash('sha256').update(INSTALLER);
  for (const source of sources) hash.update(readFileSync(source));
  const directory = join(CACHE, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await make(unfinished);
  renameSync(unfinished, directory);
  return directory;
}

async function preparePython(set) {
  const requirements = `${HERE}/python/requirements-${set}.txt`;
  const directory = await prepared(set, [requirements], async (unfinished) => {
    const python = join(unfinished, 'bin/python');
    await run('python3', ['-m', 'venv', unfinished]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', INSTALLER]);
    await run(python, [
      '-m',
      'uv',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--python',
      python,
      '-r',
      requirements,
    ]);
  });
  return join(directory, 'bin/python');
}

async function prepareNode() {
  const pins = [`${HERE}/node/package.json`, `${HERE}/node/package-lock.json`];
  const directory = await prepared('node', pins, async (unfinished) => {
    for (const pin of pins) cpSync(pin, join(unfinished, pin.slice(pin.lastIndexOf('/') + 1)));
    await run('npm', [
      'ci',
      '--silent',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefix',
      unfinished,
    ]);
  });
  // Modules are found above the file that asks for them, so the programs lie beside what they use.
  cpSync(`${HERE}/node`, directory, { recursive: true, filter: (path) => !path.includes('node_modules') });
  return directory;
}

try {
  const [current, openai2, node] = await Promise.all([
    preparePython('current'),
    preparePython('openai-2'),
    prepareNode(),
  ]);
  await run(
    process.execPath,
    ['test/support/run-tests.mjs', '--testMatch', `<rootDir>/${HERE}/*.spec.ts`, ...process.argv.slice(2)],
    { INSTRUMENTED_PYTHON: current, INSTRUMENTED_PYTHON_OPENAI_2: openai2, INSTRUMENTED_NODE: node },
  );
} catch (error) {
  console.error(error);
  process.exitCode = error.status ?? 1;
}
