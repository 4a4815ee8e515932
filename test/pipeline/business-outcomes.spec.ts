// Goal: outcomes as they happen in business: merged, split, corrected, withdrawn, expired, assumed, in any order.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OutcomePlay } from '../support/outcome-play.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const begin = (): Promise<OutcomePlay> => OutcomePlay.begin(service);

test('T1.5a: resolved on day 1, reopened on day 3, resolved on day 5: one success of 1.10 in two attempts', async () => {
  const play = await begin();
  const figures = async () => {
    await service.settle();
    const { outcomes, pending, costUsd } = await play.total();
    const { firstTimeRight, cost } = await play.item('T1');
    return { outcomes, costUsd, pending, attempts: cost.attempts, firstTimeRight };
  };
  await play.work({ key: 'T1', atH: 20, dollars: 0.4 });
  await play.event({ verb: 'resolved', key: 'T1', atH: 24 });
  expect(await figures()).toEqual({
    outcomes: 1,
    costUsd: '0.4',
    pending: { items: 0, costUsd: '0' },
    attempts: 1,
    firstTimeRight: true,
  });
  await play.event({ verb: 'reopened', key: 'T1', atH: 72 });
  expect(await figures()).toEqual({
    outcomes: 0,
    costUsd: null,
    pending: { items: 1, costUsd: '0.4' },
    attempts: 1,
    firstTimeRight: null,
  });
  await play.work({ key: 'T1', atH: 100, dollars: 0.7 });
  await play.event({ verb: 'resolved', key: 'T1', atH: 120 });
  expect(await figures()).toEqual({
    outcomes: 1,
    costUsd: '1.1',
    pending: { items: 0, costUsd: '0' },
    attempts: 2,
    firstTimeRight: false,
  });
});

test('the same second for resolved and reopened gives one result in both orders of arrival', async () => {
  const ends = [];
  for (const order of [
    ['resolved', 'reopened'],
    ['reopened', 'resolved'],
  ]) {
    const play = await begin();
    await play.work({ key: 'T1', atH: 1, dollars: 1 });
    for (const verb of order) {
      await play.event({ verb, key: 'T1', atH: 2 });
      await service.settle();
    }
    ends.push(await play.end());
  }
  expect(ends[0]).toEqual({
    items: [['T1', 'open', 2, null, null]],
    balances: [
      ['2000', '', '-1'],
      ['5100:work', 'T1', '1'],
    ],
    setAside: [],
  });
  expect(ends[1]).toEqual(ends[0]);
});

