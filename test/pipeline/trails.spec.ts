// Goal: one work item's decision trail can be read again as it was known at any size of the log, byte for byte, over all
// of its attempts, with what was retried, overridden, decided and known by the verdict.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { rebuildProjections } from '../../apps/worker/src/rebuild-projections.ts';
import { Desk } from '../support/desk.ts';
import { sendSpans, spanIdOf, traceIdOf, type SpanNote } from '../support/gen-ai-spans.ts';
import { refund, tool } from '../support/refund-trail.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const send = (desk: Desk, spans: SpanNote[]): Promise<void> =>
  sendSpans(service, desk.key, { service: 'desk', scope: 'desk', spans });

/** One line an entry: what it is, when it was known, what it cost so far. */
const linesOf = (replay: any): string[] =>
  replay.entries.map(
    ({
      n,
      type,
      attempt,
      step,
      tool: used,
      outcome,
      decisions,
      retryOf,
      late,
      knewAtDecision,
      cost,
      about,
    }: any) =>
      [
        `${n} ${type} #${attempt}`,
        step?.kind ?? outcome?.verb ?? null,
        used === null ? null : `${used.called}:${used.disposition}:${used.effect}`,
        decisions.length === 0
          ? null
          : decisions.map((each: any) => `${each.kind} ${each.from ?? ''}>${each.id}@${each.version}`).join(),
        retryOf === null ? null : `retries ${retryOf.n}`,
        about === null ? null : `about ${about}`,
        late ? 'late' : null,
        knewAtDecision === false ? 'after verdict' : null,
        cost.direct === null ? null : `${cost.direct.USD} of ${cost.cumulative.USD}`,
      ]
        .filter((part) => part !== null)
        .join(' | '),
  );

