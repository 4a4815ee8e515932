// Installs the peers below a directory, each from a package registry by its own client; what cannot be installed here is
// said and left out.
//   node bench/peers/install.mjs DIRECTORY [phoenix] [mlflow] [collector] [jaeger]
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const python = process.env.PYTHON ?? 'python3.12';
const limitMs = 900_000;

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', timeout: limitMs });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}`);
}

const fromPyPI = (requirement) => (directory) => {
  run(python, ['-m', 'venv', directory], directory);
  run(join(directory, 'bin/pip'), ['install', '--quiet', ...requirement], directory);
};

/** Builds in a copy: go.mod and go.sum say which versions, and the checkout stays as it is. */
const fromGo = (name, target) => (directory) => {
  for (const file of target === '.' ? ['go.mod', 'go.sum', 'main.go'] : ['go.mod', 'go.sum', 'command.go'])
    copyFileSync(join(here, name, file), join(directory, file));
  run('go', ['build', '-o', name, target], directory);
};

const PEERS = {
  phoenix: fromPyPI(['arize-phoenix[pg]==20.26.1']),
  mlflow: fromPyPI(['mlflow==3.17.2', 'psycopg[binary]==3.3.9']),
  collector: fromGo('collector', '.'),
  jaeger: fromGo('jaeger', 'github.com/jaegertracing/jaeger/cmd/jaeger'),
};

const [directory, ...names] = process.argv.slice(2);
if (directory === undefined) throw new Error('say where: node bench/peers/install.mjs DIRECTORY');
for (const name of names.length > 0 ? names : Object.keys(PEERS)) {
  if (!Object.hasOwn(PEERS, name))
    throw new Error(`there is no peer ${name}: ${Object.keys(PEERS).join(', ')}`);
  const target = resolve(directory, name);
  mkdirSync(target, { recursive: true });
  try {
    PEERS[name](target);
    console.log(`${name}: installed in ${target}`);
  } catch (error) {
    console.log(`${name}: not installed: ${error.message}`);
  }
}
