import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { settled, startTestConsole, type TestConsole } from '../support/console.ts';
import { seriousFindings, widthsPx } from '../support/page-checks.ts';

let shown: TestConsole;
beforeAll(async () => {
  shown = await startTestConsole();
  if (shown.screenshots !== null) mkdirSync(shown.screenshots, { recursive: true });
}, 180_000);
afterAll(() => shown?.stop());

const CLAIMS = '/demo/workflows/Insurance%20claims';

/** Every page, with the heading it opens with. */
const PAGES = [
  ['overview', '/demo/overview', 'Overview'],
  ['overview-period', '/demo/overview?view=period&from=2026-10-01&to=2026-11-01', 'Overview'],
  ['workflow', CLAIMS, 'Insurance claims'],
  ['work-items', '/demo/work-items', 'Work items'],
  ['work-item', '/demo/work-items/ticket/T-1020', 'ticket:T-1020'],
  ['cohorts', '/demo/cohorts?from=2026-10-10', 'Young cohorts'],
  ['spend', '/demo/spend?by=team', 'Spend against outcome'],
  [
    'before-after',
    '/demo/before-after?change_at=2026-10-12&comparison=Support%20tickets',
    'Before and after',
  ],
  ['before-after-empty', '/demo/before-after', 'Before and after'],
  ['explain', '/demo/explain', 'Explain a figure'],
  ['explain-item', '/demo/explain/claim/C-535', null],
  ['transactions', '/demo/transactions', 'Postings'],
  ['evidence', '/demo/evidence', 'Evidence'],
  ['data-quality', '/demo/data-quality', 'Data quality'],
  ['periods', '/demo/periods', null],
  ['settings-prices', '/demo/settings/prices', 'Settings'],
  ['settings-baselines', '/demo/settings/baselines', 'Settings'],
  ['settings-definitions', '/demo/settings/definitions', 'Settings'],
  ['settings-policies', '/demo/settings/policies', 'Settings'],
  ['settings-previews', '/demo/settings/previews', 'Settings'],
  ['start', '/demo/start', 'Guided start'],
  ['missing', '/demo/nowhere', 'There is no such page'],
  ['sign-in', '/elsewhere/overview', 'Outcome Ledger'],
] as const;

test.each(PAGES)(
  '%s complains of nothing, can be used by everybody in light and dark, and fits into 1440, 1024 and 390 pixels',
  async (name, address, heading) => {
    const { page, complaints } = await shown.open(address, { colorScheme: 'light' });
    if (heading !== null) expect(await page.locator('h1').innerText()).toBe(heading);
    expect(complaints).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    // Of all rules, only these look at colours.
    expect(await seriousFindings(page, ['color-contrast', 'link-in-text-block'])).toEqual([]);
    expect(await widthsPx(page, shown.screenshots === null ? null : join(shown.screenshots, name))).toEqual([
      1440, 1024, 390,
    ]);
    await page.context().close();
  },
);

test.each(['/demo/cohorts?from=2026-10-10', '/demo/spend?by=team', '/demo/transactions'])(
  'sentences in the table of %s can be read at 1024 pixels',
  async (address) => {
    const { page } = await shown.open(address);
    await page.setViewportSize({ width: 1024, height: 900 });
    const widths = await page
      .locator('td.prose')
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().width));
    expect(Math.min(...widths)).toBeGreaterThan(150);
    expect(Math.max(...widths)).toBeLessThan(1024);
    await page.context().close();
  },
);