test('a trail over two attempts, with retries, a rule, an override and a late span', async () => {
  const desk = await Desk.begin(service, 'trail');
  await desk.price('3');
  const sizes: number[] = [];
  const [spans, late] = [refund('1', 'T1').slice(0, -1), refund('1', 'T1').slice(-1)];
  await send(desk, spans);
  sizes.push(await desk.settle());
  await desk.tell({ id: '1', ticket: 'T1', verb: 'attempt_failed', at: '2026-10-21T00:02:00Z' });
  await send(desk, refund('2', 'T1', 600).slice(0, 2));
  sizes.push(await desk.settle());
  await desk.post('/v1/overrides', {
    workItem: { kind: 'ticket', key: 'T1' },
    from: 'deny',
    to: 'approve',
    reason: 'The customer had called before.',
    at: '2026-10-21T00:12:00Z',
    traceId: traceIdOf('2'),
    spanId: spanIdOf('2a1'),
  });
  await desk.post('/v1/decisions', {
    decisionId: '00000000-0000-7000-8000-000000000001',
    workItem: { kind: 'ticket', key: 'T1' },
    kind: 'exception',
    id: 'EXC-17',
    version: '2',
    at: '2026-10-21T00:13:00Z',
  });
  await desk.tell({ id: '2', ticket: 'T1', verb: 'resolved', at: '2026-10-21T00:20:00Z' });
  sizes.push(await desk.settle());
  const before = await Promise.all(
    sizes.map((size) => desk.text(`/v1/trails/ticket:T1/replay?format=canonical&size=${size}`)),
  );
  await send(desk, late);
  sizes.push(await desk.settle());
  const { body } = await desk.call('/v1/trails/ticket:T1/replay');
  expect(linesOf(body.replay)).toEqual([
    '1 step #1 | agent',
    '2 step #1 | model_call | 0.003 of 0.003',
    '3 step #1 | tool_call | get_order:timed_out:attempted',
    '4 step #1 | tool_call | get_order:executed:attempted | retries 3',
    '5 step #1 | retrieval',
    '6 step #1 | model_call | rule >REFUND-30D@5 | 0.006 of 0.009',
    '7 outcome #null | attempt_failed',
    '8 step #2 | agent',
    '9 step #2 | model_call | 0.003 of 0.012',
    '10 override #null | override deny>approve@null | about 9',
    '11 decision #null | exception >EXC-17@2',
    '12 outcome #null | resolved',
    '13 step #1 | tool_call | pay_refund:executed:confirmed | late | after verdict',
  ]);
  expect(body.replay.verdict).toMatchObject({
    phase: 'achieved',
    definition: 'ticket@0',
    generation: 1,
    by: 12,
  });
  expect(body.replay.cost).toEqual({
    total: { USD: '0.012' },
    sits: [
      { account: '5200:outcome', currency: 'USD', amount: '0.003' },
      { account: '5300:waste:retry', currency: 'USD', amount: '0.009' },
    ],
  });
  // What was known at an earlier size is read again to the byte, by either name, and the digest is of those bytes.
  for (const [index, size] of sizes.slice(0, -1).entries()) {
    const text = await desk.text(`/v1/trails/${body.replay.trail}/replay?format=canonical&size=${size}`);
    expect({ size, text }).toEqual({ size, text: before[index] });
    const { body: again } = await desk.call(`/v1/trails/ticket:T1/replay?size=${size}`);
    expect(again.digest).toBe(createHash('sha256').update(text).digest('hex'));
  }
  expect(before.map((text) => JSON.parse(text).entries.length)).toEqual([6, 9, 12]);
  const observed = await desk.call('/v1/trails/ticket:T1/replay?order=observed');
  expect(observed.body.replay.entries.map(({ n }: any) => n)).toEqual([
    1, 2, 3, 4, 5, 6, 13, 7, 8, 9, 10, 11, 12,
  ]);
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);

  // Projections are thrown away and made again: not a byte of a replay moves.
  const canonical = (): Promise<string[]> =>
    Promise.all(sizes.map((size) => desk.text(`/v1/trails/ticket:T1/replay?format=canonical&size=${size}`)));
  const kept = await canonical();
  for (const table of ['traces', 'attempts', 'positions', 'item_positions'])
    await service.database.db.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [desk.tenant.tenantId]);
  const errors: unknown[] = [];
  const logger = { error: (...what: unknown[]) => void errors.push(what) };
  await rebuildProjections({ ...service.parts, logger }, desk.tenant.tenantId, 20);
  expect(errors).toEqual([]);
  expect(await canonical()).toEqual(kept);

  const state = await desk.call('/v1/trails/ticket:T1/state/7');
  expect(state.body).toMatchObject({
    n: 7,
    phase: 'open',
    attempts: [1],
    cost: { USD: '0.009' },
    modelCalls: 2,
    tools: [{ tool: 'get_order', called: 2, failed: 1 }],
    documents: 2,
    retries: 1,
    handOffs: 0,
    decisions: [{ kind: 'rule', id: 'REFUND-30D', version: '5', by: 6 }],
    unknownYet: 6,
  });
  const step = await desk.call('/v1/trails/ticket:T1/steps/6?proof=1');
  expect(step.body.entry.proof.index).toBe(step.body.proof.index);
  expect(step.body.entry.proof.leafHash).toBe(step.body.proof.leafHash);
  expect(JSON.parse(step.body.proof.entry)).toMatchObject({
    kind: 'trace.revision',
    traceId: traceIdOf('1'),
    revision: 1,
  });
  const text = await desk.text('/v1/trails/ticket:T1/replay?format=text');
  expect(text.split('\n')[0]).toBe(
    'ticket:T1  achieved at 2026-10-21 00:20:00Z (entry 12), ticket.resolved under ticket@0',
  );
  expect(text).toContain('            retries 3: what was asked is not known\n');
});

