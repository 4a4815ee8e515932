// Goal: while many writers and workers move the same usages at once, every snapshot of the books balances, places each
// usage once, and has positions that are the sums of entries (the bank test of ledger.md T6).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findViolations } from '#store';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const TICKETS = 6;
const ROUNDS = 3;
const WRITERS = 8;
const WORKERS = 8;

test('sixteen writers and workers never break an identity at any snapshot', async () => {
  const desk = await Desk.begin(service, 'bank');
  await desk.price('3');
  for (let n = 0; n < TICKETS; n += 1)
    await desk.send({
      id: `${desk.tenant.tenantId} ${n}`,
      ticket: `T${n}`,
      at: '2026-10-05T10:00:00Z',
      inputTokens: 1000 + n,
      calls: 2,
    });
  await desk.settle();

  const open = new Set(Array.from({ length: WRITERS }, (_, writer) => writer));
  const write = async (writer: number): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const verb = (writer + round) % 2 === 0 ? 'resolved' : 'reopened';
      const at = new Date(
        Date.parse('2026-10-06T00:00:00Z') + (round * WRITERS + writer) * 1000,
      ).toISOString();
      await desk.tell({ id: `${writer} ${round}`, ticket: `T${writer % TICKETS}`, verb, at });
      if (writer === 0) await desk.price(String(4 + round));
    }
    open.delete(writer);
  };
  const work = async (): Promise<void> => {
    do await service.settle();
    while (open.size > 0);
  };
  let snapshots = 0;
  const read = async (): Promise<void> => {
    do {
      expect(await findViolations(service.database.db, desk.tenant.tenantId)).toEqual([]);
      snapshots += 1;
    } while (open.size > 0);
  };
  await Promise.all([
    ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
    ...Array.from({ length: WORKERS }, work),
    read(),
    read(),
  ]);
  await desk.settle();
  expect(snapshots).toBeGreaterThan(2);
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
}, 120_000);
