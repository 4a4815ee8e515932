// Goal: whose cost is does not depend on the order in which spans, outcome events, settings and decisions of people come.
// Method: the same facts in any order, worked off in between or not, and with the commits of workers between each other;
// the end is compared with the facts in the order in which they are written down here.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { toRef } from '#model';
import { claimDueTraces, completeDueTraces, inTransaction, recordLinkDecision, type DueTrace } from '#store';
import { normaliseTraces } from '../../apps/worker/src/normalise-traces.ts';
import { postTraces } from '../../apps/worker/src/post-traces.ts';
import { publishCandidates } from '../../apps/worker/src/publish-candidates.ts';
import type { ReadTrace } from '../../apps/worker/src/read-trace.ts';
import { workThroughFacts } from '../../apps/worker/src/work-through-facts.ts';
import { LinkPlay, spanIdOf, traceIdOf } from '../support/link-play.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

type Fact = (play: LinkPlay) => Promise<void>;
const talk = { 'gen_ai.conversation.id': 'c1' };
const asked = (args: object) => ({ 'gen_ai.tool.call.arguments': JSON.stringify(args) });

/** A person's word, recorded at a time of the story whenever it is heard. */
const decide =
  (n: number, action: 'link' | 'unlink', key: string, trace: string, span: number | null): Fact =>
  ({ tenantId }) =>
    inTransaction(service.database.db, (client) =>
      recordLinkDecision(client, tenantId, {
        decisionId: `0190a000-0000-7000-8000-00000000000${n}`,
        workItemRef: toRef('claim', tenantId, key),
        action,
        traces: [{ traceId: traceIdOf(trace), spanIds: span === null ? null : [spanIdOf(trace, span)] }],
        attemptId: null,
        reason: 'said so',
        salt: Buffer.alloc(32),
        recordedAtUs: 1_760_000_000_000_000n + BigInt(n),
        recordedBy: randomUUID(),
        leaf: Buffer.from('{}'),
      }),
    );

const FACTS: readonly Fact[] = [
  async (play) =>
    void (await play.post('/v1/key-mappings', {
      name: 'get-claim',
      validFrom: null,
      rule: { tool: 'get_claim', argument: 'claim_id', kind: 'claim', access: 'read' },
    })),
  async (play) =>
    void (await play.post('/v1/key-mappings', {
      name: 'claim-text',
      validFrom: null,
      rule: { pattern: 'CLM-\\d{4}', kind: 'claim' },
    })),
  async (play) =>
    void (await play.post('/v1/policies', {
      name: 'links',
      validFrom: null,
      rule: { bookThreshold: '0.8', splitDriver: 'best_available' },
    })),
  // Found in arguments, with text of the same key: whose it is depends on who declares it.
  (play) =>
    play.spans('a', [
      { id: 1, tool: 'get_claim', attributes: asked({ claim_id: 'CLM-1111' }) },
      { id: 2, tokens: 10 },
    ]),
  (play) => play.spans('a', [{ id: 3, tokens: 7, attributes: { 'gen_ai.input.messages': 'CLM-1111' } }]),
  // Declares the same claim, and another one for a part.
  (play) =>
    play.spans('b', [
      { id: 1, attributes: { 'claim.id': 'CLM-1111' } },
      { id: 2, parent: 1, tokens: 5 },
    ]),
  (play) =>
    play.spans('b', [
      { id: 3, parent: 1, attributes: { 'claim.id': 'C-2' } },
      { id: 4, parent: 3, tokens: 3 },
    ]),
  // Only text, and a conversation of two items.
  (play) =>
    play.spans('c', [
      { id: 1, at: 20, tokens: 11, attributes: { ...talk, 'gen_ai.input.messages': 'CLM-2222' } },
    ]),
  (play) => play.event('e1', 'claim.paid', 'CLM-2222', 60, { conversationId: 'c1' }),
  (play) => play.event('e2', 'claim.cancelled', 'C-2', 15, { conversationId: 'c1' }),
  (play) => play.event('e3', 'claim.paid', 'C-3', 70, { traceId: traceIdOf('a') }),
  decide(1, 'link', 'C-2', 'a', 2),
  decide(2, 'unlink', 'CLM-1111', 'b', null),
  decide(3, 'link', 'CLM-1111', 'b', 2),
];

async function balancesOf(facts: readonly Fact[], play: LinkPlay): Promise<Record<string, number>> {
  for (const fact of facts) await fact(play);
  await play.settle();
  expect(await play.check()).toEqual([]);
  return play.balances();
}
const begin = (): Promise<LinkPlay> => LinkPlay.begin(service, `law-${randomUUID()}`);

const anySubset = fc.subarray(
  FACTS.map((_, index) => index),
  { minLength: 3 },
);
const chosen = (indexes: readonly number[]): Fact[] => indexes.map((index) => FACTS[index]!);

test('the order of arrival makes no difference', async () => {
  await fc.assert(
    fc.asyncProperty(anySubset, fc.infiniteStream(fc.nat(999)), async (indexes, random) => {
      const order = indexes
        .map((index) => ({ index, at: random.next().value, settles: random.next().value % 3 === 0 }))
        .sort((a, b) => a.at - b.at);
      const play = await begin();
      for (const { index, settles } of order) {
        await FACTS[index]!(play);
        if (settles) await play.settle();
      }
      expect(await balancesOf([], play)).toEqual(await balancesOf(chosen(indexes), await begin()));
    }),
    { numRuns: 8 },
  );
}, 120_000);

/** A worker that takes up to two traces from claim to posting, committing at each step. */
function* traceWorker(mine: bigint): Generator<() => Promise<unknown>> {
  const { parts } = service;
  let claims: DueTrace[] = [];
  let read: readonly ReadTrace[] = [];
  yield async () => {
    claims = await claimDueTraces(parts.db, mine, 2, 60_000);
  };
  yield async () => {
    if (claims.length > 0) read = (await publishCandidates(parts, mine, claims, 100_000)).traces;
  };
  yield async () => normaliseTraces(parts, mine, read);
  yield async () => {
    if (claims.length > 0)
      await postTraces(parts, mine, claims, (client) => completeDueTraces(client, mine, claims));
  };
}

const workFact = () =>
  workThroughFacts(
    {
      ...service.parts,
      onFailure: (_, error) => {
        throw error;
      },
    },
    1,
  );

test('the interleaving of commits makes no difference', async () => {
  await fc.assert(
    fc.asyncProperty(
      anySubset,
      fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
      async (indexes, choices) => {
        const play = await begin();
        const actors: Iterator<() => Promise<unknown>>[] = [
          ...chosen(indexes).map((fact) => [() => fact(play), workFact].values()),
          ...Array.from({ length: 4 }, () => traceWorker(play.tenantId)),
        ];
        for (let turn = 0; actors.length > 0; turn++) {
          const index = choices[turn % choices.length]! % actors.length;
          const next = actors[index]!.next();
          if (next.done === true) actors.splice(index, 1);
          else await next.value();
        }
        await service.database.db.query('UPDATE due_traces SET leased_until = NULL');
        expect(await balancesOf([], play)).toEqual(await balancesOf(chosen(indexes), await begin()));
      },
    ),
    { numRuns: 8 },
  );
}, 120_000);