test('content is opened under a grant, and tells what was seen, used and asked again', async () => {
  const desk = await Desk.begin(service, 'content');
  await send(desk, refund('3', 'T1'));
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-10-21T00:20:00Z' });
  await desk.settle();
  const refused = await desk.call('/v1/trails/ticket:T1/replay?content=text');
  expect(refused.status).toBe(403);
  const grant = await desk.post('/v1/grants', {
    principal: 'admin spans outcomes',
    scope: { kind: 'work_item', workItem: 'ticket:T1' },
    purpose: 'a test',
    validUntil: new Date(Date.now() + 86_400_000).toISOString(),
  });
  const approver = await desk.tenant.key(['approver']);
  await service.api.call(`/v1/grants/${grant.grantId}/decision`, {
    key: approver,
    body: { decision: 'approved' },
  });
  const { status, body } = await desk.call('/v1/trails/ticket:T1/replay?content=text');
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  const reading = new Map<number, any>(body.reading.map((each: any) => [each.n, each]));
  expect(reading.get(4)).toMatchObject({
    asked: 'same',
    content: [
      { part: 'tool.arguments', text: '{"order": 7}' },
      { part: 'tool.result', text: 'paid 30 USD' },
    ],
  });
  expect(reading.get(5).documents).toEqual([
    { id: 'refund-policy', use: 'used', by: 'id', n: 6 },
    { id: 'shipping-rates', use: 'unknown', by: null, n: null },
  ]);
  expect(reading.get(6).seen).toEqual([
    { role: 'user', characters: 20, from: null, basis: null },
    { role: 'tool', characters: 157, from: 5, basis: 'quotes_document' },
  ]);
});

test.each([
  ['/v1/trails/ticket:none/replay', 404, 'no trail ticket:none'],
  ['/v1/trails/ticket:T1/replay?size=0', 400, 'size'],
  ['/v1/trails/ticket:T1/replay?size=1&at=2026-01-01', 400, 'either size or at'],
  ['/v1/trails/ticket:T1/replay?at=2020-01-01', 422, 'at'],
  ['/v1/trails/ticket:T1/steps/0', 400, 'from 1'],
  ['/v1/trails/ticket:T1/steps/99', 404, 'no entry 99'],
  ['/v1/trails/ticket:T1/state/99', 404, 'no entry 99'],
  ['/v1/trails/diff?a=ticket:T1', 400, 'b'],
  ['/v1/trails/diff?a=ticket:T1&b=ticket:none', 404, 'ticket:none'],
  ['/v1/precedents', 400, 'trail'],
])('%s is answered with %i', async (path, status, words) => {
  refusals ??= await refusalDesk();
  const answer = await refusals.call(path);
  expect({ status: answer.status, words: JSON.stringify(answer.body).includes(words) }).toEqual({
    status,
    words: true,
  });
});

let refusals: Desk | undefined;
async function refusalDesk(): Promise<Desk> {
  const desk = await Desk.begin(service, 'refusals');
  await send(desk, refund('4', 'T1').slice(0, 2));
  await desk.settle();
  return desk;
}

