// Goal: a figure of any earlier size of the log can be read again, the same for ever; at the size of now it is the
// ordinary report.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { buildExports } from '../../apps/worker/src/export/build-exports.ts';
import { readKit } from '../../apps/worker/src/export/read-kit.ts';
import { SPOOL_DIR, unpackTar } from '../support/bundles.ts';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(async () => {
  await service.stop();
  rmSync(SPOOL_DIR, { recursive: true, force: true });
});

const REPORTS = [
  '/v1/reports/cost-per-outcome?from=2026-10-01&to=2026-11-01&group_by=workflow',
  '/v1/reports/cost-per-outcome?view=cohort&group_by=model,day',
  '/v1/reports/cost-per-outcome?view=period&from=2026-10-01&to=2026-11-01&group_by=workflow',
  '/v1/reports/cost-per-outcome?view=period&group_by=call_model&format=csv',
];
const askAll = (desk: Desk, more = ''): Promise<string[]> =>
  Promise.all(REPORTS.map((path) => desk.text(`${path}${more}`)));

/** The digest is over the question as well, which names the size. */
const told = (texts: readonly string[]): unknown[] =>
  texts.map((text) =>
    text.startsWith('{') ? JSON.parse(text, (key, value) => (key === 'digest' ? undefined : value)) : text,
  );

/** Why each ticket costs what it does, with all of its links; null where nothing is known of it. */
const askCosts = (desk: Desk, more = ''): Promise<unknown[]> =>
  Promise.all(
    ['T1', 'T2', 'T3', 'T4', 'T5'].map(async (key) => {
      const answer = await desk.call(`/v1/work-items/ticket/${key}/cost?history=true${more}`);
      return answer.status === 404 ? null : { ...answer.body, size: undefined };
    }),
  );

/** What happens to the desk, one after the other; after each the reports are other ones. */
const STORY: readonly (readonly [what: string, act: (desk: Desk) => Promise<unknown>])[] = [
  [
    'two tickets are worked on',
    async (desk) => {
      await desk.send({ id: 'a', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 1000 });
      await desk.send({ id: 'b', ticket: 'T2', at: '2026-10-05T11:00:00Z', inputTokens: 2000 });
      await desk.send({ id: 'c', at: '2026-10-05T12:00:00Z', inputTokens: 500 });
    },
  ],
  [
    'one is resolved',
    (desk) => desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-10-06T10:00:00Z' }),
  ],
  [
    'a second attempt comes late',
    (desk) => desk.send({ id: 'd', ticket: 'T1', at: '2026-10-04T10:00:00Z', inputTokens: 700 }),
  ],
  [
    'a part of a trace comes late',
    (desk) => desk.send({ id: 'a', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 999 }),
  ],
  [
    'a conversation may be about either of two tickets',
    async (desk) => {
      await desk.send({ id: 'e', conversation: 'k', at: '2026-10-05T13:00:00Z', inputTokens: 300 });
      for (const [id, ticket] of [
        ['6', 'T4'],
        ['7', 'T5'],
      ] as const)
        await desk.tell({ id, ticket, verb: 'resolved', at: '2026-10-06T12:00:00Z', conversation: 'k' });
    },
  ],
  [
    'one of them was settled before it began',
    (desk) => desk.tell({ id: '8', ticket: 'T4', verb: 'failed', at: '2026-10-05T12:30:00Z' }),
  ],
  ['the price of the past is corrected', (desk) => desk.price('5')],
  [
    'it is reopened',
    (desk) => desk.tell({ id: '2', ticket: 'T1', verb: 'reopened', at: '2026-10-07T10:00:00Z' }),
  ],
  [
    'both are resolved, one without any spend as well',
    async (desk) => {
      await desk.tell({ id: '3', ticket: 'T1', verb: 'resolved', at: '2026-10-08T10:00:00Z' });
      await desk.tell({ id: '4', ticket: 'T2', verb: 'failed', at: '2026-10-08T10:00:00Z' });
      await desk.tell({ id: '5', ticket: 'T3', verb: 'resolved', at: '2026-10-08T10:00:00Z' });
    },
  ],
  [
    'a dimension and an overhead pool are declared',
    async (desk) => {
      await desk.post('/v1/policies', { name: 'dimensions', validFrom: null, rule: { attributes: ['x'] } });
      await desk.post('/v1/policies', {
        name: 'overhead',
        validFrom: null,
        rule: {
          pools: [{ pool: 'desk', match: { source: 'span', attribute: 'workflow.name', equals: 'support' } }],
        },
      });
    },
  ],
];

