// Goal: a worker that dies in the middle of a bulk cause loses nothing of it and does nothing of it twice. Method: the real
// worker process works a new price through a history, and is killed by kill -9 between pages, again and again; in the end
// every trace stands at the new price, and the cause says that it moved just that.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { importPriceCsv } from '#pricing';
import { checkBooks, inTransaction, recordPriceBook } from '#store';
import { Desk } from '../support/desk.ts';
import { recordFault } from '../support/fault-record.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { startWorkerProcess, untilSettled } from '../support/ticket-load.ts';
import { migrateJobs } from '#jobs';
import { until } from '../support/until.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  await migrateJobs(service.database.connection);
}, 60_000);
afterAll(() => service.stop());

/** Pages of the worker are of 200 traces. */
const TRACES = 800;
const KILLS = 2;
const CAUSE = 'price.book:tenant:desk@2';

/** A history of one call for each of many tickets, half of them resolved, at 3 USD for a million tokens. */
async function historyOf(traces: number): Promise<Desk> {
  const desk = await Desk.begin(service, 'cause-kill');
  await desk.price('3');
  const ids = Array.from({ length: traces }, (_, n) => n);
  for (let first = 0; first < traces; first += 50)
    await Promise.all(
      ids.slice(first, first + 50).map((n) =>
        desk.send({
          id: `${desk.tenant.tenantId} ${n}`,
          ticket: `T${n}`,
          at: '2026-09-05T10:00:00Z',
          inputTokens: 1000 + n,
        }),
      ),
    );
  for (let n = 0; n < traces; n += 2)
    await desk.tell({ id: `${n}`, ticket: `T${n}`, verb: 'resolved', at: '2026-09-06T10:00:00Z' });
  await service.settle();
  return desk;
}

async function reprice({ tenant: { tenantId } }: Desk): Promise<void> {
  const csv = 'provider,model,input_per_million,output_per_million\nopenai,desk-model,5,10\n';
  await inTransaction(service.database.db, (client) =>
    recordPriceBook(client, {
      tenantId,
      book: 'desk',
      source: 'test',
      rows: importPriceCsv(csv).rows,
      mode: { kind: 'retrospective' },
      createdBy: null,
      recordedAtUs: service.parts.nowUs(),
    }),
  );
}

/** Tokens of all tickets, and of those that were resolved, at so many pico-dollars. */
const tokens = (step: number, pico: bigint): string => {
  let sum = 0n;
  for (let n = 0; n < TRACES; n += step) sum += BigInt(1000 + n) * pico;
  return sum.toString();
};

test('kill -9 in the middle of a price over a history', async () => {
  const desk = await historyOf(TRACES);
  const { db, connection } = service.database;
  const done = async (): Promise<number> => {
    const { rows } = await db.query<{ traces_done: bigint | number }>(
      'SELECT traces_done FROM causes WHERE tenant_id = $1 AND cause_id = $2',
      [desk.tenant.tenantId, CAUSE],
    );
    return Number(rows[0]?.traces_done ?? 0);
  };
  await reprice(desk);
  const killedAt: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = await done();
    const worker = startWorkerProcess(connection);
    await until('another page', async () => (await done()) > before, 120_000);
    worker.kill('SIGKILL');
    await worker.exited;
    killedAt.push(await done());
  }
  // It died between pages, each time further on.
  expect(killedAt[0]).toBeLessThan(TRACES);
  expect([...new Set(killedAt)].sort((a, b) => a - b)).toEqual(killedAt);

  const worker = startWorkerProcess(connection);
  await until(
    'the cause to be done',
    async () => {
      const { body } = await desk.call(`/v1/causes/${CAUSE}`);
      return body.state === 'done';
    },
    90_000,
  );
  await untilSettled(db);
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);

  const { body } = await desk.call(`/v1/causes/${CAUSE}`);
  const moved = Number(tokens(1, 2_000_000n)) / 1e12;
  expect(body).toMatchObject({
    state: 'done',
    tracesDone: TRACES,
    tracesFailed: 0,
    charges: [{ currency: 'USD', amount: String(moved) }],
  });
  const { rows } = await db.query<{ account: string; amount: string }>(
    `SELECT account, sum(amount)::text AS amount FROM positions WHERE tenant_id = $1 AND account ~ '^[25]'
      GROUP BY account HAVING sum(amount) <> 0 ORDER BY account`,
    [desk.tenant.tenantId],
  );
  const all = tokens(1, 5_000_000n);
  const resolved = tokens(2, 5_000_000n);
  expect(rows).toEqual([
    { account: '2000:accrued:openai:2026-09', amount: `-${all}` },
    { account: '5100:work', amount: (BigInt(all) - BigInt(resolved)).toString() },
    { account: '5200:outcome', amount: resolved },
  ]);
  expect(await checkBooks(db, desk.tenant.tenantId)).toEqual([]);
  recordFault({
    fault: 'kill -9 of the worker within a rule',
    done: `between pages of a new price over a history of ${TRACES} traces`,
    times: KILLS,
    lost: 0,
    recoverySeconds: null,
    told: 'the cause stays open and goes on; in the end it says that it moved just that',
  });
}, 300_000);