test('two trails beside each other, and precedents without a word of the future', async () => {
  const desk = await Desk.begin(service, 'compared');
  const done = ['5', '6', '7'].map((trace, n) => ({ trace, ticket: `T${n + 1}`, isPaid: n !== 1 }));
  const at: string[] = [];
  for (const { trace, ticket, isPaid } of done) {
    await send(
      desk,
      isPaid ? refund(trace, ticket) : [...refund(trace, ticket).slice(0, -1), humanInstead(trace)],
    );
    await desk.tell({ id: ticket, ticket, verb: isPaid ? 'resolved' : 'failed', at: '2026-10-21T00:20:00Z' });
    await desk.settle();
    at.push(new Date().toISOString());
  }
  const { body } = await desk.call('/v1/trails/diff?a=ticket:T1&b=ticket:T2');
  expect(body.diff.label).toBe('differences that preceded the verdict');
  expect(body.diff.rows.map(({ class: its, signature }: any) => `${its} ${signature}`)).toEqual([
    'same model_call',
    'same tool_call get_order',
    'same retrieval policies',
    'same model_call [rule REFUND-30D]',
    'only_a tool_call pay_refund',
    'only_b tool_call transfer_to_human',
  ]);
  expect(body.diff.firstDivergence).toMatchObject({
    class: 'only_a',
    signature: 'tool_call pay_refund',
    a: 7,
    b: null,
  });
  expect(body.similar).toEqual({
    signature: 'tool_call pay_refund',
    with: { trails: 2, failed: 0 },
    without: { trails: 1, failed: 1 },
  });
  expect(JSON.stringify(body)).not.toMatch(/cause/i);
  const text = await desk.text('/v1/trails/diff?a=ticket:T1&b=ticket:T2&format=text');
  expect(text).toContain('first divergence: -       7/-  tool_call pay_refund\n');

  const now = await desk.call('/v1/precedents?trail=ticket:T1');
  expect(now.body.precedents.map(({ name, phase, score }: any) => `${name} ${phase} ${score}`)).toEqual([
    'ticket:T3 achieved 10000',
    'ticket:T2 failed 8500',
  ]);
  const then = await desk.call(`/v1/precedents?trail=ticket:T1&as_of=${at[1]}`);
  expect(then.body.precedents.map(({ name }: any) => name)).toEqual(['ticket:T2']);
  const alone = await desk.call(`/v1/precedents?trail=ticket:T1&as_of=${at[0]}`);
  expect(alone.body.precedents).toEqual([]);
  await desk.post('/v1/decisions', {
    workItem: { kind: 'ticket', key: 'T1' },
    kind: 'precedent',
    id: 'ticket:T2',
  });
  await desk.settle();
  const named = await desk.call('/v1/precedents?trail=ticket:T1');
  expect(named.body.precedents[0]).toMatchObject({ name: 'ticket:T2', isNamed: true });
});

const humanInstead = (trace: string): SpanNote => ({
  trace,
  id: `${trace}a6`,
  parent: `${trace}a0`,
  at: [12, 13],
  attributes: tool('transfer_to_human'),
});

test('a decision that is told again changes nothing, another one under its id is refused, an agent cannot override', async () => {
  const desk = await Desk.begin(service, 'told');
  await send(desk, refund('8', 'T1').slice(0, 2));
  await desk.settle();
  const told = {
    decisionId: '00000000-0000-7000-8000-000000000002',
    workItem: { kind: 'ticket', key: 'T1' },
    kind: 'rule',
    id: 'R',
    note: 'as the form of March says',
  };
  const answers = [
    await desk.call('/v1/decisions', { body: told }),
    await desk.call('/v1/decisions', { body: told }),
    await desk.call('/v1/decisions', { body: { ...told, id: 'S' } }),
    await desk.call('/v1/decisions', { body: { ...told, workItem: { kind: 'ticket', key: 'nobody' } } }),
    await desk.call('/v1/decisions', { body: { ...told, reasonCode: 'two words' } }),
  ];
  expect(answers.map(({ status, body }) => [status, body.state ?? body.detail?.slice(0, 40)])).toEqual([
    [201, 'stored'],
    [201, 'duplicate'],
    [409, 'another decision was recorded under this'],
    [404, 'there is no work item ticket nobody: nei'],
    [400, expect.anything()],
  ]);
  const agent = await desk.tenant.key(['spans']);
  const body = { workItem: told.workItem, from: 'a', to: 'b', reason: 'no' };
  expect((await service.api.call('/v1/overrides', { key: agent, body })).status).toBe(403);
  await desk.settle();
  const { rows } = await service.database.db.query<{ entry: string }>(
    `SELECT convert_from(entry, 'UTF8') AS entry FROM leaves WHERE tenant_id = $1 AND kind = 'decision'`,
    [desk.tenant.tenantId],
  );
  expect(rows.map(({ entry }) => JSON.parse(entry))).toEqual([
    expect.objectContaining({
      kind: 'decision',
      decision: told.decisionId,
      said: { kind: 'rule', id: 'R', version: null, result: null, from: null, reason: null },
      note: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    }),
  ]);
  expect(rows[0]!.entry).not.toContain('March');
});

