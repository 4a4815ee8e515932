// Goal: whose the cost of a step is follows the evidence, by its strength, and the word of people.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTenant } from '../support/api.ts';
import { LinkPlay, spanIdOf, traceIdOf } from '../support/link-play.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let count = 0;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());
const begin = (): Promise<LinkPlay> => LinkPlay.begin(service, `links-${(count += 1)}`);

const GET_CLAIM = {
  name: 'get-claim',
  rule: { tool: 'get_claim', argument: 'claim_id', kind: 'claim', access: 'read' },
};
const CLAIM_TEXT = { name: 'claim-text', rule: { pattern: 'CLM-\\d{4}', kind: 'claim' } };
const asked = (args: object) => ({ 'gen_ai.tool.call.arguments': JSON.stringify(args) });

describe('tiers', () => {
  test('E1: an outcome event names the trace, or the run', async () => {
    const play = await begin();
    await play.spans('a', [{ id: 1 }, { id: 2, parent: 1, tokens: 10 }]);
    await play.spans('b', [
      { id: 1, attributes: { 'run.id': 'r-7' } },
      { id: 2, parent: 1, tokens: 5 },
    ]);
    await play.settle();
    expect(await play.balances()).toEqual({ '5000:unattributed': 15 });
    await play.event('e1', 'claim.paid', 'C-1', 60, {
      traceIds: [traceIdOf('a').toUpperCase()],
      runId: 'r-7',
    });
    await play.settle();
    expect(await play.balances()).toEqual({ 'claim:C-1': 15 });
    const { links } = await play.ask('/v1/links?kind=claim&key=C-1');
    expect(links.map((link: any) => [link.tier, link.rule, link.confidence, link.state]).sort()).toEqual([
      ['E1', 'outcome-names-run@1', '1.0000', 'booked'],
      ['E1', 'outcome-names-trace@1', '1.0000', 'booked'],
    ]);
    const refusal = await service.api.call('/v1/outcomes', {
      key: play.key,
      headers: { 'content-type': 'application/cloudevents+json' },
      body: {
        specversion: '1.0',
        id: 'x',
        source: '/desk',
        type: 'claim.paid',
        subject: 'C-1',
        data: { traceIds: ['abc'] },
      },
    });
    expect([refusal.status, refusal.body.errors]).toEqual([
      400,
      [
        {
          field: 'data.traceIds[0]',
          message: 'must be a W3C trace id: 32 hex digits, not all zero',
        },
      ],
    ]);
  });

  test('E4: a key in tool arguments waits until the item is known, whichever comes first', async () => {
    const known = await begin();
    const unknown = await begin();
    const story = async (play: LinkPlay, isEventFirst: boolean): Promise<void> => {
      await play.post('/v1/key-mappings', GET_CLAIM);
      if (isEventFirst) await play.event('e1', 'claim.paid', 'C-1', 60);
      await play.spans('a', [
        { id: 1 },
        { id: 2, parent: 1, tool: 'get_claim', attributes: asked({ claim_id: 'C-1' }) },
        { id: 3, parent: 1, tokens: 10 },
      ]);
      await play.settle();
      if (isEventFirst) return;
      expect(await play.balances()).toEqual({ '5000:unattributed': 10 });
      const { items } = await play.ask('/v1/set-aside?kind=unmatched_spend');
      expect(items.map(({ reason, suggestions }: any) => [reason, suggestions])).toEqual([
        [
          'dangling_key',
          [
            {
              traceId: traceIdOf('a'),
              workItem: { kind: 'claim', key: 'C-1' },
              tier: 'E4',
              confidence: '0.9500',
              why: 'dangling_key',
              costUsd: '0.00001',
              accept: { action: 'link', traceId: traceIdOf('a'), workItem: { kind: 'claim', key: 'C-1' } },
            },
          ],
        ],
      ]);
      await play.event('e1', 'claim.paid', 'C-1', 60);
      await play.settle();
    };
    await story(known, true);
    await story(unknown, false);
    for (const play of [known, unknown]) {
      expect(await play.balances()).toEqual({ 'claim:C-1': 10 });
      const item = await play.ask('/v1/work-items/claim/C-1');
      expect([item.cost.band, item.cost.grade]).toEqual([
        { lowUsd: '0.00001', bookUsd: '0.00001', highUsd: '0.00001', expectedUsd: '0.0000095' },
        'metered',
      ]);
      expect((await play.ask('/v1/set-aside?kind=unmatched_spend')).items).toEqual([]);
      expect(await play.check()).toEqual([]);
    }
  });

  test('E4: another trace that declares the item makes the key count, and no longer when it is withdrawn', async () => {
    const play = await begin();
    await play.post('/v1/key-mappings', GET_CLAIM);
    await play.post('/v1/key-mappings', { name: 'own', rule: { attribute: 'my.claim', kind: 'claim' } });
    await play.spans('a', [
      { id: 1, tool: 'get_claim', attributes: asked({ claim_id: 'C-1' }) },
      { id: 2, tokens: 10 },
    ]);
    await play.settle();
    await play.spans('b', [{ id: 1, tokens: 5, attributes: { 'my.claim': 'C-1' } }]);
    await play.settle();
    expect(await play.balances()).toEqual({ 'claim:C-1': 15 });
    await play.post('/v1/key-mappings', {
      name: 'own',
      validFrom: null,
      rule: { attribute: 'my.other.claim', kind: 'claim' },
    });
    await play.settle();
    expect(await play.balances()).toEqual({ '5000:unattributed': 15 });
    const { links } = await play.ask(`/v1/links?trace_id=${traceIdOf('b')}&history=true`);
    expect(
      links.map((link: any) => [link.state, link.rule, link.supersedes === null, link.supersededBy === null]),
    ).toEqual([
      ['booked', 'own@1/span', true, false],
      ['withdrawn', 'own@1/span', false, true],
    ]);
    expect((await play.ask(`/v1/links?trace_id=${traceIdOf('b')}`)).links).toEqual([]);
    expect(await play.check()).toEqual([]);
  });

  test('a read of more than 5 items names none of them, a write does; what a tool returned is E5', async () => {
    const play = await begin();
    const many = ['C-1', 'C-2', 'C-3', 'C-4', 'C-5', 'C-6'];
    const list = (name: string, tool: string, access: string) => ({
      name,
      rule: { tool, argument: 'ids[]', kind: 'claim', access },
    });
    await play.post('/v1/key-mappings', list('list', 'list_claims', 'read'));
    await play.post('/v1/key-mappings', list('close', 'close_claims', 'write'));
    await play.post('/v1/key-mappings', CLAIM_TEXT);
    for (const key of [...many, 'CLM-1111']) await play.event(`e${key}`, 'claim.paid', key, 60);
    await play.spans('read', [
      { id: 1, tool: 'list_claims', attributes: asked({ ids: many }) },
      { id: 2, tokens: 6 },
    ]);
    await play.spans('write', [
      { id: 1, tool: 'close_claims', attributes: asked({ ids: many }) },
      { id: 2, tokens: 12 },
    ]);
    await play.spans('result', [
      { id: 1, tool: 'get_claim', attributes: { 'gen_ai.tool.call.result': '{"claim_id":"CLM-1111"}' } },
      { id: 2, tokens: 3 },
    ]);
    await play.settle();
    expect(await play.balances()).toEqual({
      '5000:unattributed': 9,
      ...Object.fromEntries(many.map((key) => [`claim:${key}`, 2])),
    });
    const item = await play.ask('/v1/work-items/claim/CLM-1111');
    expect([item.cost.costUsd, item.cost.band]).toEqual([
      null,
      { lowUsd: '0', bookUsd: '0', highUsd: '0.000003', expectedUsd: '0.0000021' },
    ]);
    expect((await play.ask('/v1/work-items/claim/C-1')).cost.grade).toBe('allocated');
  });

  test('E3: a conversation of several items means the one that is open, else it is ambiguous', async () => {
    const play = await begin();
    const talk = { 'gen_ai.conversation.id': 'c1' };
    await play.event('e1', 'claim.processed', 'C-1', 10, { conversationId: 'c1' });
    await play.spans('one', [{ id: 1, at: 5, tokens: 1, attributes: talk }]);
    await play.settle();
    expect(await play.balances()).toEqual({ 'claim:C-1': 1 });
    await play.event('e2', 'claim.handed_off', 'C-2', 40, { conversationId: 'c1' });
    await play.spans('later', [{ id: 1, at: 20, tokens: 2, attributes: talk }]);
    await play.settle();
    // At second 5 both were open, at second 20 only the second one.
    expect(await play.balances()).toEqual({ '5000:unattributed': 1, 'claim:C-2': 2 });
    const { items } = await play.ask('/v1/set-aside?kind=unmatched_spend');
    expect(
      items.map(({ reason, suggestions }: any) => [
        reason,
        suggestions.map(({ workItem, tier, confidence }: any) => [workItem.key, tier, confidence]),
      ]),
    ).toEqual([
      [
        'ambiguous_conversation',
        [
          ['C-2', 'E3', '0.9500'],
          ['C-1', 'E3', '0.4750'],
        ],
      ],
    ]);
    // An earlier event about the first item says that it was closed before.
    await play.event('e0', 'claim.cancelled', 'C-1', 2);
    await play.settle();
    expect(await play.balances()).toEqual({ 'claim:C-2': 3 });
    expect(await play.check()).toEqual([]);
  });
});

