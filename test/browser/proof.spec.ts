// Goal: in the console one steps through a decision trail, follows any figure down to what sums to it, checks proofs in
// the browser and mends what could not be matched; and a forged answer of the server is noticed there.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openPage, settled } from '../support/console.ts';
import { Desk } from '../support/desk.ts';
import { sendSpans, spanIdOf, traceIdOf, type SpanNote } from '../support/gen-ai-spans.ts';
import { refund, tool } from '../support/refund-trail.ts';
import { startTestService, type TestService } from '../support/service.ts';

const STEPS = 3_000;
jest.setTimeout(120_000);

let service: TestService;
let browser: Browser;
let desk: Desk;
/** Of an analyst and auditor who is no admin, and of who approves. */
let reader: string;
let approver: string;
/** Log sizes: after the first attempt, and when all was told. */
let sizes: [number, number];

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  browser = await launchChromium();
  desk = await Desk.begin(service, 'console');
  reader = await desk.tenant.key(['analyst', 'auditor']);
  approver = await desk.tenant.key(['approver', 'auditor']);
  await desk.price('3');
  await send(refund('1', 'T1'));
  await desk.tell({ id: '1', ticket: 'T1', verb: 'attempt_failed', at: '2026-10-21T00:02:00Z' });
  const first = await desk.settle();
  await send(refund('2', 'T1', 600));
  await send(refund('3', 'T2', 1200).slice(0, -1));
  await desk.settle();
  await desk.post('/v1/overrides', {
    workItem: { kind: 'ticket', key: 'T1' },
    traceId: traceIdOf('2'),
    spanId: spanIdOf('2a6'),
    from: 'deny',
    to: 'approve',
    reason: 'Promised by phone.',
  });
  await desk.tell({ id: '2', ticket: 'T1', verb: 'resolved', at: '2026-10-21T00:20:00Z' });
  await desk.tell({ id: '3', ticket: 'T2', verb: 'failed', at: '2026-10-21T00:30:00Z' });
  await desk.tell({ id: '4', ticket: 'T9', verb: 'resolved', at: '2026-10-21T00:40:00Z' });
  await desk.send({ id: 'lost', at: '2026-10-21T01:00:00Z', inputTokens: 1_000_000 });
  await send(longRun());
  sizes = [first, await desk.settle()];
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

const send = (spans: SpanNote[]): Promise<void> =>
  sendSpans(service, desk.key, { service: 'desk', scope: 'desk', spans });

/** One ticket of an agent that calls a tool thousands of times. */
function longRun(): SpanNote[] {
  const root = { trace: 'b', id: 'b0', at: [2000, 9000], attributes: { 'ticket.id': 'LONG' } } as const;
  const calls = Array.from({ length: STEPS - 1 }, (_, n): SpanNote => {
    const id = `b${(n + 1).toString(16).padStart(6, '0')}`;
    return { trace: 'b', id, parent: 'b0', at: [2001 + n, 2002 + n], attributes: tool('look_up') };
  });
  return [root, ...calls];
}

async function look(address: string, key = reader): Promise<Page> {
  const { slug } = desk.log;
  const url = `${service.api.url}/console/${slug}${address}`;
  const { page } = await openPage(browser, url, {}, { [slug]: key });
  page.setDefaultTimeout(30_000);
  return page;
}

const chosen = (page: Page): Promise<string> => page.locator('.entries [aria-selected="true"]').innerText();
const words = (text: string): string => text.replace(/\s+/g, ' ').trim();

test('one steps through a trail with the keyboard, and the address says where', async () => {
  const page = await look('/work-items/ticket/T1');
  await page.getByRole('listbox').focus();
  const seen: string[] = [words(await chosen(page))];
  for (const key of ['j', 'ArrowDown', 'j', 'End', 'k', 'Home', 'PageDown', 'ArrowUp']) {
    await page.keyboard.press(key);
    seen.push(words(await chosen(page)));
  }
  expect(seen).toEqual([
    '1 agent refunds #1',
    '2 model desk-model #1 $0.00300',
    '3 tool get_order timed out #1',
    '4 tool get_order retry of 3 #1',
    '17 outcome resolved, told by /desk achieved told late',
    '16 override override deny → approve override',
    '1 agent refunds #1',
    '11 tool get_order timed out #2',
    '10 model desk-model #2 $0.00300',
  ]);
  expect(new URL(page.url()).search).toBe('?n=10');
  expect(words(await page.locator('.entry-detail').innerText())).toContain('Cost up to here $0.0120');
  await page.context().close();
});

test('a trail is read again as it was known, with the digest that the API gives', async () => {
  const { body } = await desk.call(`/v1/trails/ticket:T1/replay?size=${sizes[0]}`);
  const page = await look(`/work-items/ticket/T1?size=${sizes[0]}`);
  expect(await page.getByText(body.digest).count()).toBe(1);
  expect(await page.locator('.entry').count()).toBe(8);
  await page.getByLabel('Order').selectOption('observed');
  await settled(page);
  expect(new URL(page.url()).search).toBe(`?size=${sizes[0]}&order=observed`);
  await page.context().close();
});