/** What rules say of a trail when they are run again, and what differs. */
async function reevaluate(desk: Desk, ticket: string, size?: number) {
  const query = size === undefined ? '' : `?size=${size}`;
  const { status, body } = await desk.call(`/v1/trails/ticket:${ticket}/reevaluation${query}`);
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  const { result, counts, items } = body.reevaluation;
  return {
    result,
    equal: counts.confirms,
    about: [...new Set(items.map(({ about }: any) => about))],
    differing: items.filter((item: any) => item.result !== 'confirms'),
  };
}

test('rules and prices run again on what every size records say what was recorded, until that is changed', async () => {
  const desk = await Desk.begin(service, 'again');
  await desk.price('3');
  const sizes: number[] = [];
  await send(desk, refund('4', 'T1'));
  sizes.push(await desk.settle());
  await desk.tell({ id: '1', ticket: 'T1', verb: 'attempt_failed', at: '2026-10-21T00:02:00Z' });
  await send(desk, refund('5', 'T1', 600));
  await desk.tell({ id: '2', ticket: 'T1', verb: 'resolved', at: '2026-10-21T00:20:00Z' });
  sizes.push(await desk.settle());
  await desk.tell({ id: '3', ticket: 'T1', verb: 'reopened', at: '2026-10-22T00:00:00Z' });
  await desk.price('4');
  await desk.post('/v1/policies', { name: 'placement', rule: { retry: 'carry' } });
  sizes.push(await desk.settle());
  await desk.tell({ id: '4', ticket: 'T1', verb: 'resolved', at: '2026-10-23T00:00:00Z' });
  await send(desk, refund('6', 'T1', 900));
  sizes.push(await desk.settle());
  const found = [];
  for (const size of sizes) found.push(await reevaluate(desk, 'T1', size));
  expect(found).toEqual(
    [4, 9, 10, 14].map((equal) => ({
      result: 'confirms',
      equal,
      about: equal === 4 ? ['verdict', 'attempt', 'cost'] : ['outcome', 'verdict', 'attempt', 'cost'],
      differing: [],
    })),
  );
  const text = await desk.text('/v1/trails/ticket:T1/reevaluation?format=text');
  expect(text.split('\n')[0]).toBe(
    `ticket:T1  confirms: the rules and prices that the first ${sizes.at(-1)} leaves of the log know, run again on what they record`,
  );

  const { db } = service.database;
  const { tenantId } = desk.tenant;
  await db.query(`UPDATE work_items SET phase = 'failed' WHERE tenant_id = $1 AND key = 'T1'`, [tenantId]);
  await db.query(
    `UPDATE ledger_entries SET amount = amount * 2
      WHERE tenant_id = $1 AND account >= '5' AND account < '6' AND posting_id = $2 AND usage_span_id = $3`,
    [tenantId, traceIdOf('5'), BigInt(`0x${spanIdOf('5a1')}`)],
  );
  await db.query(`UPDATE attempts SET placement = 'work' WHERE tenant_id = $1 AND trace_id = $2`, [
    tenantId,
    traceIdOf('4'),
  ]);
  const { result, equal, differing } = await reevaluate(desk, 'T1');
  const said = (side: 'recorded' | 'derived') =>
    differing.map((item: any) => [
      item.about,
      item[side].phase ?? item[side].placement ?? Object.values(item[side]),
    ]);
  expect({ result, equal, recorded: said('recorded'), derived: said('derived') }).toEqual({
    result: 'diverges',
    equal: 11,
    recorded: [
      ['verdict', 'failed'],
      ['attempt', 'work'],
      ['cost', ['0.008']],
    ],
    derived: [
      ['verdict', 'achieved'],
      ['attempt', 'carried:retry'],
      ['cost', ['0.004']],
    ],
  });
});
