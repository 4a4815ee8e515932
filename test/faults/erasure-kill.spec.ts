// Goal: an erasure that is interrupted anywhere leaves nothing of the subject readable that it did not leave before, and
// comes to its end when the worker comes back. Method: a real process carries it out and kills itself (SIGKILL) at each
// point; then the canary is looked for in every table, and everybody else's content and proofs are as they were.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { leafHash, rootOfLeafHashes } from '#evidence';
import { readContents, readNewestSteps } from '#store';
import { parseStep } from '#trails';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { ERASURE_POINTS, type ErasurePoint } from '../../apps/worker/src/work-erasures.ts';
import { keyDirectoryOf } from '../support/content-keys.ts';
import { keysOf } from '../support/evidence-log.ts';
import { judgeAll } from '../support/judge-waste.ts';
import { LinkPlay, traceIdOf } from '../support/link-play.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { dumpRows, tablesWith } from '../support/whole-database.ts';

let service: TestService;
let play: LinkPlay;
let officer: string;
let deputy: string;

const keyOf = (point: string): string => `CLM-${point.replaceAll(' ', '-')}-CANARY`;
/** Stands in content alone, where no replacing of keys finds it. */
const surnameOf = (point: string): string => `Surname${point.replaceAll(' ', '')}`;
const promptOf = (point: string): string => `hail on the roof, says ${keyOf(point)}`;

async function send(name: string): Promise<void> {
  const said = { 'claim.id': keyOf(name), 'gen_ai.input.messages': promptOf(name) };
  await play.spans(name, [
    { id: 1, attributes: { 'claim.id': keyOf(name), 'input.value': promptOf(name) } },
    { id: 2, parent: 1, tokens: 1000, attributes: said },
    {
      id: 3,
      parent: 1,
      tool: 'get_claim',
      attributes: { 'gen_ai.tool.call.arguments': JSON.stringify({ [`Mrs ${surnameOf(name)}`]: 1 }) },
    },
  ]);
}

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  play = await LinkPlay.begin(service, 'erasure-kill');
  const make = async (principal: string): Promise<string> =>
    (await play.post('/v1/keys', { principal, roles: ['privacy'] })).secret;
  [officer, deputy] = [await make('officer'), await make('deputy')];
  for (const name of [...ERASURE_POINTS, 'nobody']) {
    await send(name);
    await play.event(`${name}/paid`, 'claim.paid', keyOf(name), 100, { note: promptOf(name) });
  }
  await play.settle();
  await judgeAll(service);
}, 120_000);
afterAll(() => service.stop());

async function statesOf(name: string): Promise<string[]> {
  const { db } = service.database;
  const steps = await readNewestSteps(db, play.tenantId, [traceIdOf(name)]);
  const committed = steps.flatMap(({ traceId, spanId, startedAtUs, record }) => {
    const { commitments } = parseStep(record);
    return commitments === undefined ? [] : [{ traceId, spanId, startedAtUs, commitments }];
  });
  const read = await readContents(db, service.parts.contentKeys, play.tenantId, committed);
  return read.flatMap(({ parts }) => parts.map(({ state }) => state));
}

const sums = async (): Promise<unknown> =>
  (
    await service.database.db.query(
      `SELECT account, asset, sum(amount)::text AS amount FROM ledger_entries WHERE tenant_id = $1
        GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2`,
      [play.tenantId],
    )
  ).rows;

async function approved(name: string): Promise<string> {
  const call = (path: string, key: string, body: object) => service.api.call(path, { key, body });
  const scope = { workItem: { kind: 'claim', key: keyOf(name) } };
  const { body } = await call('/v1/erasures', officer, { scope, basis: 'gdpr_17_1_b', reason: 'asked' });
  await call(`/v1/erasures/${body.erasureId}/decision`, deputy, { decision: 'approved' });
  return body.erasureId;
}

test.each(ERASURE_POINTS)('killed at "%s"', async (point) => {
  const { db } = service.database;
  const before = { sums: await sums(), found: tablesWith(await dumpRows(db), keyOf(point)) };
  expect(tablesWith(await dumpRows(db), surnameOf(point))).toEqual(['public.spans', 'public.trace_readings']);
  expect(await statesOf(point)).toEqual(expect.arrayContaining(['open']));
  const erasureId = await approved(point);
  await eraseAndDie(point);

  // All of the database or nothing of it: there is no state in which only some of it is erased.
  const left = tablesWith(await dumpRows(db), keyOf(point));
  if (point === 'committed') expect(left).toEqual([]);
  else expect(left).toEqual(expect.arrayContaining(before.found));
  // Once keys are being destroyed content stays unreadable, whatever the database still holds.
  const isOpen = (await statesOf(point)).includes('open');
  expect(isOpen).toBe(point === 'held');

  await play.settle();
  await judgeAll(service);
  const { body } = await service.api.call(`/v1/erasures/${erasureId}`, { key: officer });
  expect(body.state).toBe('done');
  expect(tablesWith(await dumpRows(db), keyOf(point))).toEqual([]);
  expect(tablesWith(await dumpRows(db), surnameOf(point))).toEqual([]);
  expect(await statesOf(point)).not.toContain('open');
  expect(new Set(await statesOf('nobody'))).toEqual(new Set(['open']));
  expect(await sums()).toEqual(before.sums);
});

test('afterwards the books are in order, and every leaf is where it was', async () => {
  const { db } = service.database;
  const log = await keysOf({ tenantId: play.tenantId, slug: 'erasure-kill' });
  await sealOnce(db, log, service.parts.nowUs());
  expect(await play.check()).toEqual([]);
  const { rows } = await db.query<{ entry: Buffer }>(
    'SELECT entry FROM leaves WHERE tenant_id = $1 ORDER BY idx',
    [play.tenantId],
  );
  const head = await db.query<{ root: Buffer }>('SELECT root FROM log_heads WHERE tenant_id = $1', [
    play.tenantId,
  ]);
  expect(rootOfLeafHashes(rows.map(({ entry }) => leafHash(entry)))).toEqual(head.rows[0]!.root);
  const erasures = rows
    .map(({ entry }) => JSON.parse(entry.toString()))
    .filter(({ kind, state }) => kind === 'erasure' && state === 'done');
  expect(erasures).toHaveLength(ERASURE_POINTS.length);
});

/** Runs the built worker's part; `npm test` builds first. */
async function eraseAndDie(point: ErasurePoint): Promise<void> {
  const { connection, db } = service.database;
  const argument = { connection, keyDir: keyDirectoryOf(db), point };
  const child = spawn(process.execPath, ['test/support/erase-and-die.mjs', JSON.stringify(argument)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = await once(child, 'exit');
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
}