describe('merged and split', () => {
  test('the cost of a merged item follows the survivor, over however many merges', async () => {
    const play = await begin();
    await play.work({ key: 'A', atH: 1, dollars: 1 });
    await play.work({ key: 'B', atH: 2, dollars: 2 });
    await play.work({ key: 'C', atH: 3, dollars: 4 });
    await play.event({ verb: 'resolved', key: 'A', atH: 4 });
    await play.event({ verb: 'merged_into', key: 'A', atH: 5, data: { mergedInto: 'B' } });
    await service.settle();
    await play.event({ verb: 'merged_into', key: 'B', atH: 6, data: { mergedInto: 'C' } });
    await play.event({ verb: 'resolved', key: 'C', atH: 7 });
    await service.settle();
    expect(await play.end()).toEqual({
      items: [
        ['A', 'merged', 1, null, null],
        ['B', 'merged', 1, null, null],
        ['C', 'achieved', 1, null, null],
      ],
      balances: [
        ['2000', '', '-7'],
        ['5200:outcome', 'C', '4'],
        ['5300:waste:retry', 'C', '3'],
      ],
      setAside: [],
    });
    expect(await play.total()).toMatchObject({ workItems: 1, outcomes: 1, attempts: 3, costUsd: '7' });
    expect(await play.item('A')).toMatchObject({ phase: 'merged', mergedInto: 'B' });
    const { body } = await play.get('/v1/work-items/ticket/C/trail');
    expect(body).toMatchObject({ stepCount: 3 });
  });

  test('a merge that is withdrawn gives the cost back', async () => {
    const play = await begin();
    await play.work({ key: 'A', atH: 1, dollars: 1 });
    await play.work({ key: 'B', atH: 2, dollars: 2 });
    await play.event({ id: 'm', verb: 'merged_into', key: 'A', atH: 5, data: { mergedInto: 'B' } });
    await service.settle();
    await play.event({ verb: 'superseded', key: 'A', atH: 6, data: { supersedes: { id: 'm' } } });
    await service.settle();
    expect(await play.end()).toEqual({
      items: [
        ['A', 'open', 1, null, null],
        ['B', 'open', 1, null, null],
      ],
      balances: [
        ['2000', '', '-3'],
        ['5100:work', 'A', '1'],
        ['5100:work', 'B', '2'],
      ],
      setAside: [],
    });
  });

  test('merges that go round in a circle are set aside, all of them', async () => {
    const play = await begin();
    for (const [key, into] of ['AB', 'BC', 'CA', 'DD', 'EA'])
      await play.event({ verb: 'merged_into', key: key!, atH: 5, data: { mergedInto: into } });
    for (const key of ['A', 'E']) await play.work({ key, atH: 1, dollars: 1 });
    await service.settle();
    expect(await play.end()).toEqual({
      items: [
        ['A', 'open', 1, null, null],
        ['B', 'open', 1, null, null],
        ['C', 'open', 1, null, null],
        ['D', 'open', 1, null, null],
        ['E', 'merged', 1, null, null],
      ],
      balances: [
        ['2000', '', '-2'],
        ['5100:work', 'A', '2'],
      ],
      setAside: [
        ['unmatched_outcome', 'merge_circle', 'merged_into'],
        ['unmatched_outcome', 'merge_circle', 'merged_into'],
        ['unmatched_outcome', 'merge_circle', 'merged_into'],
        ['unmatched_outcome', 'merge_circle', 'merged_into'],
        ['unmatched_outcome', 'no_spend', null],
        ['unmatched_outcome', 'no_spend', null],
        ['unmatched_outcome', 'no_spend', null],
      ],
    });
  });

  test.each<[string, Record<string, number | null>, [string, string][]]>([
    [
      'evenly',
      { P: null, Q: null, R: null },
      [
        ['P', '0.333333333334'],
        ['Q', '0.333333333333'],
        ['R', '0.333333333333'],
      ],
    ],
    [
      'by weights',
      { P: 3, Q: 1 },
      [
        ['P', '0.75'],
        ['Q', '0.25'],
      ],
    ],
    [
      'with a part that stays',
      { O: 1, P: 4 },
      [
        ['O', '0.2'],
        ['P', '0.8'],
      ],
    ],
  ])('the cost of a split item is split %s, exactly', async (_, parts, balances) => {
    const play = await begin();
    await play.work({ key: 'O', atH: 1, dollars: 1 });
    for (const [key, weight] of Object.entries(parts)) {
      await play.event({
        verb: 'split_from',
        key,
        atH: 5,
        data: { splitFrom: weight === null ? 'O' : { key: 'O', weight } },
      });
      await service.settle();
    }
    const end = await play.end();
    expect(end.balances).toEqual([
      ['2000', '', '-1'],
      ...balances.map(([key, amount]) => ['5100:work', key, amount]),
    ]);
    expect(end.items.find(([key]) => key === 'O')).toEqual([
      'O',
      Object.hasOwn(parts, 'O') ? 'open' : 'split',
      1,
      null,
      null,
    ]);
  });
});

