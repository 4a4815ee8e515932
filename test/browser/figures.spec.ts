// Goal: each figure of a page leads to an explanation that works it out again; waste, segments and spend of the demo are
// shown as the API tells them; and what an auditor and a controller do through the pages really happens.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settled, startTestConsole, type TestConsole } from '../support/console.ts';

jest.setTimeout(240_000);
let shown: TestConsole;
let admin: string;
beforeAll(async () => {
  shown = await startTestConsole();
  admin = await shown.demoAdminKey();
}, 300_000);
afterAll(() => shown?.stop());

const CLAIMS = '/demo/workflows/Insurance%20claims';
const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
const ask = async (path: string): Promise<any> =>
  (await fetch(shown.url + path, { headers: { authorization: `Bearer ${shown.readerKey}` } })).json();

interface ShownFigure {
  readonly exact: string;
  readonly href: string | null;
}

/** The known amounts and counts of a page, with where each leads. */
const figuresOf = (page: Page): Promise<ShownFigure[]> =>
  page.locator('main .amount[data-exact]').evaluateAll((nodes: any[]) =>
    nodes.map((node) => ({
      exact: node.dataset.exact,
      href: node.closest('a')?.getAttribute('href') ?? null,
    })),
  );

test.each([
  ['overview', '/demo/overview', 17],
  ['workflow', CLAIMS, 8],
  ['the workflow in a period', `${CLAIMS}?from=2026-10-05&to=2026-10-12&view=cohort`, 8],
  ['cohorts', '/demo/cohorts?from=2026-10-10', 6],
  ['overview as on the bill', '/demo/overview?view=period&from=2026-10-01&to=2026-11-01', 2],
])(
  'every figure of %s leads to its explanation, which makes the same figure',
  async (_, address, atLeast) => {
    const { page } = await shown.open(address);
    // The line of the tie-out is a summary: its figures stand again below it, where they lead on.
    for (const line of await page.locator('.tie-out > summary').all()) await line.click();
    const figures = (await figuresOf(page)).filter(({ href }) => href !== null);
    const alone = await page.locator('main .amount[data-exact]').count();
    const inSummaries = await page.locator('main summary .amount[data-exact]').count();
    expect(figures).toHaveLength(alone - inSummaries);
    const worked = new Map<string, Set<string>>();
    for (const { exact, href } of figures) {
      const search = new URL(href!, shown.url).searchParams;
      if (search.has('figure')) worked.set(href!, (worked.get(href!) ?? new Set()).add(exact));
    }
    expect(worked.size).toBeGreaterThanOrEqual(atLeast);
    const wrong: unknown[] = [];
    for (const [href, exact] of worked) {
      await page.goto(shown.url + href);
      await settled(page);
      const made = await page.locator('.explained-figure').getAttribute('value');
      if (exact.size !== 1 || !exact.has(made!)) wrong.push({ href, shown: [...exact], made });
      expect(await page.getByText('they do not tie').count()).toBe(0);
    }
    expect(wrong).toEqual([]);
    await page.context().close();
  },
);

test.each(['/demo/work-items/ticket/T-1020?n=4', '/demo/data-quality', '/demo/work-items?kind=claim'])(
  'every figure of %s leads on, and the cost of a work item to the lines that sum to it',
  async (address) => {
    const { page } = await shown.open(address);
    // A row of the trail leads to its detail, where its cost leads on.
    const rows = await page.locator('main [role=option] .amount[data-exact]').count();
    const summaries = await page.locator('main summary .amount[data-exact]').count();
    const figures = await figuresOf(page);
    expect(figures.filter(({ href }) => href === null)).toHaveLength(rows + summaries);
    const cost = figures.find(({ href }) => href !== null && /\/explain\/\w+\/[\w-]+$/.test(href));
    if (cost !== undefined) {
      await page.goto(shown.url + cost.href);
      await settled(page);
      const headline = page.locator('.headline .amount');
      expect(await headline.getAttribute('data-exact')).toBe(cost.exact);
      expect(await page.getByText(/lines? in USD sums? to .*, exactly the figure\./).count()).toBe(1);
    }
    await page.context().close();
  },
);

test('a step that a rule flags says what it takes and what shows it, by keyboard, and the flags sum to the waste', async () => {
  const api = await ask('/v1/work-items/ticket/T-1020/waste');
  expect(api.flags).toMatchObject([{ rule: 'W3', state: 'proven' }]);
  const { page } = await shown.open('/demo/work-items/ticket/T-1020');
  await page.getByRole('listbox').focus();
  await page.keyboard.press('w');
  const detail = page.locator('.entry-detail');
  expect(words(await detail.locator('.step-waste').innerText())).toBe(
    `Waste W3 identical tool, proven: identical consecutive. Wasted: $${Number(api.flags[0].costUsd).toFixed(5)} ` +
      `(exactly ${api.flags[0].costUsd} USD) Shown by entry 3 About the cost of entry 4`,
  );
  const flagged = new URL(page.url()).search;
  expect(flagged).toBe('?n=5');
  await page.getByRole('button', { name: 'entry 3' }).first().focus();
  await page.keyboard.press('Enter');
  expect(new URL(page.url()).search).toBe('?n=3');
  await page.getByLabel('Show').selectOption('waste');
  expect(await page.locator('.entry').count()).toBe(1);
  const [run] = api.runs;
  await page.getByText(`1 flag sums to ${run.wasteCostUsd}, exactly the figure.`).waitFor();
  await page.context().close();
});

