// How fast the pages of the console are in a real Chromium, against a service that runs: the largest contentful paint of
// every page, and how long an interaction takes until the next frame is painted (as INP is measured): a filter that
// changes, a step by the keyboard. Prints JSON, with the number of spans in the database.
//   node bench/console.mjs --url http://host:3000 --key olk_... [--tenant demo] [--pages overview,workflow]
//     [--repeat 20] [--timeout-seconds 120] [--spans N] [--save bench/results/console-5m.json]
// The key reads the tenant (roles analyst and auditor; pages it may not see are left out and named). --spans: how many
// there are, where most are copies that the page of data quality was never told of. Without --url it starts the demo, on
// a PostgreSQL of its own; build first.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: given } = parseArgs({
  options: {
    url: { type: 'string' },
    key: { type: 'string' },
    tenant: { type: 'string', default: 'demo' },
    pages: { type: 'string' },
    save: { type: 'string' },
    spans: { type: 'string' },
    repeat: { type: 'string', default: '20' },
    'timeout-seconds': { type: 'string', default: '120' },
  },
});
const repeat = Number(given.repeat);
const timeoutMs = Number(given['timeout-seconds']) * 1000;
if (!Number.isInteger(repeat) || repeat < 1) throw new Error('--repeat: a whole number from 1');
if ((given.url === undefined) !== (given.key === undefined)) throw new Error('--url and --key go together');

