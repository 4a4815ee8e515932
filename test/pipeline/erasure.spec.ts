import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v5 as uuidFromName } from 'uuid';
import { NAMESPACE } from '#attribution';
import { leafHash, merkleRoot, rootOfLeafHashes } from '#evidence';
import type { StepCommitments } from '#model';
import type { Hash16 } from '#otlp';
import { makeTracesDue, readContents, readNewestSteps } from '#store';
import { parseStep, sealedStepRecord } from '#trails';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { keysOf } from '../support/evidence-log.ts';
import { keyDirectoryOf } from '../support/content-keys.ts';
import { LinkPlay, spanIdOf, traceIdOf } from '../support/link-play.ts';
import { encodeLogs } from '../support/log-export.ts';
import {
  hash16Under,
  plainHash16,
  readRecordIdKey,
  recordIdKeyFiles,
  recordIdsOf,
} from '../support/record-ids.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { dumpRows, tablesWith } from '../support/whole-database.ts';

// One subject with a canary wherever something personal may stand, erased; another beside it, who must not notice.

const WORD = 'CANARY';
const KEY = 'CLM-CANARY-77';
const OTHER = 'CLM-OTHER-1';
const PROMPT = `${WORD}: hail on the roof of Mrs ${WORD}`;
const OTHERS_PROMPT = 'a bicycle was stolen';

let service: TestService;
let play: LinkPlay;
let privacy: string;
let approver: string;
let log: Awaited<ReturnType<typeof keysOf>>;

const told = (key: string, prompt: string) => ({ 'claim.id': key, 'gen_ai.input.messages': prompt });
const seal = () => sealOnce(service.database.db, log, service.parts.nowUs());

async function send(trace: string, key: string, prompt: string): Promise<void> {
  await play.spans(trace, [
    { id: 1, attributes: { 'claim.id': key, 'input.value': prompt, 'session.id': `session-${trace}` } },
    {
      id: 2,
      parent: 1,
      tokens: 1000,
      attributes: { 'gen_ai.input.messages': prompt, 'gen_ai.output.messages': `answer to ${prompt}` },
    },
    {
      id: 3,
      parent: 1,
      tool: 'get_claim',
      attributes: {
        'gen_ai.tool.call.arguments': JSON.stringify({ claim: key }),
        'gen_ai.tool.call.result': prompt,
        'gen_ai.retrieval.documents': JSON.stringify([{ id: 'd1', content: prompt }]),
      },
    },
    { id: 4, parent: 1, tokens: 500, attributes: told(key, prompt) },
  ]);
}

/** A record of the item's trace, with the content in it, as its sender has it. */
const LOG = encodeLogs([
  {
    event: 'user_prompt',
    timeNs: BigInt(Date.UTC(2026, 9, 5, 9, 0, 30)) * 1_000_000n,
    traceId: traceIdOf('erased'),
    spanId: spanIdOf('erased', 1),
    attributes: { prompt: PROMPT },
  },
]);
/** Its id by a hash, as a dump writes it in a text and in a column. */
const idsOfLog = (hash16: Hash16): string[] =>
  recordIdsOf(LOG, hash16).flatMap(({ spanId }) => [
    spanId,
    String(BigInt.asIntN(64, BigInt(`0x${spanId}`))),
  ]);

async function sumsByAccount(): Promise<unknown> {
  const { rows } = await service.database.db.query(
    `SELECT account, asset, sum(amount)::text AS amount FROM ledger_entries WHERE tenant_id = $1
      GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2`,
    [play.tenantId],
  );
  return rows;
}