test('the segment that is dearer than the BPO is told on the page of the workflow, as the report tells it', async () => {
  const { rows } = await ask('/v1/reports/segments?group_by=workflow,outcome_type');
  const [claims] = rows;
  expect(claims.search.state).toBe('found');
  const { page } = await shown.open(CLAIMS);
  expect(words(await page.locator('main').innerText())).toContain(words(claims.segments[0].sentence));
  const row = page.getByRole('row', { name: /^exception_doc = true/ });
  expect(await row.locator('.amount').first().getAttribute('data-exact')).toBe(
    claims.segments[0].inside.loadedCostPerOutcomeUsd,
  );
  expect(await page.locator('.navigation a[aria-current]').allInnerTexts()).toEqual(['Overview']);
  await page.context().close();
});

test('spend by team stands under its warnings, in the order of names, and leads to what it is made of', async () => {
  const report = await ask('/v1/reports/spend?by=team');
  const { page } = await shown.open('/demo/spend');
  await page.getByLabel('By', { exact: true }).selectOption('team');
  await settled(page);
  expect(new URL(page.url()).search).toBe('?by=team');
  for (const warning of report.warnings) expect(await page.getByText(warning).count()).toBe(1);
  expect(await page.locator('tbody th').allInnerTexts()).toEqual(
    report.rows.map(({ group }: any) => group.team),
  );
  await page.context().close();
});

test('before and after: shares and times of both sides, and what changed beyond other work', async () => {
  const { rows } = await ask(
    '/v1/reports/operating-model?group_by=workflow,outcome_type&change_at=2026-10-12&comparison=Support%20tickets',
  );
  const { page } = await shown.open('/demo/before-after');
  await page.getByText('Which day?').waitFor();
  await page.getByLabel('Changed on').fill('2026-10-12');
  await page.getByLabel('Not touched by it').fill('Support tickets');
  await page.getByLabel('Not touched by it').blur();
  await settled(page);
  expect(new URL(page.url()).search).toBe('?change_at=2026-10-12&comparison=Support+tickets');
  const [claims] = rows;
  const share = (value: string): string => `${(Number(value) * 100).toFixed(1)} %`;
  const row = page.getByRole('row', { name: /^Right at the first attempt/ }).first();
  expect(words(await row.innerText())).toMatch(
    new RegExp(
      `${share(claims.before.firstTimeRightShare)} ${share(claims.after.firstTimeRightShare)} .*points`,
    ),
  );
  await page.context().close();
});

test('a bundle is made and downloaded through the page, and the command verifies it', async () => {
  const { page } = await shown.open('/demo/evidence?tab=export');
  await page.getByLabel('Of', { exact: true }).selectOption('work_items');
  await page.getByLabel('Names, separated by spaces').fill('ticket:T-1020');
  await page.getByLabel('Why (stands in the bundle').fill('audit 2026');
  await page.getByRole('button', { name: 'Make a bundle' }).click();
  const button = page.getByRole('button', { name: /^Download/ }).first();
  await button.waitFor({ timeout: 120_000 });
  const downloading = page.waitForEvent('download');
  await button.click();
  const file = join(shown.directory, 'bundle.tar');
  await (await downloading).saveAs(file);
  const { stdout } = await promisify(execFile)(process.execPath, [
    'dist/apps/cli/src/main.js',
    'verify',
    file,
  ]);
  expect(stdout).toMatch(/\nAll \d+ claims hold\.\n$/);
  await page.context().close();
});