test('what several items share is split by the declared driver, and graded as allocated', async () => {
  const play = await begin();
  await play.post('/v1/policies', { name: 'links', validFrom: null, rule: { splitDriver: 'tokens' } });
  await play.spans('batch', [
    { id: 1 },
    { id: 2, parent: 1, attributes: { 'claim.id': 'C-1' } },
    { id: 3, parent: 2, tokens: 30 },
    { id: 4, parent: 1, attributes: { 'claim.id': 'C-2' } },
    { id: 5, parent: 4, tokens: 10 },
    { id: 6, parent: 1, tokens: 100 },
  ]);
  await play.event('e1', 'claim.paid', 'C-1', 60);
  await play.event('e2', 'claim.paid', 'C-2', 60);
  await play.settle();
  expect(await play.balances()).toEqual({ 'claim:C-1': 105, 'claim:C-2': 35 });
  const { links } = await play.ask(`/v1/links?trace_id=${traceIdOf('batch')}`);
  expect(links.map(({ scope, rule }: any) => [scope, rule]).sort()).toEqual([
    ['step', 'claim-id@0/span'],
    ['step', 'claim-id@0/span'],
    ['trace', 'split-tokens@1/links@1'],
    ['trace', 'split-tokens@1/links@1'],
  ]);
  const byType = await play.ask('/v1/reports/cost-per-outcome?group_by=outcome_type');
  expect([byType.total.grade, byType.total.gradeReasons, byType.total.linkCoverage]).toEqual([
    'allocated',
    ['split_by_rule'],
    '1',
  ]);
});