/** The root over the steps of each trace as they stand now, and what the newest revision leaf says it is. */
async function stepRoots(): Promise<[trace: string, now: string, inLeaf: string][]> {
  const { db } = service.database;
  const roots: [string, string, string][] = [];
  for (const trace of ['erased', 'kept']) {
    const steps = await readNewestSteps(db, play.tenantId, [traceIdOf(trace)]);
    const { rows } = await db.query<{ entry: Buffer }>(
      `SELECT entry FROM leaves WHERE tenant_id = $1 AND kind = 'trace.revision' AND subject_id = $2 ORDER BY idx DESC LIMIT 1`,
      [play.tenantId, traceIdOf(trace)],
    );
    const sealed = steps.map(({ record }) => Buffer.from(sealedStepRecord(record)));
    const leaf: { steps: { root: string } } = JSON.parse(rows[0]!.entry.toString());
    roots.push([trace, merkleRoot(sealed).toString('base64'), leaf.steps.root]);
  }
  return roots;
}

async function committedSteps(trace: string) {
  const steps = await readNewestSteps(service.database.db, play.tenantId, [traceIdOf(trace)]);
  return steps.flatMap(({ traceId, spanId, startedAtUs, record }) => {
    const { commitments } = parseStep(record);
    return commitments === undefined ? [] : [{ traceId, spanId, startedAtUs, commitments }];
  });
}
const contentsOf = async (trace: string) =>
  readContents(service.database.db, service.parts.contentKeys, play.tenantId, await committedSteps(trace));
const sha256 = (...parts: Uint8Array[]): string =>
  createHash('sha256').update(Buffer.concat(parts)).digest('base64');

let sumsBefore: unknown;
let commitmentsBefore: StepCommitments[];
let saltsBefore: Buffer[];
let leavesBefore: number;
/** Ids of the item as its books have them. */
let idsBefore: string[];
let seedBefore: string;

const seedOf = async (key: string): Promise<string> =>
  (
    await service.database.db.query<{ id_seed: string }>('SELECT id_seed FROM work_items WHERE key = $1', [
      key,
    ])
  ).rows[0]!.id_seed;

/** Every id that is derived from a work item, as a dump writes it, for what it may be derived from. */
function idsFrom(name: string, lines = [`${name}\n/erp\nfee of ${KEY}`]): string[] {
  const trace = traceIdOf('erased');
  const uuids = [
    `work item ${name}`,
    `unmatched_outcome ${play.tenantId} ${name}`,
    ...[`conversation:session-erased`, `trace:${trace}`, `agent:${trace}/${spanIdOf('erased', 1)}`].map(
      (key) => `attempt ${name}\n${key}`,
    ),
  ].map((each) => uuidFromName(each, NAMESPACE));
  const usages = [`outcome ${name} 1`, ...lines.map((line) => `cost line ${line}`)].map((each) =>
    BigInt.asIntN(
      64,
      BigInt(`0x${uuidFromName(`usage ${each}`, NAMESPACE).replaceAll('-', '').slice(0, 16)}`),
    ),
  );
  return [...uuids, ...uuids.map((id) => id.replaceAll('-', '')), ...usages.map(String)];
}

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  play = await LinkPlay.begin(service, 'erasing');
  log = await keysOf({ tenantId: play.tenantId, slug: 'erasing' });
  const keyOf = async (principal: string): Promise<string> =>
    (await play.post('/v1/keys', { principal, roles: ['privacy'] })).secret;
  privacy = await keyOf('officer');
  approver = await keyOf('deputy');
  await send('erased', KEY, PROMPT);
  await send('kept', OTHER, OTHERS_PROMPT);
  // The same span with other bytes is set aside whole.
  await play.spans('erased', [
    { id: 2, parent: 1, tokens: 7, attributes: { 'gen_ai.input.messages': PROMPT } },
  ]);
  for (const key of [KEY, OTHER])
    await play.event(`${key}/paid`, 'claim.paid', key, 100, {
      note: key === KEY ? `paid to ${WORD}` : 'paid',
      cents: 12_00,
    });
  await play.logs(LOG);
  const report = await play.post('/v1/usage-reports', {
    reports: [
      {
        source: '/gateway',
        id: `gw_${KEY}_2`,
        trace: traceIdOf('erased'),
        span: spanIdOf('erased', 2),
        says: 'actual',
        amount: '0.25',
        currency: 'USD',
      },
    ],
  });
  if (report.stored !== 1) throw new Error(`the usage report was answered with ${JSON.stringify(report)}`);
  const fee = await play.post('/v1/cost-lines', {
    lines: [
      {
        source: '/erp',
        id: `fee of ${KEY}`,
        workItem: { kind: 'claim', key: KEY },
        kind: 'tool_fee',
        occurredAt: '2026-10-05T10:00:00Z',
        amount: { amount: '0.5', currency: 'USD' },
        billedBy: 'registry',
      },
    ],
  });
  if (fee.stored !== 1) throw new Error(`the fee was answered with ${JSON.stringify(fee)}`);
  await play.settle();
  await seal();
  sumsBefore = await sumsByAccount();
  seedBefore = await seedOf(KEY);
  idsBefore = idsFrom(seedBefore);
  commitmentsBefore = (await committedSteps('erased')).map(({ commitments }) => commitments);
  saltsBefore = (await contentsOf('erased')).flatMap(({ salts, parts }) => [
    ...(salts === null ? [] : [salts.span, salts.identity]),
    ...parts.flatMap((part) => (part.state === 'open' ? [part.salt] : [])),
  ]);
  leavesBefore = await countLeaves();
});
afterAll(() => service.stop());

