import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SpanReader } from '../../apps/worker/src/read-spans.ts';
import { keepContents } from '../../apps/worker/src/keep-contents.ts';
import { makeTracesDue, readContents, readNewestSteps } from '#store';
import { parseStep } from '#trails';
import { LinkPlay, traceIdOf, type ToldSpan } from '../support/link-play.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { dumpRows, tablesWith } from '../support/whole-database.ts';

// What a tenant's policy `content` takes out before anything is stored, and what it lets go in time.

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const SAID = 'hail on the roof, SECRET';
const spans = (said: string, note = said): ToldSpan[] => [
  { id: 1, attributes: { 'claim.id': 'C-17', 'input.value': said } },
  { id: 2, parent: 1, tokens: 1000, attributes: { 'gen_ai.input.messages': said, note } },
];

async function begin(slug: string, rule: object): Promise<LinkPlay> {
  const play = await LinkPlay.begin(service, slug);
  const { name } = await play.post('/v1/policies', { name: 'content', rule });
  expect(name).toBe('content');
  await play.settle();
  return play;
}

async function storedSpans(play: LinkPlay, trace: string) {
  const read = await new SpanReader().read(service.database.db, play.tenantId, [traceIdOf(trace)]);
  return read.get(traceIdOf(trace)) ?? [];
}
const attributesOf = async (play: LinkPlay, trace: string) =>
  (await storedSpans(play, trace)).map(({ span }) =>
    Object.fromEntries(
      ['claim.id', 'input.value', 'gen_ai.input.messages', 'note'].flatMap((key) =>
        span.attributes.has(key) ? [[key, span.attributes.get(key)]] : [],
      ),
    ),
  );

async function committed(play: LinkPlay, trace: string) {
  const steps = await readNewestSteps(service.database.db, play.tenantId, [traceIdOf(trace)]);
  return steps.flatMap(({ traceId, spanId, startedAtUs, record }) => {
    const { commitments } = parseStep(record);
    return commitments === undefined ? [] : [{ traceId, spanId, startedAtUs, commitments }];
  });
}
const read = async (play: LinkPlay, trace: string) =>
  (
    await readContents(
      service.database.db,
      service.parts.contentKeys,
      play.tenantId,
      await committed(play, trace),
    )
  ).flatMap(({ parts }) => parts.map((part) => [part.part, part.state]));

describe('content: never', () => {
  test('nothing of it is stored or hashed, the call is costed, and the receipt says so', async () => {
    const play = await begin('never', { content: 'never' });
    await play.spans('never', spans(SAID, 'kept'));
    await play.settle();
    expect(await attributesOf(play, 'never')).toEqual(
      expect.arrayContaining([
        { 'claim.id': 'C-17', 'input.value': '[cut]' },
        { 'gen_ai.input.messages': '[cut]', note: 'kept' },
      ]),
    );
    expect(tablesWith(await dumpRows(service.database.db), 'SECRET')).toEqual([]);
    expect(await read(play, 'never')).toEqual([]);
    expect(await play.balances()).toEqual({ 'claim:C-17': 1000 });
    const received = await storedSpans(play, 'never');
    const batchId = received[0]!.stored.batchId;
    const receipt = await play.ask(`/v1/receipts/${batchId}`);
    expect([receipt.redaction, receipt.isOpenable]).toEqual(['content@1', true]);
    const { rows } = await service.database.db.query<{ salt: Buffer; digest: Buffer }>(
      'SELECT salt, digest FROM batches WHERE batch_id = $1',
      [batchId],
    );
    const inOrder = [...received].sort((a, b) => a.stored.position - b.stored.position);
    const hash = createHash('sha256').update(rows[0]!.salt);
    for (const { stored: each } of inOrder) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(each.bytes.length);
      hash.update(length).update(each.bytes);
    }
    expect(hash.digest()).toEqual(rows[0]!.digest);
  });
});

describe('Patterns', () => {
  test('are replaced before anything is stored; the rest of what was said is kept', async () => {
    const play = await begin('patterns', { patterns: { email: true, card: true } });
    await play.spans('patterns', spans('jane@example.org pays by 4111 1111 1111 1111'));
    await play.settle();
    expect((await attributesOf(play, 'patterns')).map((each) => each['note']).filter(Boolean)).toEqual([
      '[email] pays by [card]',
    ]);
    const dump = await dumpRows(service.database.db);
    expect([...tablesWith(dump, 'jane@example.org'), ...tablesWith(dump, '4111 1111')]).toEqual([]);
    expect(await read(play, 'patterns')).toEqual([
      ['input.messages', 'open'],
      ['input.messages', 'open'],
    ]);
  });

  test('a rule that cannot be is refused with its place', async () => {
    const play = await LinkPlay.begin(service, 'refused');
    const answer = await service.api.call('/v1/policies', {
      key: play.key,
      body: { name: 'content', rule: { patterns: { custom: [{ name: 'x', pattern: '(?=a)' }] } } },
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('rule.patterns.custom[0].pattern');
  });
});

describe('In time', () => {
  const DAY_US = 86_400_000_000n;
  const keep = (days: bigint) =>
    keepContents({ ...service.parts, nowUs: () => service.parts.nowUs() + days * DAY_US }, () => false);

  test('received bytes lose their content first, what is encrypted later; cost and steps stay', async () => {
    const play = await begin('expiring', { receivedDays: 10, keepDays: { default: 400 } });
    await play.spans('expiring', spans(SAID));
    await play.settle();
    const before = await play.balances();
    expect(await keep(9n)).toEqual({ spans: 0, contents: 0 });
    expect(await keep(11n)).toEqual({ spans: 2, contents: 0 });
    expect(
      (await attributesOf(play, 'expiring')).map(
        (each) => each['input.value'] ?? each['gen_ai.input.messages'],
      ),
    ).toEqual(expect.arrayContaining(['[cut]', '[cut]']));
    expect(await read(play, 'expiring')).toEqual([
      ['input.messages', 'open'],
      ['input.messages', 'open'],
    ]);
    expect(await keep(12n)).toEqual({ spans: 0, contents: 0 });
    // Another tenant keeps received bytes for the 30 days that are shipped.
    expect(await keep(401n)).toEqual({ spans: 2, contents: 2 });
    expect(await read(play, 'expiring')).toEqual([
      ['input.messages', 'expired'],
      ['input.messages', 'expired'],
    ]);
    await makeTracesDue(service.database.db, play.tenantId, [
      { traceId: traceIdOf('expiring'), cause: 'test', renormalise: true },
    ]);
    await play.settle();
    expect(await play.balances()).toEqual(before);
    expect(await play.check()).toEqual([]);
    const { rows } = await service.database.db.query<{ body: Buffer }>(
      `SELECT body FROM evidence_inbox WHERE tenant_id = $1 AND kind = 'erasure' ORDER BY seq`,
      [play.tenantId],
    );
    const leaves = rows.map(({ body }) => JSON.parse(body.toString()));
    expect(leaves.map(({ state, policy, counts }) => [state, policy, counts])).toEqual([
      ['expired', 'content@1', { spans: 2, batches: 1, contents: 0 }],
      ['expired', 'content@1', { spans: 0, batches: 0, contents: 2 }],
    ]);
  });
});