test('the report of a size is the report as it was read then, to the letter, whatever comes later', async () => {
  const desk = await Desk.begin(service, 'as-of');
  await desk.price('3');
  const asked: { what: string; size: number; at: string; texts: string[]; costs: unknown[] }[] = [];
  for (const [what, act] of STORY) {
    await act(desk);
    const size = await desk.settle();
    const texts = await askAll(desk);
    const past = await askAll(desk, `&size=${size}`);
    expect({ what, told: told(past) }).toEqual({ what, told: told(texts) });
    const costs = await askCosts(desk);
    expect({ what, costs: await askCosts(desk, `&size=${size}`) }).toEqual({ what, costs });
    asked.push({ what, size, at: new Date().toISOString(), texts: past, costs });
  }
  expect(new Set(asked.map(({ texts }) => texts.join())).size).toBe(STORY.length);
  expect(asked.every(({ size }, n) => n === 0 || size > asked[n - 1]!.size)).toBe(true);
  for (const { what, size, at, texts, costs } of asked) {
    expect({ what, costs: await askCosts(desk, `&size=${size}`) }).toEqual({ what, costs });
    expect({ what, texts: await askAll(desk, `&size=${size}`) }).toEqual({ what, texts });
    expect({ what, texts: await askAll(desk, `&as_of=${at}`) }).toEqual({ what, texts });
  }
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
});

/** Files that are taken away at a size. */
const FILES = [
  '/v1/focus?from=2026-10-01&to=2026-11-01&format=csv',
  '/v1/focus?format=csv',
  '/v1/ledger/journal?format=csv',
  '/v1/ledger/journal?format=ndjson&period=2026-10',
];
const TENANT = { kind: 'tenant' };
const MONTHS = ['2026-09', '2026-10'].map((period) => ({ kind: 'period', period }));

/** Everything that can be taken away at a size, by what it is: the file, or the SHA-256 of each file of a bundle. */
async function takenAway(desk: Desk, size: number, scopes = [TENANT]): Promise<Record<string, string>> {
  const taken: Record<string, string> = {};
  for (const path of FILES) taken[path] = await desk.text(`${path}&size=${size}`);
  for (const scope of scopes) {
    const { exportId } = await desk.post('/v1/exports', { scope, size, purpose: 'as of then' });
    await buildExports({
      ...service.parts,
      limits: { exportTraces: 100, exportBytes: 64_000_000, exportKeepMs: 3_600_000 },
      readKit,
      spoolDir: SPOOL_DIR,
      signersOf: () => Promise.resolve({ tenant: desk.log.slug, signers: desk.log.signers }),
      onFailure: (_, error) => {
        throw error;
      },
    });
    const files = unpackTar(Buffer.from(await desk.bytes(`/v1/exports/${exportId}/bundle`)));
    for (const [path, bytes] of files)
      taken[`${Object.values(scope).join(' ')}: ${path}`] = createHash('sha256').update(bytes).digest('hex');
  }
  return taken;
}

