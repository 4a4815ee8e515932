// Goal: what test/pipeline/erasure.spec.ts shows of a work item holds of the other scopes, of logs and of resources; an
// erasure that dies in the middle is carried out when it is begun again; and a replay of before keeps its digest.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readNewestSteps, type KeyStore } from '#store';
import { parseStep } from '#trails';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { workErasures } from '../../apps/worker/src/work-erasures.ts';
import { keysOf } from '../support/evidence-log.ts';
import { LinkPlay, spanIdOf, traceIdOf } from '../support/link-play.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { dumpRows, tablesWith } from '../support/whole-database.ts';

let service: TestService;
let play: LinkPlay;
let officer: string;
let deputy: string;
let log: Awaited<ReturnType<typeof keysOf>>;

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  play = await LinkPlay.begin(service, 'scopes');
  log = await keysOf({ tenantId: play.tenantId, slug: 'scopes' });
  const keyOf = async (principal: string): Promise<string> =>
    (await play.post('/v1/keys', { principal, roles: ['privacy'] })).secret;
  officer = await keyOf('officer');
  deputy = await keyOf('deputy');
  await play.post('/v1/policies', { name: 'dimensions', rule: { attributes: ['customer.id'] } });
  await play.post('/v1/policies', { name: 'links', rule: { customerAttributes: ['customer.id'] } });
}, 60_000);
afterAll(() => service.stop());

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** A log record that tells what a call saw, from a resource that names somebody. */
async function sendLog(trace: string, word: string): Promise<void> {
  const answer = await fetch(`${service.otlpUrl}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${play.key}` },
    body: JSON.stringify({
      resourceLogs: [
        {
          resource: {
            attributes: [attribute('service.name', 'agent'), attribute('user.name', `of CLM-${word}`)],
          },
          scopeLogs: [
            {
              scope: { name: 'told' },
              logRecords: [
                {
                  timeUnixNano: (BigInt(Date.UTC(2026, 9, 5, 9)) * 1_000_000n).toString(),
                  eventName: 'gen_ai.client.inference.operation.details',
                  traceId: traceIdOf(trace),
                  spanId: spanIdOf(trace, 2),
                  attributes: [
                    attribute('gen_ai.operation.name', 'chat'),
                    attribute('gen_ai.input.messages', `logged ${word}`),
                  ],
                  body: { stringValue: `body of ${word}` },
                },
              ],
            },
          ],
        },
      ],
    }),
  });
  expect(answer.status).toBe(200);
}

async function work(trace: string, word: string, customer: string): Promise<void> {
  const prompt = `${word} says that it hailed`;
  await play.spans(trace, [
    { id: 1, attributes: { 'claim.id': `CLM-${word}`, 'customer.id': customer, 'input.value': prompt } },
    {
      id: 2,
      parent: 1,
      tokens: 1000,
      attributes: { 'gen_ai.input.messages': prompt, 'gen_ai.output.messages': `answer to ${prompt}` },
    },
  ]);
  await sendLog(trace, word);
  await play.event(`CLM-${word}/paid`, 'claim.paid', `CLM-${word}`, 100, { note: `paid to ${word}` });
  await play.settle();
}

async function ask(scope: object): Promise<string> {
  const asked = await service.api.call('/v1/erasures', {
    key: officer,
    body: { scope, basis: 'gdpr_17_1_b', reason: 'asked by letter' },
  });
  expect({ status: asked.status, body: asked.status === 201 ? null : asked.body }).toEqual({
    status: 201,
    body: null,
  });
  const decided = await service.api.call(`/v1/erasures/${asked.body.erasureId}/decision`, {
    key: deputy,
    body: { decision: 'approved' },
  });
  expect(decided.body.state).toBe('approved');
  return asked.body.erasureId;
}

const stateOf = async (erasureId: string): Promise<string> =>
  (await service.api.call(`/v1/erasures/${erasureId}`, { key: officer })).body.state;
const standsIn = async (word: string): Promise<string[]> =>
  tablesWith(await dumpRows(service.database.db), word);
const seal = () => sealOnce(service.database.db, log, service.parts.nowUs());