test('the cost of a trail of the past is explained by what was known then, and of now by what is', async () => {
  const costAt = async (query: string): Promise<string> =>
    (await desk.call(`/v1/work-items/ticket/T1/cost${query}`)).body.costUsd;
  const [then, now] = [await costAt(`?size=${sizes[0]}`), await costAt('')];
  expect([then, now]).toEqual(['0.009', '0.018']);
  const page = await look(`/work-items/ticket/T1?size=${sizes[0]}`);
  const headline = (): Promise<string | null> => page.locator('.headline .amount').getAttribute('data-exact');
  await page.getByRole('link', { name: 'Explain the cost' }).click();
  await settled(page);
  expect([new URL(page.url()).search, await headline()]).toEqual([`?size=${sizes[0]}`, then]);
  expect(words(await page.locator('.facts').first().innerText())).toContain(
    `Read at log size ${sizes[0]} as the books stand now`,
  );
  await page.getByRole('link', { name: 'as the books stand now' }).click();
  await settled(page);
  expect([new URL(page.url()).search, await headline()]).toEqual(['', now]);
  await page.context().close();
});

test('a report whose groups come in pages is shown whole, and its file has all of it', async () => {
  const page = await look('/overview');
  const cards = (): Promise<string[]> => page.locator('.cards.wide > *').allInnerTexts();
  const whole = await cards();
  expect(whole.length).toBeGreaterThan(1);
  const cursors: boolean[] = [];
  await page.route('**/v1/reports/cost-per-outcome*', (route) => {
    cursors.push(route.request().url().includes('cursor='));
    return route.continue({ url: `${route.request().url()}&limit=1` });
  });
  await page.reload();
  await settled(page);
  expect(await cards()).toEqual(whole);
  expect(cursors).toEqual(whole.map((_, n) => n > 0));
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV of Cost per outcome by workflow' }).click();
  const file = readFileSync(await (await downloaded).path(), 'utf8');
  expect(file.trim().split('\n')).toHaveLength(1 + whole.length);
  await page.context().close();
});

test('of thousands of steps only those in view are in the page', async () => {
  const page = await look('/work-items/ticket/LONG');
  await page.getByRole('listbox').focus();
  expect(await page.locator('.entry').count()).toBeLessThan(60);
  await page.keyboard.press('End');
  expect(words(await chosen(page))).toBe(`${STEPS} tool look_up #1`);
  expect(await page.locator('.entry').count()).toBeLessThan(60);
  await page.context().close();
});

test('content opens by an act of its own under a grant, and is in the access log once', async () => {
  const page = await look('/work-items/ticket/T1?n=5');
  const openingsAsked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('content=')) openingsAsked.push(request.url());
  });
  await page.getByRole('button', { name: 'Open what was said and seen' }).click();
  await page.getByRole('button', { name: 'Open content of ticket:T1, and log it' }).click();
  await page.getByText('content is read under a grant only').waitFor();
  await page.getByLabel('Why (stands in the log').fill('claim review 7');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Somebody else with the role approver decides').waitFor();
  expect((await desk.call('/v1/access-log')).body.items).toEqual([]);

  const approving = await look('/evidence?tab=access', approver);
  await approving.getByRole('button', { name: 'Approve' }).click();
  await approving.getByText(/^approved, /).waitFor();
  await approving.context().close();

  await page.getByRole('button', { name: 'Open content of ticket:T1, and log it' }).click();
  await page.getByText('Content is open.').waitFor();
  const detail = words(await page.locator('.entry-detail').innerText());
  expect(detail).toContain('used refund-policy: used (its id stands in a later text) in entry 6');
  expect(detail).toContain('unknown shipping-rates: not known whether it was used');
  expect(detail).toContain('Refunds are paid within thirty days');
  await page.keyboard.press('j');
  await page.reload();
  await settled(page);
  expect(await page.getByText('Content is open.').count()).toBe(0);
  expect(openingsAsked).toHaveLength(2);
  expect((await desk.call('/v1/access-log')).body.items.map(({ subject }: any) => subject)).toEqual([
    'ticket:T1',
  ]);
  await page.context().close();
});

test('two trails differ first in a deed, and say so without the word cause', async () => {
  const page = await look('/diff?a=ticket:T1&b=ticket:T2');
  const text = words(await page.locator('main').innerText());
  expect(text).toContain('First divergence: tool call pay_refund only in ticket:T1');
  expect(text).not.toMatch(/\bcause/i);
  await page.context().close();
});

test('a figure leads down to its charges, and every level sums to the one above', async () => {
  const page = await look('/explain?view=cohort');
  await page.getByText(/work items sum to .*, exactly the figure\./).waitFor();
  await page.getByRole('link', { name: 'ticket:T1', exact: true }).click();
  await settled(page);
  await page.getByText('4 lines in USD sum to 0.018, exactly the figure.').waitFor();
  await page.getByRole('button', { name: 'span' }).first().click();
  await page.getByText(/classes sums? to 0\.003, exactly the figure\./).waitFor();
  await page
    .getByRole('row', { name: /C300: outcome settled|C310|C100: usage accrued/ })
    .first()
    .waitFor();
  await page.context().close();
});

