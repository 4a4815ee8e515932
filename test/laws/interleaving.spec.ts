// Goal: whatever the interleaving of the commits of spans, facts and their workers, the ledger ends the same.
// Method: every actor is a list of steps, each of which commits once; fast-check chooses whose step is next; the end is
// compared with the same facts worked off one after the other.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { importPriceCsv } from '#pricing';
import { claimDueTraces, completeDueTraces, inTransaction, recordPriceBook, type DueTrace } from '#store';
import { normaliseTraces } from '../../apps/worker/src/normalise-traces.ts';
import { publishCandidates } from '../../apps/worker/src/publish-candidates.ts';
import type { ReadTrace } from '../../apps/worker/src/read-trace.ts';
import { postTraces } from '../../apps/worker/src/post-traces.ts';
import { workThroughFacts } from '../../apps/worker/src/work-through-facts.ts';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

/** One trace: an agent that works on a ticket and calls a model; `gateway` sees the same call in a trace of its own. */
interface Story {
  readonly traces: readonly {
    readonly id: number;
    readonly ticket: number;
    readonly conversation: number | null;
    readonly startedAtS: number;
    readonly tokens: number;
    readonly gateway: boolean;
    /** Another call within the call, exported apart: then the outer one is a container. */
    readonly nested: boolean;
  }[];
  readonly events: readonly {
    readonly id: number;
    readonly ticket: number;
    readonly verb: string;
    readonly atS: number;
    readonly conversation: number | null;
  }[];
  readonly prices: readonly { readonly inputPrice: number }[];
}

const anyStory: fc.Arbitrary<Story> = fc.record({
  traces: fc.uniqueArray(
    fc.record({
      id: fc.nat(9),
      ticket: fc.nat(1),
      conversation: fc.option(fc.nat(1), { freq: 2 }),
      startedAtS: fc.nat(9),
      tokens: fc.integer({ min: 1, max: 1000 }),
      gateway: fc.boolean(),
      nested: fc.boolean(),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 4 },
  ),
  events: fc.uniqueArray(
    fc.record({
      id: fc.nat(9),
      ticket: fc.nat(1),
      verb: fc.constantFrom('resolved', 'reopened', 'failed', 'attempt_failed', 'cancelled', 'merged_into'),
      atS: fc.nat(12),
      conversation: fc.option(fc.nat(1), { freq: 2 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 4 },
  ),
  prices: fc.array(fc.record({ inputPrice: fc.integer({ min: 1, max: 9 }) }), { maxLength: 1 }),
});

const START_NS = 1_760_000_000_000_000_000n;
const atNs = (seconds: number): string => (START_NS + BigInt(seconds) * 1_000_000_000n).toString();
const hex = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

const usageOf = (response: string, tokens: number): object[] => [
  text('gen_ai.operation.name', 'chat'),
  text('gen_ai.provider.name', 'openai'),
  text('gen_ai.request.model', 'law-model'),
  text('gen_ai.response.id', hex(response, 24)),
  number('gen_ai.usage.input_tokens', tokens),
  number('gen_ai.usage.output_tokens', 1),
];

/** The export requests of a story's traces: agent and model call apart, so that halves can come late. */
function requestsOf(story: Story): object[] {
  return story.traces.flatMap((trace) => {
    const traceId = hex(`trace ${trace.id}`, 32);
    const root = hex(`root ${trace.id}`, 16);
    const end = atNs(trace.startedAtS + 2);
    const named = [text('ticket.id', `T${trace.ticket}`), text('workflow.name', 'support')];
    if (trace.conversation !== null) named.push(text('gen_ai.conversation.id', `c${trace.conversation}`));
    const agent = span(traceId, root, null, 'invoke_agent a', atNs(trace.startedAtS), end, [
      text('gen_ai.operation.name', 'invoke_agent'),
      ...named,
    ]);
    const usage = usageOf(`response ${trace.id}`, trace.tokens + (trace.nested ? 3 : 0));
    const call = span(
      traceId,
      hex(`call ${trace.id}`, 16),
      root,
      'chat law-model',
      atNs(trace.startedAtS + 1),
      end,
      usage,
    );
    const seen = span(
      hex(`gateway ${trace.id}`, 32),
      hex(`seen ${trace.id}`, 16),
      null,
      'chat law-model',
      atNs(trace.startedAtS + 1),
      end,
      usage,
    );
    // Two calls within the call, together what it counted: then it is a container.
    const inner = ['a', 'b'].map((part) =>
      span(
        traceId,
        hex(`inner ${part} ${trace.id}`, 16),
        hex(`call ${trace.id}`, 16),
        'chat law-model',
        atNs(trace.startedAtS + 1),
        end,
        usageOf(`inner ${part} ${trace.id}`, part === 'a' ? trace.tokens : 3),
      ),
    );
    return [
      request('agent', [agent]),
      request('agent', [call]),
      ...(trace.nested ? [request('agent', inner)] : []),
      ...(trace.gateway ? [request('gateway', [seen])] : []),
    ];
  });
}

const span = (
  traceId: string,
  spanId: string,
  parentSpanId: string | null,
  name: string,
  start: string,
  end: string,
  attributes: object[],
): object => ({
  traceId,
  spanId,
  ...(parentSpanId === null ? {} : { parentSpanId }),
  name,
  kind: 3,
  startTimeUnixNano: start,
  endTimeUnixNano: end,
  attributes,
  status: {},
});
const request = (serviceName: string, spans: object[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: [text('service.name', serviceName)] },
      scopeSpans: [{ scope: { name: 'law' }, spans }],
    },
  ],
});

type Step = () => Promise<unknown>;

class Play {
  private constructor(
    private readonly tenant: TestTenant,
    private readonly key: string,
  ) {}
  static async begin(): Promise<Play> {
    const tenant = await makeTenant(service.database.db, `law-${randomUUID()}`);
    const play = new Play(tenant, await tenant.key(['admin']));
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
      claims = (await claimDueTraces(parts.db, 2, 60_000)).filter(({ tenantId }) => tenantId === mine);
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
  workFact: Step = () =>
    workThroughFacts(
      {
        ...service.parts,
        onFailure: (_, error) => {
          throw error;
        },
      },
      1,
    );

  /** Where every pico sits: account, work item, amount. */
  async balances(): Promise<unknown> {
    const { rows } = await service.database.db.query(
      `SELECT account, coalesce(work_item_ref, '') AS item, sum(amount) AS amount FROM ledger_entries WHERE tenant_id = $1
        GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2`,
      [this.tenant.tenantId],
    );
    return rows.map(({ account, item, amount }) => [account, String(item).replace(/:\d+:/, ':'), amount]);
  }
  check = () => service.check(this.tenant.tenantId);
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
  expect(await play.check()).toEqual([]);
  return play.balances();
}

async function playInterleaved(story: Story, choices: readonly number[]): Promise<unknown> {
  const play = await Play.begin();
  const actors: Iterator<Step>[] = [
    ...requestsOf(story).map((body) => [play.sendSpans(body)].values()),
    ...story.events.map((event) => [play.sendEvent(event), play.workFact].values()),
    ...story.prices.map(({ inputPrice }) => [play.addPrice(inputPrice), play.workFact].values()),
    ...Array.from({ length: 4 }, () => play.traceWorker()),
    ...Array.from({ length: 3 }, () => [play.workFact].values()),
  ];
  for (let turn = 0; actors.length > 0; turn++) {
    const index = choices[turn % choices.length]! % actors.length;
    const next = actors[index]!.next();
    if (next.done === true) actors.splice(index, 1);
    else await next.value();
  }
  await service.database.db.query('UPDATE due_traces SET leased_until = NULL');
  await service.settle();
  expect(await play.check()).toEqual([]);
  return play.balances();
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
    { numRuns: 40 },
  );
}, 120_000);

