// Recorded runs of customer-service agents in the console: a failed trial beside a resolved one, and a trail whose cost
// sums on the page. Needs ../shared beside the checkout; skips itself loudly without.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openPage } from '../support/console.ts';
import { Desk } from '../support/desk.ts';
import { seriousFindings, widthsPx } from '../support/page-checks.ts';
import { startTestService, type TestService } from '../support/service.ts';

const tool = new URL('../../../shared/tools/tau2-otlp.mjs', import.meta.url).pathname;
const isThere = existsSync(tool);
if (!isThere)
  process.stderr.write('\nSKIPPED: test/browser/tau2.spec.ts needs ../shared, which is not there\n');

jest.setTimeout(120_000);
const RUNS = '40';
const SCREENSHOTS = process.env.SCREENSHOTS ?? null;
const run = promisify(execFile);

(isThere ? describe : describe.skip)('tau2', () => {
  let service: TestService;
  let browser: Browser;
  let desk: Desk;
  beforeAll(async () => {
    service = await startTestService();
    browser = await launchChromium();
    desk = await Desk.begin(service, 'tau2');
    for (const request of await linesOf('otlp', '--content', 'none')) {
      const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.key}` },
        body: request,
      });
      if (answer.status !== 200) throw new Error(`spans were answered with ${answer.status}`);
    }
    for (const event of await linesOf('outcomes'))
      await desk.post('/v1/outcomes', JSON.parse(event), 'application/cloudevents+json');
    await desk.settle();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  async function linesOf(what: string, ...options: string[]): Promise<string[]> {
    const args = [tool, what, '--domain', 'airline', '--limit', RUNS, ...options];
    const { stdout } = await run(process.execPath, args, { maxBuffer: 512 * 1024 * 1024 });
    return stdout.split('\n').filter((line) => line !== '');
  }

  async function look(address: string): Promise<Page> {
    const { slug } = desk.log;
    const { page, complaints } = await openPage(
      browser,
      `${service.api.url}/console/${slug}${address}`,
      {},
      { [slug]: desk.key },
    );
    page.setDefaultTimeout(30_000);
    expect(complaints).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    return page;
  }

  test.each([
    ['overview', '/overview', 'Overview'],
    ['workflow', '/workflows/airline', 'airline'],
    ['work-items', '/work-items', 'Work items'],
    ['cohorts', '/cohorts', 'Young cohorts'],
    ['spend', '/spend?by=agent', 'Spend against outcome'],
    ['before-after', '/before-after?change_at=2025-06-01', 'Before and after'],
    ['explain', '/explain?group_by=workflow&cell=["airline"]&figure=cost', 'Explain a figure'],
    ['transactions', '/transactions', 'Postings'],
    ['evidence', '/evidence', 'Evidence'],
    ['data-quality', '/data-quality', 'Data quality'],
    ['periods', '/periods', 'Periods and bills'],
    ['settings', '/settings/prices', 'Settings'],
    ['start', '/start', 'Guided start'],
  ])(
    '%s of recorded runs can be used by everybody, and fits into 1440, 1024 and 390 pixels',
    async (name, address, heading) => {
      const page = await look(address);
      expect(await page.locator('h1').innerText()).toBe(heading);
      expect(await widthsPx(page, SCREENSHOTS === null ? null : join(SCREENSHOTS, `tau2-${name}`))).toEqual([
        1440, 1024, 390,
      ]);
      await page.context().close();
    },
  );

  test('a trail of a recorded run, its cost and its neighbour', async () => {
    const of = async (phase: string): Promise<string> =>
      (await desk.call(`/v1/work-items?phase=${phase}&limit=1`)).body.items[0].key;
    const [resolved, failed] = [await of('achieved'), await of('failed')];
    const { body } = await desk.call(`/v1/trails/ticket:${resolved}/replay`);

    const trail = await look(`/work-items/ticket/${resolved}`);
    expect(await trail.getByText(body.digest).count()).toBe(1);
    expect(await trail.locator('.entry').first().getAttribute('aria-setsize')).toBe(
      String(body.replay.entries.length),
    );
    await trail.context().close();

    const cost = await look(`/explain/ticket/${resolved}`);
    await cost.getByText(/lines in USD sum to .*, exactly the figure\./).waitFor();
    await cost.context().close();

    const diff = await look(`/diff?a=ticket:${resolved}&b=ticket:${failed}`);
    await diff.getByText(/^First divergence:/).waitFor();
    await diff.context().close();
  });
});