test('a bill is sent and compared, and a month is closed, through the page', async () => {
  const { page } = await shown.open('/demo/periods', {}, { demo: admin });
  await page.getByLabel('Provider', { exact: true }).fill('openai');
  await page.getByLabel('Month', { exact: true }).fill('2026-10');
  await page.getByLabel('Number', { exact: true }).fill('INV-1042');
  await page.getByLabel('Total (USD)').fill('9.99');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('1 document taken in').waitFor({ timeout: 60_000 });
  await expectSoon(async () => {
    await page.reload();
    await settled(page);
    return page.getByText('kinds of variance sum to').count();
  }, 1);
  const charged = await figuresOf(page);
  const explained = charged.find(({ href }) => href?.includes('view=period') && href.includes('figure=cost'));
  expect(explained).toBeDefined();
  await page.goto(shown.url + explained!.href);
  await settled(page);
  expect(await page.locator('.explained-figure').getAttribute('value')).toBe(explained!.exact);

  await page.goto(`${shown.url}/console/demo/periods`);
  await settled(page);
  await page.getByLabel('Close the month').fill('2026-10');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  const month = page.getByRole('link', { name: 'Oct 2026' });
  await month.waitFor({ timeout: 120_000 });
  await month.click();
  await settled(page);
  expect(new URL(page.url()).search).toBe('?period=2026-10');
  await page.getByText('How Oct 2026 came about').waitFor();
  expect((await figuresOf(page)).filter(({ href }) => href === null)).toEqual([]);
  await page.context().close();
});

async function expectSoon<Value>(read: () => Promise<Value>, value: Value): Promise<void> {
  const limit = Date.now() + 60_000;
  while ((await read()) !== value) if (Date.now() > limit) break;
  expect(await read()).toBe(value);
}

test('young cohorts: what is to be expected with its interval, and where it is not told, why', async () => {
  const from = '2026-10-10';
  const query = `from=${from}&group_by=workflow,outcome_type`;
  const [told, none] = await Promise.all([
    ask(`/v1/reports/maturity?${query}&clock=business`),
    ask(`/v1/reports/maturity?${query}`),
  ]);
  const [claims, tickets] = told.rows;
  // An imported history was received in one hour: at no age was anything known of it.
  expect(none.rows.map(({ withheld }: any) => withheld)).toEqual(['too_little_known', 'too_little_known']);
  expect([claims.withheld, tickets.nowcast.seen]).toEqual(['too_little_known', 29]);
  const { page } = await shown.open(`/demo/cohorts?from=${from}`);
  const row = page.getByRole('row', { name: /^Support tickets/ });
  expect(words(await row.innerText())).toContain('not told: less than half of the outcomes is known');
  await page.getByLabel('Older work was known by').selectOption('business');
  await settled(page);
  expect(new URL(page.url()).search).toBe(`?from=${from}&clock=business`);
  const one = (value: string): string => Number(value).toFixed(1);
  const { expected, low, high } = tickets.nowcast;
  expect(Number(low) < Number(expected) && Number(expected) < Number(high)).toBe(true);
  expect(words(await row.innerText())).toContain(`${one(expected)} 95 %: ${one(low)} to ${one(high)}`);
  const refused = page.getByRole('row', { name: /^Insurance claims/ });
  expect(words(await refused.innerText())).toContain('not told: less than half of the outcomes is known');
  if (shown.screenshots !== null)
    await page.screenshot({ path: join(shown.screenshots, 'cohorts-nowcast.png'), fullPage: true });
  await page.context().close();
});

test('a percentile leads to the item whose cost it is, and a segment to the items that make its figure', async () => {
  const { rows } = await ask('/v1/reports/segments?group_by=workflow,outcome_type');
  const [segment] = rows[0].segments;
  const { page } = await shown.open(CLAIMS);
  const median = page.getByRole('row', { name: /^Half cost at most/ }).locator('.amount');
  for (const each of [median.nth(0), median.nth(1), median.nth(2)]) {
    const exact = await each.getAttribute('data-exact');
    const { page: item } = await shown.open(
      (await each.locator('xpath=ancestor::a').getAttribute('href'))!.slice('/console'.length),
    );
    expect(await item.locator('.headline .amount').getAttribute('data-exact')).toBe(exact);
    await item.context().close();
  }
  const cell = page
    .getByRole('row', { name: /^exception_doc = true/ })
    .locator('a.figure')
    .first();
  await cell.click();
  await settled(page);
  for (const side of ['inside', 'outside']) {
    if (side === 'outside') await page.getByRole('button', { name: 'Elsewhere' }).click();
    await settled(page);
    expect(await page.locator('.explained-figure').getAttribute('value')).toBe(
      segment[side].loadedCostPerOutcomeUsd,
    );
    const { items } = segment[side];
    expect(
      await page.getByText(new RegExp(`${items} work items sum to .*, exactly the figure`)).count(),
    ).toBe(1);
  }
  expect(new URL(page.url()).searchParams.get('side')).toBe('outside');
  await page.context().close();
});

test('the file of a table that comes in pages holds all of them, and the table says that there are more', async () => {
  const { page } = await shown.open('/demo/work-items?kind=claim');
  expect(await page.getByText('the first 200, there are more').count()).toBe(1);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV of Work items' }).click();
  const file = join(shown.directory, 'items.csv');
  await (await downloading).saveAs(file);
  const lines = readFileSync(file, 'utf8').trim().split('\r\n');
  expect([lines.length - 1, new Set(lines).size]).toEqual([215, 216]);
  await page.getByText('215 in all').waitFor();
  await page.context().close();
});