describe('corrected', () => {
  test('verb, time, value, tier and quality of an event, each by the last word of the source', async () => {
    const play = await begin();
    await play.work({ key: 'T1', atH: 1, dollars: 1 });
    await play.event({
      verb: 'corrected',
      key: 'T1',
      atH: 30,
      data: { corrects: { id: 'e1', to: { value: { amount: '7', unit: 'pages' } } } },
    });
    await play.event({
      verb: 'corrected',
      key: 'T1',
      atH: 20,
      data: {
        corrects: { id: 'e1', to: { verb: 'resolved', tier: 'confirmed', quality: 4.5, value: null } },
      },
    });
    await play.event({ id: 'e1', verb: 'failed', key: 'T1', atH: 10, data: { tier: 'assumed' } });
    await service.settle();
    expect(await play.end()).toEqual({
      items: [['T1', 'achieved', 1, 'confirmed', '4.5']],
      balances: [
        ['2000', '', '-1'],
        ['5200:outcome', 'T1', '1'],
      ],
      setAside: [],
    });
    expect(await play.item('T1')).toMatchObject({ value: { amount: '7', unit: 'pages' } });
  });

  test('a correction of nothing known waits for what it names', async () => {
    const play = await begin();
    await play.work({ key: 'T1', atH: 1, dollars: 1 });
    const corrects = { id: 'e1', to: { verb: 'failed' } };
    await play.event({ verb: 'corrected', key: 'T1', atH: 20, data: { corrects } });
    await service.settle();
    expect((await play.end()).setAside).toEqual([['unmatched_outcome', 'unknown_event', 'corrected']]);
    await play.event({ id: 'e1', verb: 'resolved', key: 'T1', atH: 10 });
    await service.settle();
    expect(await play.end()).toMatchObject({ items: [['T1', 'failed', 1, null, null]], setAside: [] });
  });
});

describe('definitions evaluated by us', () => {
  const DAY_MS = 86_400_000;
  const rule = (more: object): object => ({
    outcomeType: 'ticket.resolved',
    verbs: {
      resolved: 'achieved',
      reopened: 'reopened',
      answered: 'noted',
      survey_ok: 'noted',
      cancelled: 'cancelled',
    },
    ...more,
  });

  test('resolved counts once the survey was good as well', async () => {
    const play = await begin();
    await play.define('ticket', rule({ requires: ['survey_ok'] }));
    await play.work({ key: 'T1', atH: 1, dollars: 1 });
    await play.event({
      verb: 'resolved',
      key: 'T1',
      atH: 2,
      data: { value: { amount: '9', currency: 'EUR' } },
    });
    await service.settle();
    expect(await play.item('T1')).toMatchObject({ phase: 'open', value: null });
    await play.event({ verb: 'survey_ok', key: 'T1', atH: 9, data: { quality: 'good' } });
    await service.settle();
    expect(await play.item('T1')).toMatchObject({
      phase: 'achieved',
      phaseAt: play.time(9),
      quality: 'good',
      value: { amount: '9', currency: 'EUR' },
    });
  });

  test('an item that stays open expires, as a fact of ours; what comes late undoes it', async () => {
    const play = await begin();
    await play.define('ticket', rule({ timeToLive: { ms: DAY_MS, after: 'last_activity' } }));
    await play.work({ key: 'T1', atH: 1, dollars: 1 });
    await service.settle();
    expect(await play.item('T1')).toMatchObject({ phase: 'expired', phaseAt: play.time(25, 1) });
    const { body } = await play.get('/v1/outcomes?source=outcome-ledger');
    expect(body.items).toMatchObject([{ type: 'ticket.expired', effect: 'expired', time: play.time(25, 1) }]);
    await play.work({ key: 'T1', atH: 20, dollars: 2 });
    await service.settle();
    expect(await play.item('T1')).toMatchObject({ phase: 'expired', phaseAt: play.time(44, 1) });
    await play.event({ verb: 'resolved', key: 'T1', atH: 30 });
    await service.settle();
    expect(await play.end()).toEqual({
      items: [['T1', 'achieved', 1, null, null]],
      balances: [
        ['2000', '', '-3'],
        ['5200:outcome', 'T1', '2'],
        ['5300:waste:retry', 'T1', '1'],
      ],
      setAside: [],
    });
  });

  test('an answer without an objection is an assumed outcome, until the customer comes back', async () => {
    const play = await begin();
    await play.define('ticket', rule({ assumed: { verbs: ['answered'], afterMs: DAY_MS } }));
    await play.work({ key: 'T1', atH: 1, dollars: 1 });
    await play.work({ key: 'T2', atH: 1, dollars: 1 });
    await play.event({ verb: 'answered', key: 'T1', atH: 2 });
    await play.event({ verb: 'answered', key: 'T2', atH: 2 });
    await play.work({ key: 'T2', atH: 10, dollars: 1 });
    await service.settle();
    expect(await play.item('T1')).toMatchObject({
      phase: 'achieved',
      tier: 'assumed',
      phaseAt: play.time(26),
    });
    expect(await play.item('T2')).toMatchObject({ phase: 'open', tier: null });
    await play.event({ verb: 'reopened', key: 'T1', atH: 40 });
    await service.settle();
    expect(await play.item('T1')).toMatchObject({ phase: 'open', tier: null, generation: 2 });
  });

  test('only the word of the sources that the definition names counts', async () => {
    const play = await begin();
    await play.define('ticket', rule({ sources: ['/desk'] }));
    await play.work({ key: 'T1', atH: 1, dollars: 1 });
    await play.event({ verb: 'resolved', key: 'T1', atH: 2, source: '/bot' });
    await service.settle();
    expect(await play.end()).toMatchObject({
      items: [['T1', 'open', 1, null, null]],
      setAside: [['unmatched_outcome', 'source_not_accepted', 'resolved']],
    });
  });

  test('an agent cannot resolve its own ticket, and nobody can speak as this service', async () => {
    const play = await begin();
    const agent = await play.tenant.key(['spans']);
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/desk',
      type: 'ticket.resolved',
      subject: 'T1',
      time: play.time(1),
    };
    const headers = { 'content-type': 'application/cloudevents+json' };
    const refused = await service.api.call('/v1/outcomes', { key: agent, headers, body: event });
    expect(refused.status).toBe(403);
    const own = await service.api.call('/v1/outcomes', {
      key: await play.tenant.key(['outcomes']),
      headers,
      body: { ...event, source: 'outcome-ledger' },
    });
    expect([own.status, own.body.errors?.[0]?.field]).toEqual([400, 'source']);
  });
});