test('a stranger gets from the address that the demo prints to the sentence about claims in one click', async () => {
  const { page, complaints } = await shown.open('/demo/', {}, {});
  await page.evaluate("window.clicks = 0; addEventListener('click', () => { window.clicks += 1; }, true)");
  await page.getByLabel('API key').fill(shown.readerKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await settled(page);
  // What docs/console.md says of clicks.
  const clicks = Number(await page.evaluate('window.clicks'));
  const sentence = await page
    .locator('.card', { hasText: 'Insurance claims' })
    .locator('.sentence')
    .innerText();
  expect(sentence).toMatch(
    /outside of exception_doc=true: the agent costs \$0\.0\d+ per processed claim .* vs \$21\.50 at .* But where exception_doc=true it costs \$\d\d\.\d\d /,
  );
  expect([clicks, readFileSync('docs/console.md', 'utf8').includes('is one click: _Sign in_')]).toEqual([
    1,
    true,
  ]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a card says one figure and its parts, marks points of few items, and its grade is that of the table', async () => {
  const { page } = await shown.open('/demo/overview');
  const card = page.locator('.card', { hasText: 'Insurance claims' });
  const text = (await card.innerText()).replace(/\s+/g, ' ');
  expect(text).toMatch(
    /≥ \$19\.\d\d per processed claim, people, tools and overhead included .*?Of which ≥ \$0\.0616 in calls of models, \$19\.\d\d for people, tools and overhead/,
  );
  expect(text).toContain(
    'By kind of case, from half of the items; people, tools and overhead included: Insurance claims, outside of',
  );
  expect(text).toContain('Hollow and dashed: fewer than ten items, or not all of them final.');
  expect(await card.locator('.chart .dot.open').count()).toBe(2);
  expect(await card.locator('.chart .line.unsure').count()).toBe(1);
  await card.getByText('The points in words').click();
  expect(await card.locator('.chart-table li').allInnerTexts()).toEqual([
    ...Array.from({ length: 4 }, () => expect.not.stringContaining('too few')),
    expect.stringMatching(/^Week of 26 Oct 2026: .*; 1 outcome of 1 item; fewer than 10 items/),
    expect.stringMatching(/^Week of 2 Nov 2026: .*; 1 outcome of 1 item; fewer than 10 items/),
  ]);
  const grades = page.getByRole('row', { name: /^Support tickets/ }).locator('.grade');
  const shownOnCard = page.locator('.card', { hasText: 'Support tickets' }).locator('.grade');
  expect(await grades.evaluateAll((all) => all.map(({ className }) => className))).toEqual([
    'grade metered',
    await shownOnCard.getAttribute('class'),
  ]);
  await page.context().close();
});

test('a key stands in no address, and a wrong one is refused in the words of the API', async () => {
  const { page } = await shown.open('/demo/overview', {}, {});
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByLabel('API key').fill('olk_this-is-no-key-of-anybody');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.getByRole('alert').innerText()).toContain('Unauthorized (401)');
  await page.getByLabel('API key').fill(shown.readerKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // Nothing is under way either before the page behind it asks its first question.
  await page.locator('.card').first().waitFor();
  await settled(page);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((url) => url.includes('olk_'))).toEqual([]);
  expect(page.url()).toBe(`${shown.url}/console/demo/overview`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
  expect(await page.evaluate(`sessionStorage.getItem('outcome-ledger:keys')`)).toBe('{}');
  await page.context().close();
});

test('everything can be reached by the keyboard: the skip link, the filters, the points of a chart', async () => {
  const { page } = await shown.open(CLAIMS);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement?.id')).toBe('main');
  const chart = page.getByRole('group', { name: /^Cost per processed claim by week/ });
  await chart.focus();
  await page.keyboard.press('Home');
  const first = await page.locator('.chart-say').innerText();
  await page.keyboard.press('ArrowRight');
  const second = await page.locator('.chart-say').innerText();
  expect([first, second]).toEqual([
    expect.stringMatching(/^Week of 28 Sep 2026: \$16\.21 per outcome; 95 %: /),
    expect.stringMatching(/^Week of 5 Oct 2026: /),
  ]);
  const wanted = ['A', 'BUTTON', 'DIV', 'SUMMARY'];
  const reached = new Set<string>();
  for (let step = 0; step < 300 && !wanted.every((tag) => reached.has(tag)); step++) {
    await page.keyboard.press('Tab');
    reached.add(String(await page.evaluate('document.activeElement?.tagName')));
  }
  expect([...reached]).toEqual(expect.arrayContaining(wanted));
  await page.context().close();
});

test('filters stand in the address, and an address brings them back', async () => {
  const { page } = await shown.open('/demo/overview');
  await page.getByLabel('Counting').selectOption('cohort');
  await page.getByLabel('From').fill('2026-10-05');
  await page.getByLabel('Over time by').selectOption('day');
  await settled(page);
  expect(new URL(page.url()).search).toBe('?view=cohort&from=2026-10-05&bucket=day');
  const again = await shown.open(
    new URL(page.url()).pathname.slice('/console'.length) + new URL(page.url()).search,
  );
  expect(await again.page.getByLabel('Counting').inputValue()).toBe('cohort');
  expect(await again.page.getByLabel('From').inputValue()).toBe('2026-10-05');
  const texts = await Promise.all(
    [page, again.page].map((each) => each.locator('.headline').allInnerTexts()),
  );
  expect(texts[1]).toEqual(texts[0]);
  await page.context().close();
  await again.page.context().close();
});

test('a refusal of a filter is quoted, and any table is taken away as CSV with exact amounts', async () => {
  const { page } = await shown.open('/demo/overview?from=2026-10-05&to=2026-10-05');
  expect(await page.getByRole('alert').first().innerText()).toContain('must be after from');
  await page.goto(`${shown.url}/console/demo/overview`);
  await settled(page);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV of Cost per outcome by workflow' }).click();
  const download = await downloading;
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
  const [header, ...lines] = Buffer.concat(chunks).toString().trim().split('\r\n');
  expect(download.suggestedFilename()).toBe('cost-per-outcome.csv');
  expect(header).toMatch(/^Workflow,Outcome,Items,Outcomes,Cost,Cost per outcome,/);
  expect(lines).toEqual([
    expect.stringMatching(/^Insurance claims,claim\.processed,212,198,12\.1947035,0\.061589411616,/),
    expect.stringMatching(/^Support tickets,ticket\.resolved,54,52,1\.333156,0\.025637615385,/),
  ]);
  await page.context().close();
});

test('a price is tried before it is recorded: what it would move is shown, and nothing is', async () => {
  const { page } = await shown.open('/demo/settings/prices', {}, { demo: await shown.demoAdminKey() });
  await page.getByRole('button', { name: 'Fill in below for document-reader-7b' }).click();
  await page.getByLabel('Input', { exact: true }).fill('0.09');
  await page.getByLabel('Output').fill('0.35');
  await page.getByLabel('Where it is from').fill('GPU cost study 2026-09');
  await page.getByRole('button', { name: 'See what it would move' }).click();
  await page.getByText('Charges would change by').waitFor({ timeout: 30_000 });
  expect(await page.locator('main').innerText()).toMatch(
    /2 traces, \d+ charges and 2 work items would\s+move/,
  );
  expect(await page.getByRole('button', { name: 'Record just this' }).isEnabled()).toBe(true);
  await page.context().close();
  const reader = await shown.open('/demo/settings/prices');
  const fillIn = reader.page.getByRole('button', { name: 'Fill in below for document-reader-7b' });
  expect(await fillIn.count()).toBe(1);
  expect(await reader.page.getByRole('button', { name: 'See what it would move' }).isDisabled()).toBe(true);
  await reader.page.context().close();
});

test('the guided start fills in a key and turns green when the first span and outcome arrive', async () => {
  const { page } = await shown.open('/default/start', {}, { default: shown.adminKey });
  expect(await page.locator('.light.on').count()).toBe(0);
  await page.getByRole('button', { name: 'Make a key that may only send spans' }).click();
  const commands = page.getByLabel('the commands');
  await becomes(() => commands.innerText(), /Bearer%20olk_\w+/);
  const text = await commands.innerText();
  await page.getByRole('button', { name: 'Make a key that may only send outcomes' }).click();
  const event = page.getByLabel('the event');
  await becomes(() => event.innerText(), /Bearer olk_\w+/);
  await sendAsShown(text);
  const [, address, key] = /POST (\S+)[^]*Bearer (olk_\w+)/.exec(await event.innerText())!;
  const answer = await fetch(address!, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents+json' },
    body: /-d '(.*)'/.exec(await event.innerText())![1]!,
  });
  expect(answer.ok).toBe(true);
  await page.getByText('All of it has arrived.').waitFor({ timeout: 30_000 });
  expect(await page.locator('.light.on').count()).toBe(4);
  await page.context().close();
});

/** Runs the program of docs/examples with the environment that the page shows. */
async function sendAsShown(commands: string): Promise<void> {
  const { execFile } = await import('node:child_process');
  const env = Object.fromEntries(
    [...commands.matchAll(/^export (\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]),
  );
  await new Promise<void>((resolve, reject) => {
    execFile(
      process.execPath,
      ['docs/examples/node/send-spans.mjs', 'T-1'],
      { env: { ...process.env, ...env } },
      (error) => (error === null ? resolve() : reject(error)),
    );
  });
}

async function becomes(read: () => Promise<string>, pattern: RegExp): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!pattern.test(await read())) {
    if (Date.now() > limit) throw new Error(`${await read()} does not become ${pattern}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
