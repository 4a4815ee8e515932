// Goal: whatever the interleaving of the commits of spans, facts, pages of bulk causes, a closing month and their
// workers, the ledger ends the same, and nothing is posted to a month once its close is accepted.
// Method: every actor is a list of steps, each of which commits once; fast-check chooses whose step is next; the end is
// compared with the same facts worked off one after the other.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { importPriceCsv } from '#pricing';
import { claimDueTraces, completeDueTraces, inTransaction, recordPriceBook, type DueTrace } from '#store';
import { closePeriods } from '../../apps/worker/src/close-periods.ts';
import { normaliseTraces } from '../../apps/worker/src/normalise-traces.ts';
import { publishCandidates } from '../../apps/worker/src/publish-candidates.ts';
import type { ReadTrace } from '../../apps/worker/src/read-trace.ts';
import { postTraces } from '../../apps/worker/src/post-traces.ts';
import type { Log } from '../../apps/worker/src/seal-log.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { workCauses } from '../../apps/worker/src/work-causes.ts';
import { workThroughFacts } from '../../apps/worker/src/work-through-facts.ts';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { keysOf } from '../support/evidence-log.ts';
import { anyStory, requestsOf, START_NS, STORY_MONTH, type Story } from '../support/law-story.ts';
import { fuzzRuns } from '../support/otlp-arbitrary.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

type Step = () => Promise<unknown>;

const fail = (_: unknown, error: unknown): never => {
  throw error;
};

class Play {
  /** The trial balance of the month when its close was accepted; null while it is open. */
  private closedAt: string | null = null;

  private constructor(
    private readonly tenant: TestTenant,
    private readonly key: string,
    private readonly log: Log,
  ) {}
  static async begin(): Promise<Play> {
    const slug = `law-${randomUUID()}`;
    const tenant = await makeTenant(service.database.db, slug);
    const log = await keysOf({ tenantId: tenant.tenantId, slug });
    const play = new Play(tenant, await tenant.key(['admin']), log);
    await play.addPrice(2)();
    return play;
  }

  sendSpans =
    (body: object): Step =>
    async () => {
      const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
        body: JSON.stringify(body),
      });
      if (answer.status !== 200) throw new Error(`spans answered with ${answer.status}`);
    };
  sendEvent =
    (event: Story['events'][number]): Step =>
    async () => {
      const { status } = await service.api.call('/v1/outcomes', {
        key: this.key,
        headers: { 'content-type': 'application/cloudevents+json' },
        body: {
          specversion: '1.0',
          id: `e${event.id}`,
          source: '/desk',
          type: `ticket.${event.verb}`,
          subject: `T${event.ticket}`,
          time: new Date(Number(START_NS / 1_000_000n) + event.atS * 1000).toISOString(),
          data: {
            ...(event.conversation === null ? {} : { conversationId: `c${event.conversation}` }),
            ...(event.verb === 'merged_into' ? { mergedInto: `T${1 - event.ticket}` } : {}),
          },
        },
      });
      if (status >= 300) throw new Error(`an event answered with ${status}`);
    };
  addPrice =
    (inputPrice: number): Step =>
    async () => {
      const csv = `provider,model,input_per_million,output_per_million\nopenai,law-model,${inputPrice},10\n`;
      await inTransaction(service.database.db, (client) =>
        recordPriceBook(client, {
          tenantId: this.tenant.tenantId,
          book: 'law',
          source: 'test',
          rows: importPriceCsv(csv).rows,
          mode: { kind: 'retrospective' },
          createdBy: null,
          recordedAtUs: service.parts.nowUs(),
        }),
      );
    };

  /** A worker that takes up to two traces from claim to posting, committing at each step. */
  *traceWorker(): Generator<Step> {
    const { parts } = service;
    let claims: DueTrace[] = [];
    let read: readonly ReadTrace[] = [];
    const mine = this.tenant.tenantId;
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
  workFact: Step = () => workThroughFacts({ ...service.parts, onFailure: fail }, 1);
  /** One page, of one trace, of the oldest rule that is being worked through. */
  workCausePage: Step = () => {
    let pages = 1;
    const parts = { ...service.parts, onCauseFailure: fail };
    return workCauses(parts, { pageSize: 1, leaseMs: 0, traceSpans: 100_000 }, () => pages-- <= 0);
  };
  /** Asks to close the month. @returns the status: 409 while something of it is known and not worked through */
  askToClose = async (): Promise<number> => {
    const { status } = await this.call(`/v1/periods/${STORY_MONTH}/close`, { method: 'POST' });
    if (status === 202) this.closedAt ??= await this.trialBalance();
    return status;
  };
  seal: Step = () => sealOnce(service.database.db, this.log, service.parts.nowUs());
  endClose: Step = () => closePeriods(service.parts);

  private call = (path: string, call: object = {}) => service.api.call(path, { key: this.key, ...call });
  private trialBalance = async (): Promise<string> =>
    JSON.stringify((await this.call(`/v1/ledger/trial-balance?period=${STORY_MONTH}`)).body);

  /** Where every pico sits: account, work item, amount. */
  async balances(): Promise<unknown> {
    const { rows } = await service.database.db.query(
      `SELECT account, coalesce(work_item_ref, '') AS item, sum(amount) AS amount FROM ledger_entries WHERE tenant_id = $1
        GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2`,
      [this.tenant.tenantId],
    );
    return rows.map(({ account, item, amount }) => [account, String(item).replace(/:\d+:/, ':'), amount]);
  }

  /** @returns what the closed month's trial balance was when its close was accepted, and what it is; both null while open */
  async closedMonth(): Promise<{ before: string | null; now: string | null; state: string | null }> {
    if (this.closedAt === null) return { before: null, now: null, state: null };
    await this.seal();
    await closePeriods(service.parts);
    const { items } = (await this.call('/v1/periods')).body;
    return { before: this.closedAt, now: await this.trialBalance(), state: items[0].state };
  }
  check = () => service.check(this.tenant.tenantId);
}