const service = given.url === undefined ? await startDemo() : { url: given.url, key: given.key };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-sync',
  ],
});
try {
  const { workflow, item, other } = await namesToShow();
  const every = pagesOf(workflow, item, other);
  const wanted = given.pages?.split(',') ?? Object.keys(every);
  const unknown = wanted.filter((name) => !(name in every));
  if (unknown.length > 0)
    throw new Error(`--pages: ${unknown.join(', ')} is none of ${Object.keys(every).join(', ')}`);
  const loads = {};
  const notForThisKey = [];
  for (const name of wanted) {
    const times = await loadsOf(every[name]);
    if (times === null) notForThisKey.push(name);
    else loads[name] = times;
  }
  const acts = {
    filterOnOverview: ['overview', changeFilter],
    filterOnWorkflow: ['workflow', changeFilter],
    stepByKeyboard: ['workItem', stepByKeyboard],
    sortOfOverview: ['overview', sortTable],
  };
  const interactions = {};
  for (const [name, [page, act]] of Object.entries(acts))
    if (wanted.includes(page)) interactions[name] = await interactionsOf(every[page], act);
  const result = {
    name: 'pages of the console in a real Chromium, from an empty cache',
    details: {
      spans: given.spans === undefined ? await countSpans() : Number(given.spans),
      repeat,
      unit: 'ms',
      workflow,
      item,
      loads,
      interactions,
      notForThisKey,
    },
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (given.save !== undefined) save(given.save, result);
} finally {
  await browser.close();
  await service.stop?.();
}

async function ask(path) {
  const answer = await fetch(service.url + path, { headers: { authorization: `Bearer ${service.key}` } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The workflow with the most items, and an item of it that was settled with several attempts. */
async function namesToShow() {
  const { rows } = await ask('/v1/reports/cost-per-outcome?group_by=workflow,outcome_type');
  const [largest] = rows.toSorted((a, b) => b.workItems - a.workItems);
  if (largest === undefined) throw new Error('nothing is settled yet: send spans and outcomes first');
  const kind = (largest.group.outcome_type ?? '').split('.')[0];
  const { items } = await ask(`/v1/work-items?phase=achieved&kind=${kind}&limit=200`);
  const [item, other = item] = items.toSorted((a, b) => b.cost.attempts - a.cost.attempts);
  const nameOf = ({ kind: ofKind, key }) => ({ kind: ofKind, key });
  return { workflow: largest.group.workflow ?? '', item: nameOf(item), other: nameOf(other) };
}

/** Every page of the console; those that need a question with one that has an answer. */
function pagesOf(workflow, item, other) {
  const ofItem = `${encodeURIComponent(item.kind)}/${encodeURIComponent(item.key)}`;
  const two = new URLSearchParams({ a: `${item.kind}:${item.key}`, b: `${other.kind}:${other.key}` });
  const row = new URLSearchParams({ group_by: 'workflow', cell: JSON.stringify([workflow]), figure: 'cost' });
  return {
    overview: '/overview',
    overviewAsOnTheBill: '/overview?view=period',
    workflow: `/workflows/${encodeURIComponent(workflow)}`,
    workItems: '/work-items',
    workItem: `/work-items/${ofItem}`,
    diff: `/diff?${two}`,
    cohorts: '/cohorts',
    spend: '/spend',
    beforeAfter: `/before-after?change_at=${new Date().toISOString().slice(0, 10)}`,
    explain: `/explain?${row}`,
    explainItem: `/explain/${ofItem}`,
    transactions: '/transactions',
    evidence: '/evidence',
    dataQuality: '/data-quality',
    periods: '/periods',
    settings: '/settings/prices',
    start: '/start',
  };
}

function save(file, result) {
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    chromium: browser.version(),
  };
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(file, `${JSON.stringify({ date, commit, machine, ...result }, null, 2)}\n`);
}

async function countSpans() {
  let spans = 0;
  let cursor = null;
  do {
    const page = await ask(`/v1/data-quality?limit=200${cursor === null ? '' : `&cursor=${cursor}`}`);
    spans += page.emitters.reduce((sum, each) => sum + each.spans, 0);
    cursor = page.next;
  } while (cursor !== null);
  return spans;
}

/** A page in a browser of its own, which has nothing in its cache; what is painted and how long events take is noted. */
async function open(path) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  const keys = JSON.stringify({ [given.tenant]: service.key });
  await context.addInitScript({
    content: `
      sessionStorage.setItem('outcome-ledger:keys', ${JSON.stringify(keys)});
      window.measured = { largestMs: 0, events: [] };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) measured.largestMs = entry.startTime;
      }).observe({ type: 'largest-contentful-paint', buffered: true });
      new PerformanceObserver((list) => {
        for (const { interactionId, duration } of list.getEntries())
          if (interactionId > 0) measured.events.push(duration);
      }).observe({ type: 'event', durationThreshold: 16, buffered: true });
    `,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(timeoutMs);
  await page.goto(`${service.url}/console/${given.tenant}${path}`, { timeout: timeoutMs });
  await settled(page);
  return { page, close: () => context.close() };
}

/** Until nothing on the page says that it is loading. */
async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle', { timeout: timeoutMs });
  await page.locator('.loading').first().waitFor({ state: 'detached' });
}

async function loadsOf(path) {
  const paints = [];
  const complete = [];
  for (let n = 0; n < repeat; n++) {
    const beganMs = performance.now();
    const { page, close } = await open(path);
    if ((await page.getByRole('heading', { name: 'Not with this key' }).count()) > 0) {
      await close();
      return null;
    }
    // Without the half second that the network has to be idle for.
    complete.push(performance.now() - beganMs - 500);
    paints.push(await page.evaluate('measured.largestMs'));
    await close();
  }
  return { largestContentfulPaint: percentiles(paints), complete: percentiles(complete) };
}

/** @param act does one thing for the n-th time, by keyboard or pointer, and waits until its answer is shown */
async function interactionsOf(path, act) {
  const { page, close } = await open(path);
  const untilPainted = [];
  const untilShown = [];
  for (let n = 0; n < repeat; n++) {
    await page.evaluate('measured.events.length = 0');
    const beganMs = performance.now();
    await act(page, n);
    untilShown.push(performance.now() - beganMs);
    // Events are told a frame after they are painted; one that took less than 16 ms is not told at all.
    await page.evaluate('new Promise((done) => setTimeout(done, 100))');
    untilPainted.push((await page.evaluate('measured.events.reduce((a, b) => Math.max(a, b), 0)')) || 16);
  }
  await close();
  return { nextPaint: percentiles(untilPainted), shown: percentiles(untilShown) };
}

async function changeFilter(page, n) {
  const select = page.getByLabel('Counting');
  await select.focus();
  await page.keyboard.press(n % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
  await page.waitForURL(n % 2 === 0 ? /view=cohort/ : (url) => !url.search.includes('view='));
  await page.locator('.loading').first().waitFor({ state: 'detached' });
}

async function sortTable(page) {
  const head = page.locator('th button.sort').first();
  const before = await head.locator('xpath=..').getAttribute('aria-sort');
  await head.focus();
  await page.keyboard.press('Enter');
  await page.locator(`th[aria-sort=${before === 'descending' ? 'ascending' : 'descending'}]`).waitFor();
}

async function stepByKeyboard(page, n) {
  const list = page.getByRole('listbox');
  await list.focus();
  const before = await list.getAttribute('aria-activedescendant');
  const last = await list.locator('[role=option]').last().getAttribute('id');
  await page.keyboard.press(before === last ? 'Home' : n % 5 === 4 ? 'PageDown' : 'ArrowDown');
  await page.locator('.entry[aria-selected=true]').waitFor();
}

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]);
  return { p50: at(0.5), p95: at(0.95) };
}

/** The command `demo` as users run it, on free ports and data of its own. */
async function startDemo() {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-console-bench-'));
  chmodSync(directory, 0o755);
  const child = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'demo'], {
    env: {
      ...process.env,
      OL_DATA_DIR: directory,
      OL_API_PORT: '0',
      OL_OTLP_HTTP_PORT: '0',
      OL_OTLP_GRPC_PORT: '0',
      OL_WORKER_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let text = '';
  const ready = new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      const url = /(http:\S+)\/console\/demo\//.exec(text)?.[1];
      const key = /KEY=(\S+)/.exec(text)?.[1];
      if (url !== undefined && key !== undefined && text.includes('/docs')) resolve({ url, key });
    });
    void exited.then(([code]) => reject(new Error(`the demo ended with ${code}:\n${text}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(directory, { recursive: true, force: true });
  };
  return { ...(await ready), stop };
}