test('a customer: their traces, the items of those, logs and resources', async () => {
  await work('customer', 'ALICE', 'C-ALICE');
  const other = await service.api.call('/v1/erasures', {
    key: officer,
    body: {
      scope: { customer: { attribute: 'user.email', value: 'a' } },
      basis: 'gdpr_17_1_b',
      reason: 'asked',
    },
  });
  expect({ status: other.status, field: other.body.errors[0].field }).toEqual({
    status: 422,
    field: 'scope.customer.attribute',
  });
  expect(await standsIn('ALICE')).toEqual(
    expect.arrayContaining(['public.outcome_events', 'public.resources', 'public.spans']),
  );
  const erasureId = await ask({ customer: { attribute: 'customer.id', value: 'C-ALICE' } });
  await play.settle();
  expect(await stateOf(erasureId)).toBe('done');
  expect(await standsIn('ALICE')).toEqual([]);
}, 60_000);

test('a subject by its random id', async () => {
  await work('subject', 'BERTA', 'C-BERTA');
  const steps = await readNewestSteps(service.database.db, play.tenantId, [traceIdOf('subject')]);
  const named = steps
    .map(({ record }) => parseStep(record))
    .find(({ workItemKeys }) => workItemKeys.length > 0);
  const erasureId = await ask({ subject: named!.commitments!.subject });
  await play.settle();
  expect(await stateOf(erasureId)).toBe('done');
  expect((await standsIn('CLM-BERTA')).length).toBe(0);
  expect((await standsIn('BERTA says')).length).toBe(0);
}, 60_000);

/** Dies where it is told to, once: before the keys are destroyed, after that, or when all but the commit is done. */
const DEATHS: readonly (readonly [string, (parts: TestService['parts']) => Partial<TestService['parts']>])[] =
  [
    ['before the keys are destroyed', ({ contentKeys }) => ({ contentKeys: dying(contentKeys, false) })],
    ['when the keys are destroyed', ({ contentKeys }) => ({ contentKeys: dying(contentKeys, true) })],
    ['before the end', ({ nowUs }) => ({ nowUs: dyingAt(2, nowUs) })],
  ];

function dying(keys: KeyStore, isAfter: boolean): KeyStore {
  return new Proxy(keys, {
    get(target, name, receiver): unknown {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      if (name !== 'destroy') return member.bind(target);
      return async (...args: unknown[]) => {
        if (isAfter) await member.apply(target, args);
        throw new Error('died');
      };
    },
  });
}

function dyingAt(call: number, nowUs: () => bigint): () => bigint {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls === call) throw new Error('died');
    return nowUs();
  };
}

test.each(DEATHS)(
  'one that dies %s is carried out when it is begun again',
  async (when, kill) => {
    const word = `CLARA${DEATHS.findIndex(([each]) => each === when)}`;
    await work(word, word, 'C-1');
    await seal();
    const size = Number(
      (
        await service.database.db.query<{ size: bigint }>(
          'SELECT max(size) AS size FROM checkpoints WHERE tenant_id = $1',
          [play.tenantId],
        )
      ).rows[0]!.size,
    );
    const replay = async (name: string) => {
      const { status, body } = await service.api.call(`/v1/trails/${name}/replay?size=${size}`, {
        key: play.key,
      });
      expect(status).toBe(200);
      return body;
    };
    const before = await replay(`claim:CLM-${word}`);
    const erasureId = await ask({ workItem: { kind: 'claim', key: `CLM-${word}` } });
    const failures: unknown[] = [];
    const parts = {
      ...service.parts,
      backupDays: 30,
      onErasureFailure: (_: unknown, error: unknown) => void failures.push(error),
    };
    expect(await workErasures({ ...parts, ...kill(service.parts) })).toBe(0);
    expect({ failures: failures.map(String), state: await stateOf(erasureId) }).toEqual({
      failures: ['Error: died'],
      state: 'approved',
    });
    expect((await standsIn(word)).length).toBeGreaterThan(0);
    await play.settle();
    expect(await stateOf(erasureId)).toBe('done');
    expect(await standsIn(word)).toEqual([]);
    // The structure is what it was, to the byte; the business key is gone.
    const after = await replay(before.replay.trail);
    expect(after.digest).toBe(before.digest);
    expect(JSON.stringify(after)).not.toContain(word);
    expect(await play.check()).toEqual([]);
  },
  60_000,
);
