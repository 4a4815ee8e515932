// Goal: the dashboard we ship says nothing that the schema Grafana publishes of dashboards does not know, and nothing in
// it has another type there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

// `npm run test:grafana` prepares the interpreter.
const python = process.env.PYTHON;
if (python === undefined) throw new Error('PYTHON is not set: run `npm run test:grafana`');

const FILE = new URL('../../docs/grafana/outcome-ledger.json', import.meta.url).pathname;
const SCRIPT = new URL('grafana-python/read.py', import.meta.url).pathname;
/** Grafana writes it into query variables itself, for its editor; the published schema leaves it out. */
const UNPUBLISHED = /^\/templating\/list\/\d+\/definition$/;

/** Every value of JSON by its path. */
function* leaves(value: unknown, path = ''): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) yield [path, value];
  else for (const [key, inner] of Object.entries(value)) yield* leaves(inner, `${path}/${key}`);
}

test('every field of the dashboard comes back from the published models as it was', () => {
  const shipped = JSON.parse(readFileSync(FILE, 'utf8'));
  const read = new Map(leaves(JSON.parse(execFileSync(python, [SCRIPT, FILE], { encoding: 'utf8' }))));
  const lost = [...leaves(shipped)].filter(
    ([path, value]) => !UNPUBLISHED.test(path) && !Object.is(read.get(path), value),
  );
  expect(lost).toEqual([]);
  expect(shipped.panels).toHaveLength(12);
});

test('the models do lose what they do not know', () => {
  const changed = join(mkdtempSync(join(tmpdir(), 'grafana-')), 'dashboard.json');
  const shipped = JSON.parse(readFileSync(FILE, 'utf8'));
  writeFileSync(changed, JSON.stringify({ ...shipped, panel: shipped.panels }));
  const read = JSON.parse(execFileSync(python, [SCRIPT, changed], { encoding: 'utf8' }));
  expect([read.panel, read.title]).toEqual([undefined, shipped.title]);
});