test('what is done after a ticket was cancelled that nobody had worked at is overhead', async () => {
  const play = await begin();
  await play.event({ verb: 'cancelled', key: 'T1', atH: 1 });
  await play.work({ key: 'T1', atH: 2, dollars: 1 });
  await service.settle();
  expect(await play.end()).toEqual({
    items: [['T1', 'cancelled', 1, null, null]],
    balances: [
      ['2000', '', '-1'],
      ['5400:overhead:cancelled_before_work', '', '1'],
    ],
    setAside: [],
  });
  const { body } = await play.get('/v1/work-items/ticket/T1/cost');
  expect(body.costUsd).toBe('0');
});

describe('a member with a meaning has to make sense', () => {
  test.each<[string, string, object, string]>([
    ['a tier nobody knows', 'resolved', { tier: 'gold' }, 'data.tier'],
    ['a quality that is a list', 'resolved', { quality: [5] }, 'data.quality'],
    [
      'money and units',
      'resolved',
      { value: { amount: '1', currency: 'USD', unit: 'pages' } },
      'data.value.unit',
    ],
    ['a unit in capitals', 'resolved', { value: { amount: '1', unit: 'Pages' } }, 'data.value.unit'],
    ['a merge into nothing', 'merged_into', {}, 'data.mergedInto'],
    ['a merge into a number', 'merged_into', { mergedInto: 5 }, 'data.mergedInto'],
    ['a split from nothing', 'split_from', {}, 'data.splitFrom'],
    ['a weight of nothing', 'split_from', { splitFrom: { key: 'O', weight: 0 } }, 'data.splitFrom.weight'],
    ['a correction of nothing', 'corrected', {}, 'data.corrects'],
    ['a correction to nothing', 'corrected', { corrects: { id: 'e', to: {} } }, 'data.corrects.to'],
    [
      'a correction of the key',
      'corrected',
      { corrects: { id: 'e', to: { subject: 'T2' } } },
      'data.corrects.to.subject',
    ],
    ['a withdrawal of nothing', 'superseded', { supersedes: {} }, 'data.supersedes.id'],
  ])('%s', async (_, verb, data, field) => {
    const play = await begin();
    const { status, body } = await play.tryEvent({ verb, key: 'T1', atH: 1, data });
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });
});