test('workers at the same time end in the same balances', async () => {
  await fc.assert(
    fc.asyncProperty(anyStory, async (story) => {
      const play = await Play.begin();
      const senders = [
        ...requestsOf(story).map((body) => play.sendSpans(body)),
        ...story.events.map((event) => play.sendEvent(event)),
        ...story.prices.map(({ inputPrice }) => play.addPrice(inputPrice)),
      ];
      const worker = async (): Promise<void> => {
        for (let round = 0; round < 4; round++) {
          for (const step of play.traceWorker()) await step();
          await play.workFact();
        }
      };
      await Promise.all([...senders.map((send) => send()), ...Array.from({ length: 6 }, worker)]);
      await service.database.db.query('UPDATE due_traces SET leased_until = NULL');
      await service.settle();
      expect(await play.check()).toEqual([]);
      expect(await play.balances()).toEqual(await playInOrder(story));
    }),
    { numRuns: 15 },
  );
}, 120_000);

test('a call whose inner call comes late gives its place to the other witness', async () => {
  const story: Story = {
    traces: [{ id: 1, ticket: 0, conversation: null, startedAtS: 0, tokens: 7, gateway: true, nested: true }],
    events: [],
    prices: [],
  };
  const [agent, call, inner, gateway] = requestsOf(story);
  const late = await Play.begin();
  for (const body of [agent, call, gateway]) await late.sendSpans(body!)();
  await service.settle();
  await late.sendSpans(inner!)();
  await service.settle();
  expect(await late.check()).toEqual([]);
  expect(await late.balances()).toEqual(await playInOrder(story));
});