test('little linked spend makes a report an estimate and says so', async () => {
  const play = await begin();
  await play.spans('a', [
    { id: 1, tokens: 60, attributes: { 'claim.id': 'C-1', 'workflow.name': 'intake' } },
  ]);
  await play.spans('b', [{ id: 1, tokens: 40, attributes: { 'workflow.name': 'intake' } }]);
  await play.event('e1', 'claim.paid', 'C-1', 60);
  await play.settle();
  const { rows } = await play.ask('/v1/reports/cost-per-outcome?group_by=workflow');
  expect(
    rows.map(({ group, linkCoverage, grade, gradeReasons }: any) => [
      group,
      linkCoverage,
      grade,
      gradeReasons,
    ]),
  ).toEqual([[{ workflow: 'intake' }, '0.6', 'estimated', ['link_coverage_below_0.8']]]);
});

describe('by hand', () => {
  test('a suggestion is accepted, taken back and made again, and every word stands', async () => {
    const play = await begin();
    await play.post('/v1/key-mappings', CLAIM_TEXT);
    await play.event('e1', 'claim.paid', 'CLM-1111', 60);
    await play.spans('a', [{ id: 1, tokens: 10, attributes: { 'gen_ai.input.messages': 'about CLM-1111' } }]);
    await play.settle();
    expect(await play.balances()).toEqual({ '5000:unattributed': 10 });
    const spend = (await play.ask('/v1/set-aside?kind=unmatched_spend')).items[0];
    const outcome = (await play.ask('/v1/set-aside?kind=unmatched_outcome')).items[0];
    expect([spend.reason, spend.suggestions, outcome.reason]).toEqual([
      'below_threshold',
      outcome.suggestions,
      'no_spend',
    ]);
    const { accept } = spend.suggestions[0];
    const decide = async (body: object): Promise<string> => {
      const { decisionId } = await play.post('/v1/links', body);
      await play.settle();
      return decisionId;
    };
    const first = await decide({ ...accept, reason: 'read the transcript' });
    expect([await play.balances(), await play.codesOf(`link:${first}`)]).toEqual([
      { 'claim:CLM-1111': 10 },
      ['C200'],
    ]);
    await decide({ ...accept, action: 'unlink', reason: 'it was another claim' });
    expect(await play.balances()).toEqual({ '5000:unattributed': 10 });
    await decide({ ...accept, reason: 'it was this one after all' });
    expect(await play.balances()).toEqual({ 'claim:CLM-1111': 10 });
    const explained = await play.ask('/v1/work-items/claim/CLM-1111/cost?history=true');
    expect(explained.decisions.map(({ action, reason }: any) => [action, reason])).toEqual([
      ['link', 'read the transcript'],
      ['unlink', 'it was another claim'],
      ['link', 'it was this one after all'],
    ]);
    expect(explained.lines[0].links.map(({ tier, confidence }: any) => [tier, confidence])).toEqual([
      ['manual', '1.0000'],
    ]);
    expect(explained.linkHistory.map(({ tier, state }: any) => [tier, state])).toEqual([
      ['E5', 'candidate'],
      ['manual', 'booked'],
      ['manual', 'withdrawn'],
      ['manual', 'booked'],
    ]);
    expect(await play.check()).toEqual([]);
  });

  test('an unlink beats every automatic link; a step and an attempt can be meant', async () => {
    const play = await begin();
    await play.event('e1', 'claim.paid', 'C-1', 60);
    await play.event('e2', 'claim.paid', 'C-2', 60);
    await play.spans('a', [
      { id: 1, attributes: { 'claim.id': 'C-1' } },
      { id: 2, parent: 1, tokens: 10 },
      { id: 3, parent: 1, tokens: 4 },
    ]);
    await play.settle();
    const c2 = { kind: 'claim', key: 'C-2' };
    await play.post('/v1/links', {
      action: 'link',
      traceId: traceIdOf('a'),
      spanIds: [spanIdOf('a', 3)],
      workItem: c2,
      reason: 'step 3 was for the other claim',
    });
    await play.settle();
    expect(await play.balances()).toEqual({ 'claim:C-1': 10, 'claim:C-2': 4 });
    const { attempts } = await play.ask('/v1/work-items/claim/C-1');
    const moved = await play.post('/v1/links', {
      action: 'link',
      attemptId: attempts[0].attemptId,
      workItem: c2,
      reason: 'so was the rest',
    });
    await play.settle();
    expect(moved.decisions.map(({ spanIds }: any) => spanIds)).toEqual([
      [spanIdOf('a', 1), spanIdOf('a', 2)].sort(),
    ]);
    expect(await play.balances()).toEqual({ 'claim:C-2': 14 });
    await play.post('/v1/links', {
      action: 'unlink',
      traceId: traceIdOf('a'),
      workItem: c2,
      reason: 'a rehearsal',
    });
    await play.post('/v1/links', {
      action: 'unlink',
      traceId: traceIdOf('a'),
      workItem: { kind: 'claim', key: 'C-1' },
      reason: 'a rehearsal',
    });
    await play.settle();
    expect(await play.balances()).toEqual({ '5000:unattributed': 14 });
  });

  test.each<[string, object, number, string]>([
    ['no such trace', { traceId: 'f'.repeat(32) }, 404, `traceId: there is no trace ${'f'.repeat(32)}`],
    ['no such step', { traceId: 'A', spanIds: ['e'.repeat(16)] }, 404, `no such step`],
    [
      'no such item',
      { traceId: 'A', workItem: { kind: 'claim', key: 'C-9' } },
      404,
      'no work item claim C-9',
    ],
    ['no kind', { traceId: 'A', workItem: { kind: 'wish', key: '1' } }, 422, 'kind of work item'],
    ['neither trace nor attempt', {}, 400, 'give either traceId or attemptId'],
    ['no reason', { traceId: 'A', reason: ' ' }, 400, 'reason'],
  ])('%s is refused', async (_, body, status, detail) => {
    const play = await begin();
    await play.event('e1', 'claim.paid', 'C-1', 60);
    await play.spans('a', [{ id: 1, tokens: 10 }]);
    await play.settle();
    const meant = JSON.parse(JSON.stringify(body).replace('"A"', `"${traceIdOf('a')}"`));
    const refusal = await play.post('/v1/links', {
      action: 'link',
      workItem: { kind: 'claim', key: 'C-1' },
      reason: 'because',
      ...meant,
    });
    expect([refusal.status, refusal.detail + JSON.stringify(refusal.errors ?? [])]).toEqual([
      status,
      expect.stringContaining(detail.replace(/^\w+: /, '')),
    ]);
  });

  test('the key of an agent cannot decide', async () => {
    const tenant = await makeTenant(service.database.db, `links-${(count += 1)}`);
    const key = await tenant.key(['spans', 'outcomes']);
    const { status, body } = await service.api.call('/v1/links', { key, body: {} });
    expect([status, body.detail]).toEqual([403, 'this needs a key with the role analyst']);
  });
});