test('why a figure differs from an earlier one is told by transaction code, to the pico', async () => {
  const page = await look(`/explain?view=period&against=${sizes[0]}`);
  await page.getByText('terms, the earlier figure first, sum to').waitFor();
  expect(words(await page.locator('main').innerText())).toMatch(
    /\$0\.00900 at log size \d+ → \$3\.03 \(\$3\.02\) .* C100: usage accrued/,
  );
  await page.context().close();
});

test('a proof is checked in the browser, and every tampered copy of it fails there', async () => {
  const page = await look('/evidence?leaf=3');
  const verdict = page.getByRole('status', { name: 'Leaf 3' });
  await verdict.getByText('Holds: checked in this browser').waitFor();

  await page.getByText('The bytes that are hashed').click();
  const bytes = page.getByLabel('Entry of the leaf');
  const entry = await bytes.inputValue();
  await bytes.fill(entry.replace('"v":1', '"v":2'));
  await verdict.getByText('Does not hold').waitFor();
  expect(words(await verdict.innerText())).toContain('the entry is not leaf 3 of');
  await page.getByRole('button', { name: 'As it was sealed' }).click();
  await verdict.getByText('Holds: checked').waitFor();

  const flipped = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
  const forgeries: [string, (leaf: any) => any, string][] = [
    [
      'a changed entry',
      (leaf) => ({ ...leaf, entry: leaf.entry.replace('"v":1', '"v":9') }),
      'is not leaf 3',
    ],
    [
      'a changed hash',
      (leaf) => ({ ...leaf, proof: leaf.proof.replace(leaf.hashes[0], flipped(leaf.hashes[0])) }),
      'is not leaf 3',
    ],
    [
      'another place',
      (leaf) => ({ ...leaf, proof: leaf.proof.replace('index 3', 'index 2') }),
      'is not leaf 2',
    ],
    [
      'another size',
      (leaf) => ({ ...leaf, proof: leaf.proof.replace(`\n${leaf.size}\n`, `\n${leaf.size + 1}\n`) }),
      'does not fit the text',
    ],
    [
      'no signature',
      (leaf) => ({ ...leaf, proof: `${leaf.proof.split('\n— ')[0]}\n— nobody AAAAAAAA\n` }),
      'no signature by a known key',
    ],
  ];
  for (const [what, forge, says] of forgeries) {
    await page.route('**/v1/proofs/3', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: forge(await answer.json()) });
    });
    await page.reload();
    await settled(page);
    await verdict.getByText('Does not hold').waitFor();
    expect([what, words(await verdict.innerText())]).toEqual([what, expect.stringContaining(says)]);
    await page.unroute('**/v1/proofs/3');
  }
  await page.context().close();
});

test('a checkpoint that was kept is proved to be the beginning of each later one, and a forged past is noticed', async () => {
  const page = await look('/evidence');
  await page.getByRole('status', { name: 'Newest checkpoint' }).getByText('Holds: checked').waitFor();
  await page.getByRole('button', { name: 'Keep this checkpoint' }).click();
  const continuity = page.getByRole('status', { name: 'Continuity' });
  await continuity.getByText('Holds: checked').waitFor();

  await desk.tell({ id: '9', ticket: 'T9', verb: 'reopened', at: '2026-10-22T00:00:00Z' });
  await desk.settle();
  await page.reload();
  await settled(page);
  await continuity.getByText('Holds: checked').waitFor();
  expect(words(await continuity.innerText())).toContain('The older log is the beginning of the newer one');

  await page.route('**/v1/proofs/consistency*', async (route) => {
    const answer = await route.fetch();
    const proof: any = await answer.json();
    await route.fulfill({ response: answer, json: { ...proof, hashes: proof.hashes.slice(1) } });
  });
  await page.reload();
  await settled(page);
  await continuity.getByText('Does not hold').waitFor();
  await page.context().close();
});

test('unmatched spend is linked by hand, with who and why, and leaves the queue', async () => {
  const page = await look('/data-quality');
  expect(await page.getByRole('row', { name: Desk.traceId('lost') }).count()).toBe(1);
  await page.getByRole('button', { name: 'Link by hand' }).click();
  await page.getByLabel('belongs to').fill('ticket:T9');
  await page.getByLabel('because').fill('The customer named the ticket.');
  await page.getByRole('button', { name: 'Record the link' }).click();
  await page.getByText('says analyst auditor').waitFor();
  await desk.settle();
  await page.reload();
  await settled(page);
  await page.getByText('Nothing is unmatched').waitFor();
  const { body } = await desk.call(`/v1/links?trace_id=${Desk.traceId('lost')}`);
  expect(body.decisions).toMatchObject([
    { action: 'link', workItem: { kind: 'ticket', key: 'T9' }, reason: 'The customer named the ticket.' },
  ]);
  await page.context().close();
});