const countLeaves = async (): Promise<number> =>
  Number((await service.database.db.query<{ n: bigint }>('SELECT count(*) AS n FROM leaves')).rows[0]!.n);

describe('Before', () => {
  test('content is encrypted, opens to what was said, and every commitment to it holds', async () => {
    const { rows } = await service.database.db.query<{ bytes: string }>(
      'SELECT sealed::text AS bytes FROM contents',
    );
    expect(rows.some(({ bytes }) => bytes.includes(Buffer.from(WORD).toString('hex')))).toBe(false);
    const steps = await committedSteps('erased');
    const opened = await contentsOf('erased');
    const parts = opened.flatMap(({ parts: each }, index) =>
      each.map((part) => ({ part, commitment: steps[index]!.commitments.parts[part.part] })),
    );
    expect(parts.map(({ part }) => [part.part, part.state, part.state === 'open' ? part.text : ''])).toEqual([
      ['input.messages', 'open', PROMPT],
      ['input.messages', 'open', PROMPT],
      ['output.messages', 'open', `answer to ${PROMPT}`],
      ['documents', 'open', JSON.stringify([{ id: 'd1', content: PROMPT }])],
      ['tool.arguments', 'open', JSON.stringify({ claim: KEY })],
      ['tool.result', 'open', PROMPT],
      ['input.messages', 'open', PROMPT],
      ['input.messages', 'open', PROMPT],
    ]);
    for (const { part, commitment } of parts) {
      if (part.state !== 'open') throw new Error(`${part.part} is ${part.state}`);
      expect(sha256(part.salt, Buffer.from(part.text))).toBe(commitment);
    }
  });

  test('its subject is the work item where a step names it, else the trace', async () => {
    const subjects = (await committedSteps('erased')).map(({ commitments }) => commitments.subject);
    const trace = traceIdOf('erased').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    expect(subjects.slice(1, 3)).toEqual([trace, trace]);
    expect(subjects[0]).toBe(subjects[3]);
    expect(subjects[0]).not.toBe(trace);
  });

  test('the canary is found however it is written', () => {
    const cells = [
      `(${WORD})`,
      `("\\\\x${Buffer.from(WORD).toString('hex')}")`,
      ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${WORD} x`).toString('base64')),
      ...[gzipSync, deflateSync].flatMap((pack) => [
        `\\x${pack(`Mrs ${WORD}`).toString('hex')}`,
        pack(`Mrs ${WORD}`).toString('base64'),
      ]),
      'nothing',
    ];
    const dump = new Map(cells.map((cell, n) => [String(n), [cell]]));
    expect(tablesWith(dump, WORD)).toEqual(cells.slice(0, -1).map((_, n) => String(n)));
  });

  test('the canary stands where it may', async () => {
    const found = tablesWith(await dumpRows(service.database.db), WORD);
    expect(found).toEqual(
      expect.arrayContaining([
        'public.outcome_events',
        'public.set_aside',
        'public.spans',
        'public.usage_reports',
      ]),
    );
    expect(found).not.toContain('public.contents');
    expect(found.filter((table) => /leaves|evidence/.test(table))).toEqual([]);
    expect((await stepRoots()).every(([, now, inLeaf]) => now === inLeaf)).toBe(true);
  });
});

describe('An erasure', () => {
  let erasureId: string;

  test('is asked for by one privacy principal and approved by another', async () => {
    const scope = { workItem: { kind: 'claim', key: KEY } };
    const ask = (key: string, body: object) => service.api.call('/v1/erasures', { key, body });
    const asked = { scope, basis: 'gdpr_17_1_b', reason: `Mrs ${WORD} asked, of ${KEY}` };
    expect((await ask(approver, { ...asked, basis: 'Because' })).status).toBe(400);
    const answer = await ask(privacy, asked);
    expect([answer.status, answer.body.state, answer.body.scope]).toEqual([201, 'requested', scope]);
    erasureId = answer.body.erasureId;
    const decide = (key: string, body: object) =>
      service.api.call(`/v1/erasures/${erasureId}/decision`, { key, body });
    expect((await decide(privacy, { decision: 'approved' })).status).toBe(403);
    expect((await decide(approver, { decision: 'approved' })).body.state).toBe('approved');
    expect((await decide(approver, { decision: 'approved' })).status).toBe(409);
    await play.settle();
    await seal();
    const { body } = await service.api.call(`/v1/erasures/${erasureId}`, { key: privacy });
    expect([body.state, body.scope, body.counts]).toEqual([
      'done',
      {},
      { workItems: 1, traces: 1, contents: 8, told: expect.any(Number), spans: 5, batches: 2, steps: 5 },
    ]);
  });

  test('may be refused: that stands in the log as well', async () => {
    const { body } = await service.api.call('/v1/erasures', {
      key: privacy,
      body: { scope: { subject: randomUUID() }, basis: 'gdpr_17_1_b', reason: 'asked' },
    });
    const refused = await service.api.call(`/v1/erasures/${body.erasureId}/decision`, {
      key: approver,
      body: { decision: 'refused', ground: 'legal_hold', reason: 'a court case' },
    });
    expect([refused.status, refused.body.state]).toEqual([201, 'refused']);
    await seal();
    const { rows } = await service.database.db.query<{ entry: Buffer }>(
      `SELECT entry FROM leaves WHERE subject_id = $1 ORDER BY idx`,
      [body.erasureId],
    );
    expect(
      rows.map(({ entry }) => JSON.parse(entry.toString())).map(({ state, ground }) => [state, ground]),
    ).toEqual([
      ['requested', undefined],
      ['refused', 'legal_hold'],
    ]);
  });

  test('leaves the canary in no table, no answer and no file of keys', async () => {
    expect(tablesWith(await dumpRows(service.database.db), WORD)).toEqual([]);
    const items = await play.ask('/v1/work-items');
    const erased: string = items.items
      .map(({ key }: { key: string }) => key)
      .find((key: string) => key.startsWith('erased-'));
    const answers = await Promise.all(
      [
        `/v1/work-items/claim/${erased}`,
        `/v1/work-items/claim/${erased}/cost`,
        '/v1/outcomes',
        '/v1/erasures',
        '/v1/set-aside?kind=conflicting',
        '/v1/ledger/transactions',
        '/v1/links',
        `/v1/reports/cost-per-outcome?from=2026-10-01&to=2026-11-01&outcome_type=claim.paid`,
      ].map((path) => service.api.call(path, { key: play.key })),
    );
    expect(answers.map(({ body }) => JSON.stringify(body).includes(WORD))).toEqual(answers.map(() => false));
    expect((await service.api.call(`/v1/work-items/claim/${KEY}`, { key: play.key })).status).toBe(404);
    for (const file of keyFiles()) expect(file.includes(WORD)).toBe(false);
  });

  test('no commitment can be confirmed by guessing: salts are gone with the key', async () => {
    const kept = [...(await dumpRows(service.database.db)).values()].flat().join('\n');
    // What was committed to stands; the guesses are right, and the salts would prove it.
    expect(commitmentsBefore.every(({ span }) => kept.includes(span))).toBe(true);
    expect(saltsBefore.length).toBeGreaterThan(10);
    const files = Buffer.concat(keyFiles());
    const isKept = (salt: Buffer) =>
      kept.includes(salt.toString('hex')) || kept.includes(salt.toString('base64')) || files.includes(salt);
    expect(saltsBefore.filter(isKept)).toEqual([]);
    const subjects = commitmentsBefore.map(({ subject }) => subject);
    expect([...(await service.parts.contentKeys.keysOf(play.tenantId, subjects)).keys()]).toEqual([]);
    const guesses = [
      PROMPT,
      `answer to ${PROMPT}`,
      KEY,
      WORD,
      `claim:${play.tenantId}:${KEY}`,
      JSON.stringify({ claim: KEY }),
    ];
    const plain = guesses.flatMap((guess) =>
      [guess, JSON.stringify(guess), guess.toLowerCase(), Buffer.from(guess, 'utf16le')].flatMap((text) =>
        [
          ...['sha256', 'sha512-256', 'sha1', 'md5'].map((name) => createHash(name).update(text).digest()),
          createHash('sha256').update(createHash('sha256').update(text).digest()).digest(),
          createHmac('sha256', '').update(text).digest(),
        ].flatMap((digest) => [
          digest.toString('hex'),
          digest.toString('base64'),
          // As an id is made of the first half of a hash.
          digest.toString('hex', 0, 16),
          digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
        ]),
      ),
    );
    expect(plain.filter((hash) => kept.includes(hash))).toEqual([]);
  });

  test('no id can be confirmed by guessing the key: they follow from what is gone', async () => {
    const dump = await dumpRows(service.database.db);
    const kept = [...dump.values()].flat().join('\n');
    const guesses = [KEY, `claim:${play.tenantId}:${KEY}`, WORD].flatMap((guess) =>
      idsFrom(guess, [`/erp\nfee of ${KEY}`]),
    );
    expect(guesses.filter((id) => kept.includes(id))).toEqual([]);
    // Of a log record all that was cut is guessed to the byte: who has not the key of the receivers learns nothing.
    const directory = keyDirectoryOf(service.database.db);
    const key = readRecordIdKey(directory, recordIdKeyFiles(directory)[0]!);
    const guessed = [plainHash16, hash16Under('')].flatMap(idsOfLog);
    expect(guessed.filter((id) => kept.includes(id))).toEqual([]);
    expect(idsOfLog(hash16Under(key)).filter((id) => kept.includes(id))).toHaveLength(2);
    // What they were derived from would find them: posting, attempt, outcome and line. It is kept nowhere.
    expect(idsBefore.filter((id) => kept.includes(id)).length).toBeGreaterThanOrEqual(4);
    expect(kept).not.toContain(seedBefore);
  });

  test('its content reads as erased, with the leaf that says so', async () => {
    const read = await contentsOf('erased');
    const { body } = await service.api.call(`/v1/erasures/${erasureId}`, { key: privacy });
    expect(read.flatMap(({ salts, parts }) => [salts, ...parts.map(({ state }) => state)])).toEqual(
      expect.arrayContaining([null, 'erased']),
    );
    const leaves = read.flatMap(({ parts }) =>
      parts.map((part) => (part.state === 'erased' ? part.leaf : part.state)),
    );
    const places = new Set(leaves.map(String));
    expect(places.size).toBe(1);
    expect(leaves.length).toBe(8);
    expect(Number(body.leaf)).toBeGreaterThanOrEqual(leavesBefore);
  });

  test('moves no money, breaks no proof, and nobody else notices', async () => {
    expect(await sumsByAccount()).toEqual(sumsBefore);
    expect(await play.check()).toEqual([]);
    expect((await stepRoots()).every(([, now, inLeaf]) => now === inLeaf)).toBe(true);
    expect((await contentsOf('kept')).flatMap(({ parts }) => parts.map(({ state }) => state))).toEqual(
      Array.from({ length: 7 }, () => 'open'),
    );
    const { rows } = await service.database.db.query<{ entry: Buffer; leaf_hash: Buffer }>(
      'SELECT entry, leaf_hash FROM leaves WHERE tenant_id = $1 ORDER BY idx',
      [play.tenantId],
    );
    const head = await service.database.db.query<{ root: Buffer }>(
      'SELECT root FROM log_heads WHERE tenant_id = $1',
      [play.tenantId],
    );
    const hashes = rows.map(({ entry }) => leafHash(entry));
    expect(rows.every(({ leaf_hash }, index) => leaf_hash.equals(hashes[index]!))).toBe(true);
    expect(rootOfLeafHashes(hashes)).toEqual(head.rows[0]!.root);
  });

  test('re-normalising afterwards works and changes nothing', async () => {
    const revisions = async () =>
      (await service.database.db.query('SELECT trace_id, revision FROM traces ORDER BY 1')).rows;
    const before = await revisions();
    await makeTracesDue(
      service.database.db,
      play.tenantId,
      ['erased', 'kept'].map((trace) => ({ traceId: traceIdOf(trace), cause: 'test', renormalise: true })),
    );
    await play.settle();
    expect(await revisions()).toEqual(before);
    expect(await sumsByAccount()).toEqual(sumsBefore);
    expect(tablesWith(await dumpRows(service.database.db), WORD)).toEqual([]);
  });

  test('a span or log record that is sent again is a duplicate, and is not kept', async () => {
    await send('erased', KEY, PROMPT);
    await play.logs(LOG);
    expect(tablesWith(await dumpRows(service.database.db), WORD)).toEqual([]);
  });

  test('no leaf holds anything personal', async () => {
    const { rows } = await service.database.db.query<{ entry: Buffer }>('SELECT entry FROM leaves');
    const personal = new RegExp(`${WORD}|${OTHER}|[\\w.]+@[\\w-]+\\.[a-z]{2,}|\\b\\d{13,16}\\b(?!")`);
    expect(rows.map(({ entry }) => entry.toString()).filter((entry) => personal.test(entry))).toEqual([]);
  });

  test('the key may be told again: that is another item, with books of its own', async () => {
    await play.event('again/paid', 'claim.paid', KEY, 200, { cents: 5_00 });
    await play.settle();
    const items = (await play.ask('/v1/work-items')).items.map(({ key, phase }: any) => [
      key.replace(/^erased-.*/, 'erased'),
      phase,
    ]);
    expect(items.sort()).toEqual([
      [KEY, 'achieved'],
      [OTHER, 'achieved'],
      ['erased', 'achieved'],
    ]);
    expect(await play.check()).toEqual([]);
    expect(await service.drift(play.tenantId)).toEqual([]);
  });
});

const keyFiles = (): Buffer[] => {
  const directory = join(keyDirectoryOf(service.database.db), 'content');
  return readdirSync(directory).map((name) => readFileSync(join(directory, name)));
};
