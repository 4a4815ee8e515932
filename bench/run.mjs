// Runs the benchmarks and prints one table of ratios (bench/README.md says what each compares).
//   --short   fewer spans: for a look, not for a verdict
//   --save    also writes the table to bench/results/latest.json, with the machine and the commit
//   --strict  exit code 1 when a ratio is under its floor by more than NOISE
//   NAME ...  only these: lazy-read, ingest, gzip, sealing, proofs, reports, pipeline, pipeline-content,
//             pipeline-recorded, memory
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { areThere } from './recorded-runs.mjs';

const NOISE = 0.05;
const of =
  (file, name = 'run') =>
  async (options) =>
    (await import(`./${file}.mjs`))[name](options);
const BENCHMARKS = {
  'lazy-read': of('lazy-read'),
  ingest: of('ingest'),
  gzip: of('gzip'),
  sealing: of('sealing'),
  proofs: of('proofs'),
  reports: of('reports'),
  pipeline: of('pipeline'),
  'pipeline-content': of('pipeline', 'runWithContent'),
  'pipeline-recorded': of('pipeline', 'runRecorded'),
  memory: of('memory'),
};
const NAMES = Object.keys(BENCHMARKS);

const options = process.argv.slice(2);
const chosen = options.filter((option) => !option.startsWith('--'));
const unknown = chosen.filter((name) => !NAMES.includes(name));
if (unknown.length > 0)
  throw new Error(`no such benchmark: ${unknown.join(', ')}; there are ${NAMES.join(', ')}`);

function verdict({ ratio, floor, aim }) {
  if (floor === null) return 'reported';
  if (ratio >= aim) return 'reaches the aim';
  if (ratio >= floor) return 'above the floor';
  return ratio >= floor * (1 - NOISE) ? 'at the floor' : 'BELOW THE FLOOR';
}

const results = [];
for (const name of chosen.length > 0 ? chosen : NAMES) {
  if (name === 'pipeline-recorded' && !areThere) {
    console.error(
      'SKIPPED: pipeline-recorded needs the recorded runs beside the checkout, which are not there',
    );
    continue;
  }
  const result = await BENCHMARKS[name]({ short: options.includes('--short') });
  results.push(result);
  console.error(`${name}: ${JSON.stringify(result.details)}`);
}
const table = results.map((result) => ({
  name: result.name,
  ratio: Number(result.ratio.toFixed(2)),
  floor: result.floor,
  aim: result.aim,
  verdict: verdict(result),
}));
console.table(table);
if (options.includes('--save')) {
  const file = new URL('results/latest.json', import.meta.url);
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  mkdirSync(new URL('.', file), { recursive: true });
  const details = Object.fromEntries(results.map((result) => [result.name, result.details]));
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(file, `${JSON.stringify({ date, commit, machine, table, details }, null, 2)}\n`);
}
const isBelow = results.some(({ ratio, floor }) => floor !== null && ratio < floor * (1 - NOISE));
if (isBelow && options.includes('--strict')) process.exitCode = 1;
