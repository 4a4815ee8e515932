// Goal: while sixteen writers and many workers move the same usages at once, at every snapshot every transaction balances
// (I7), what is placed is what is owed (I8), each usage stands once, at its tokens times a price that was in force (I9),
// and positions are the sums of entries; once nothing waits, what is posted is the target (I10). The bank test of
// ledger.md T6.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findViolations, inTransaction, makeTracesDue, type Client } from '#store';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const TICKETS = 6;
const CALLS = 2;
const ROUNDS = 3;
const WRITERS = 16;
const WORKERS = 8;
const READERS = 3;
const FIRST_TOKENS = 1000;

test('sixteen writers, and workers beside them, never break an identity at any snapshot', async () => {
  const desk = await Desk.begin(service, 'bank');
  await desk.price('3');
  for (let n = 0; n < TICKETS; n += 1)
    await desk.send({
      id: `${desk.tenant.tenantId} ${n}`,
      ticket: `T${n}`,
      at: '2026-10-05T10:00:00Z',
      inputTokens: FIRST_TOKENS + n,
      calls: CALLS,
    });
  await desk.settle();

  const open = new Set(Array.from({ length: WRITERS }, (_, writer) => writer));
  const write = async (writer: number): Promise<void> => {
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const verb = (writer + round) % 2 === 0 ? 'resolved' : 'reopened';
        const at = new Date(Date.parse('2026-10-06') + (round * WRITERS + writer) * 1000).toISOString();
        await desk.tell({ id: `${writer} ${round}`, ticket: `T${writer % TICKETS}`, verb, at });
        if (writer === 0) await desk.price(String(4 + round));
      }
    } finally {
      open.delete(writer);
    }
  };
  const work = async (): Promise<void> => {
    do await service.settle();
    while (open.size > 0);
  };
  const snapshots: Snapshot[] = [];
  const read = async (): Promise<void> => {
    do snapshots.push(await readSnapshot(desk));
    while (open.size > 0);
  };
  // All of them end before the first failure is told: what still runs would hold up the end of the test.
  const ended = await Promise.allSettled([
    ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
    ...Array.from({ length: WORKERS }, work),
    ...Array.from({ length: READERS }, read),
  ]);
  expect(ended.filter(({ status }) => status === 'rejected')).toEqual([]);
  await desk.settle();
  snapshots.push(await readSnapshot(desk));

  expect(snapshots.length).toBeGreaterThan(READERS);
  for (const { violations, usages } of snapshots) {
    expect(violations).toEqual([]);
    expect(usages.length).toBe(TICKETS * CALLS);
    // Each at its tokens times one of the prices told by then: nothing of another one is left.
    for (const usage of usages)
      expect(usage).toEqual({
        isPlacedAsOwed: true,
        usdPerMillion: expect.stringMatching(/^[3-6]$/),
      });
  }
  expect(new Set(snapshots.at(-1)!.usages.map(({ usdPerMillion }) => usdPerMillion))).toEqual(new Set(['6']));
  expect(await service.check(desk.tenant.tenantId)).toEqual([]);
  expect(await drift(desk)).toBe(0);
}, 120_000);

interface Snapshot {
  readonly violations: unknown[];
  readonly usages: readonly {
    readonly isPlacedAsOwed: boolean;
    /** Its cost for a million of its tokens; the cost itself where it is no multiple of them. */
    readonly usdPerMillion: string;
  }[];
}

/** Everything a reader asks, of one snapshot. */
async function readSnapshot({ tenant: { tenantId } }: Desk): Promise<Snapshot> {
  return inTransaction(service.database.db, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return { violations: await findViolations(client, tenantId), usages: await readUsages(client, tenantId) };
  });
}

async function readUsages(client: Client, tenantId: bigint): Promise<Snapshot['usages']> {
  const { rows } = await client.query<Record<'placed' | 'owed' | 'tokens', string>>(
    `WITH standing AS (
       SELECT posting_id, usage_span_id, coalesce(sum(amount) FILTER (WHERE account LIKE '5%'), 0) AS placed,
              -coalesce(sum(amount) FILTER (WHERE account LIKE '2%'), 0) AS owed
         FROM ledger_entries WHERE tenant_id = $1 GROUP BY 1, 2)
     SELECT s.placed::text, s.owed::text, t.tokens FROM standing s
       JOIN LATERAL (SELECT record::jsonb #>> '{usage,tokens,in_uncached}' AS tokens FROM steps
              WHERE tenant_id = $1 AND trace_id = s.posting_id AND span_id = s.usage_span_id LIMIT 1) t ON true`,
    [tenantId],
  );
  return rows.map(({ placed, owed, tokens }) => ({
    isPlacedAsOwed: placed === owed,
    usdPerMillion: String(BigInt(placed) % BigInt(tokens) === 0n ? perMillion(placed, tokens) : placed),
  }));
}
const perMillion = (pico: string, tokens: string): bigint => BigInt(pico) / BigInt(tokens) / 1_000_000n;

/** I10: transactions that come of looking at everything once more. */
async function drift({ tenant: { tenantId } }: Desk): Promise<number> {
  const { db } = service.database;
  const count = async (): Promise<number> => {
    const { rows } = await db.query('SELECT 1 FROM ledger_transactions WHERE tenant_id = $1', [tenantId]);
    return rows.length;
  };
  const before = await count();
  const { rows } = await db.query<{ trace_id: string }>('SELECT trace_id FROM traces WHERE tenant_id = $1', [
    tenantId,
  ]);
  const again = rows.map(({ trace_id: id }) => ({
    traceId: id.replaceAll('-', ''),
    cause: 'look again',
    renormalise: true,
  }));
  await inTransaction(db, (client) => makeTracesDue(client, tenantId, again));
  await service.settle();
  return (await count()) - before;
}