test('audits calibrate a tier when somebody says so, for what comes after', async () => {
  const play = await begin();
  await play.post('/v1/key-mappings', GET_CLAIM);
  for (const n of [1, 2, 3, 4]) {
    await play.event(`e${n}`, 'claim.paid', `C-${n}`, 60);
    await play.spans(`a${n}`, [
      { id: 1, tool: 'get_claim', attributes: asked({ claim_id: `C-${n}` }) },
      { id: 2, tokens: 10 },
    ]);
  }
  await play.settle();
  for (const n of [1, 2, 3, 4]) {
    const { links } = await play.ask(`/v1/links?trace_id=${traceIdOf(`a${n}`)}`);
    const link = links.find(({ scope }: any) => scope === 'trace');
    await play.post('/v1/link-audits', {
      traceId: link.traceId,
      linkId: link.linkId,
      verdict: n === 4 ? 'wrong' : 'right',
      note: 'looked at the claim',
    });
  }
  const { tiers } = await play.ask('/v1/link-audits');
  expect(tiers).toEqual([{ tier: 'E4', audited: 4, right: 3, jeffreysMean: '0.7000', inForce: '0.9500' }]);
  const e4 = { tiers: [{ tier: 'E4', method: 'jeffreys' }] };
  expect((await play.post('/v1/link-calibrations', e4)).detail).toBe(
    'tiers[0]: 4 links of E4 are audited, 10 are asked for'.slice(10),
  );
  const { name, version, rule, validFrom } = await play.post('/v1/link-calibrations', {
    ...e4,
    minimumAudits: 4,
  });
  expect([name, version, rule.E4, rule.E5, rule.basis, Date.parse(validFrom) <= Date.now()]).toEqual([
    'link_confidence',
    1,
    '0.7000',
    '0.7000',
    [{ tier: 'E4', method: 'jeffreys', right: 3, audited: 4 }],
    true,
  ]);
  await play.settle();
  expect(await play.balances()).toEqual({
    'claim:C-1': 10,
    'claim:C-2': 10,
    'claim:C-3': 10,
    'claim:C-4': 10,
  });
  expect((await play.ask('/v1/link-audits')).tiers[0].inForce).toBe('0.7000');
});

test.each<[string, object, string]>([
  ['an unbounded pattern', { pattern: 'C-\\d+', kind: 'claim' }, 'has no meaning here (character 5'],
  ['a tool without its argument', { tool: 'get_claim', kind: 'claim', access: 'read' }, 'argument'],
  ['a wrong path', { tool: 't', argument: 'a..b', kind: 'claim', access: 'read' }, 'names joined by'],
  ['nothing known', { column: 'x' }, 'attribute'],
])('a key mapping with %s is refused', async (_, rule, detail) => {
  const play = await begin();
  const refusal = await play.post('/v1/key-mappings', { name: 'bad', rule });
  expect([refusal.status, JSON.stringify(refusal.errors)]).toEqual([400, expect.stringContaining(detail)]);
});
