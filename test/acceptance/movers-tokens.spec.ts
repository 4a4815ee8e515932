// Goal: what moved is told in tokens as they were recorded, whatever else the records of calls say.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** Looks like the part of a record that holds the tokens. */
const FORGED = 'a","usage":{"tokens":{"in_uncached":"9"},"units":{}},"usageFrom":null';
let service: TestService;
let desk: Desk;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  desk = await Desk.begin(service, 'tokens');
  await desk.price('3');
  const id = (n: number): string => `${desk.tenant.tenantId} ${n}`;
  await desk.send({ id: id(1), ticket: 'T1', at: '2026-01-05T10:00:00Z', inputTokens: 1000 });
  await desk.send({ id: id(2), ticket: 'T2', at: '2026-02-05T10:00:00Z', inputTokens: 2000, calls: 2 });
  await desk.send({ id: id(3), ticket: 'T3', at: '2026-02-06T10:00:00Z', inputTokens: 7, workflow: FORGED });
  for (const [ticket, month] of [
    ['T1', '01'],
    ['T2', '02'],
    ['T3', '02'],
  ] as const)
    await desk.tell({ id: ticket, ticket, verb: 'resolved', at: `2026-${month}-08T10:00:00Z` });
  // A late call of a trace makes another revision of it: each call counts once.
  await desk.settle();
  await desk.send({ id: id(2), ticket: 'T2', at: '2026-02-05T10:00:00Z', inputTokens: 500 });
  await desk.settle();
});
afterAll(() => service.stop());

test('tokens of each group and of the total, once a call', async () => {
  const { body } = await desk.call(
    '/v1/reports/movers?from=2026-02-01&to=2026-03-01&before_from=2026-01-01&group_by=workflow&tokens=true',
  );
  const told = (side: any): unknown => [side.workItems, side.tokens];
  expect(
    body.rows.map(({ group, before, after }: any) => [group.workflow, told(before), told(after)]),
  ).toEqual([
    ['support', [1, '1000'], [1, '4500']],
    [FORGED, [0, null], [1, '7']],
  ]);
  expect([told(body.total.before), told(body.total.after)]).toEqual([
    [1, '1000'],
    [2, '4507'],
  ]);
});