/** Works off what is left, holds the books against themselves, and says where every pico sits. */
async function endOf(play: Play): Promise<unknown> {
  await service.database.db.query('UPDATE due_traces SET leased_until = NULL');
  await service.database.db.query('UPDATE causes SET leased_until = NULL');
  await service.settle();
  const { before, now, state } = await play.closedMonth();
  expect({ now, state }).toEqual({ now: before, state: before === null ? null : 'closed' });
  expect(await play.check()).toEqual([]);
  return play.balances();
}

async function playInOrder(story: Story): Promise<unknown> {
  const play = await Play.begin();
  for (const { inputPrice } of story.prices) await play.addPrice(inputPrice)();
  for (const body of requestsOf(story)) await play.sendSpans(body)();
  await service.settle();
  for (const event of story.events) {
    await play.sendEvent(event)();
    await service.settle();
  }
  return endOf(play);
}

/** Where the month is closed, half of the spans are worked through and its close is accepted before the rest comes. */
async function beginClosing(play: Play, story: Story): Promise<object[]> {
  const bodies = requestsOf(story);
  if (!story.closes) return bodies;
  const early = bodies.splice(0, Math.ceil(bodies.length / 2));
  for (const body of early) await play.sendSpans(body)();
  expect(await play.askToClose()).toBe(409);
  await service.settle();
  return bodies;
}

async function playInterleaved(story: Story, choices: readonly number[]): Promise<unknown> {
  const play = await Play.begin();
  const bodies = await beginClosing(play, story);
  if (story.closes) expect(await play.askToClose()).toBe(202);
  const actors: Iterator<Step>[] = [
    ...bodies.map((body) => [play.sendSpans(body)].values()),
    ...story.events.map((event) => [play.sendEvent(event), play.workFact].values()),
    ...story.prices.map(({ inputPrice }) => [play.addPrice(inputPrice), play.workFact].values()),
    ...Array.from({ length: 4 }, () => play.traceWorker()),
    ...Array.from({ length: 3 }, () => [play.workFact].values()),
    ...(story.prices.length > 0 ? [Array.from({ length: 4 }, () => play.workCausePage).values()] : []),
    ...(story.closes ? [[play.seal, play.endClose, play.seal, play.endClose].values()] : []),
  ];
  for (let turn = 0; actors.length > 0; turn++) {
    const index = choices[turn % choices.length]! % actors.length;
    const next = actors[index]!.next();
    if (next.done === true) actors.splice(index, 1);
    else await next.value();
  }
  return endOf(play);
}

test('any interleaving of commits ends in the same balances', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStory,
      fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
      async (story, choices) => {
        expect(await playInterleaved(story, choices)).toEqual(await playInOrder(story));
      },
    ),
    { numRuns: fuzzRuns(14) },
  );
}, 1_200_000);

test('workers at the same time end in the same balances', async () => {
  await fc.assert(
    fc.asyncProperty(anyStory, async (story) => {
      const play = await Play.begin();
      const bodies = await beginClosing(play, story);
      const senders = [
        ...bodies.map((body) => play.sendSpans(body)),
        ...story.events.map((event) => play.sendEvent(event)),
        ...story.prices.map(({ inputPrice }) => play.addPrice(inputPrice)),
      ];
      const worker = async (): Promise<void> => {
        for (let round = 0; round < 4; round++) {
          for (const step of play.traceWorker()) await step();
          await play.workFact();
          await play.workCausePage();
        }
      };
      const closer = async (): Promise<void> => {
        for (let round = 0; round < 4 && story.closes; round++) {
          expect([202, 409]).toContain(await play.askToClose());
          await play.seal();
          await play.endClose();
        }
      };
      await Promise.all([...senders.map((send) => send()), ...Array.from({ length: 6 }, worker), closer()]);
      expect(await endOf(play)).toEqual(await playInOrder(story));
    }),
    { numRuns: fuzzRuns(6) },
  );
}, 1_200_000);

test('a call whose inner call comes late gives its place to the other witness', async () => {
  const story: Story = {
    traces: [{ id: 1, ticket: 0, conversation: null, startedAtS: 0, tokens: 7, gateway: true, nested: true }],
    events: [],
    prices: [],
    closes: false,
  };
  const [agent, call, inner, gateway] = requestsOf(story);
  const late = await Play.begin();
  for (const body of [agent, call, gateway]) await late.sendSpans(body!)();
  await service.settle();
  await late.sendSpans(inner!)();
  await service.settle();
  expect(await endOf(late)).toEqual(await playInOrder(story));
});