test('journal, FOCUS file and bundle of a size are the same bytes, whatever is posted later', async () => {
  const desk = await Desk.begin(service, 'files');
  await desk.price('3');
  const taken: { what: string; size: number; files: Record<string, string> }[] = [];
  for (const [what, act] of STORY) {
    await act(desk);
    const size = await desk.settle();
    taken.push({ what, size, files: await takenAway(desk, size) });
  }
  // Each fact changed what is taken away; nothing of it reaches what was taken before.
  expect(new Set(taken.map(({ files }) => files[FILES[2]!])).size).toBeGreaterThan(7);
  expect(new Set(taken.map(({ files }) => files[FILES[1]!])).size).toBeGreaterThan(7);
  for (const { what, size, files } of taken)
    expect({ what, files: await takenAway(desk, size) }).toEqual({ what, files });
}, 120_000);

test('a bundle of a month has the traces that began in it as its size knows them', async () => {
  const desk = await Desk.begin(service, 'months');
  await desk.price('3');
  await desk.send({ id: 'm', ticket: 'T1', at: '2026-10-01T00:30:00Z', inputTokens: 1000 });
  await desk.send({ id: 'n', ticket: 'T2', at: '2026-10-05T00:30:00Z', inputTokens: 1000 });
  const size = await desk.settle();
  const before = await takenAway(desk, size, MONTHS);
  // The beginning of one of them comes late.
  await desk.send({ id: 'm', ticket: 'T1', at: '2026-09-30T23:30:00Z', inputTokens: 2000 });
  const later = await desk.settle();
  expect(await takenAway(desk, size, MONTHS)).toEqual(before);
  const stepsOf = (taken: Record<string, string>, month: string): string[] =>
    ['m', 'n'].filter((id) =>
      Object.keys(taken).some((path) => path.startsWith(`period ${month}: steps/${Desk.traceId(id)}`)),
    );
  const now = await takenAway(desk, later, MONTHS);
  expect([before, now].map((taken) => ['2026-09', '2026-10'].map((month) => stepsOf(taken, month)))).toEqual([
    [[], ['m', 'n']],
    [['m'], ['n']],
  ]);
}, 60_000);

test('every size between gives one answer for ever, and its ledger ties', async () => {
  const desk = await Desk.begin(service, 'sizes');
  await desk.price('3');
  for (const [, act] of STORY.slice(0, 4)) await act(desk);
  const last = await desk.settle();
  const sizes = Array.from({ length: last }, (_, n) => n + 1);
  // An answer that refuses a size which is not settled is an answer as well.
  const askSizes = () =>
    Promise.all(
      sizes.map(async (size) => {
        const answers = await Promise.all(REPORTS.map((path) => desk.call(`${path}&size=${size}`)));
        return answers.map(({ status, body }) => ({ status, body: status === 200 ? body : body.detail }));
      }),
    );
  const first = await askSizes();
  expect(first.flat().filter(({ status }) => status === 200).length).toBeGreaterThan(20);
  for (const [, act] of STORY.slice(4)) await act(desk);
  await desk.settle();
  expect(await askSizes()).toEqual(first);
});

test.each([
  ['size=0', 400, 'size'],
  ['size=many', 400, 'size'],
  ['size=100000', 422, 'size'],
  ['as_of=yesterday', 400, 'as_of'],
  ['as_of=2020-01-01', 422, 'as_of'],
  ['as_of=2199-01-01', 422, 'as_of'],
  ['as_of=2026-01-01&size=1', 422, 'as_of'],
])('%s is answered with %i, naming %s', async (query, status, field) => {
  const desk = await Desk.begin(service, 'refused');
  await desk.price('3');
  await desk.settle();
  const answer = await desk.call(`/v1/reports/cost-per-outcome?${query}`);
  expect({ status: answer.status, names: JSON.stringify(answer.body).includes(field) }).toEqual({
    status,
    names: true,
  });
});

test('a log without a checkpoint has no past', async () => {
  const desk = await Desk.begin(service, 'unsealed');
  expect((await desk.call('/v1/reports/cost-per-outcome?size=1')).body).toMatchObject({
    status: 422,
    detail: expect.stringContaining('no checkpoint of this log can be read yet'),
  });
});
