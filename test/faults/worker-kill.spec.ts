// Goal: a worker that dies at any moment loses nothing and posts nothing twice. Method: the real ingest and worker
// processes under load, kill -9 of the worker three times; then every acknowledged trace is posted once, to the pico.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { importPriceCsv } from '#pricing';
import { checkBooks, inTransaction, readBacklog, recordPriceBook } from '#store';
import { migrateJobs } from '#jobs';
import { makeTenant, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startIngestProcess, type IngestProcess } from '../support/ingest-process.ts';
import { startProcess, type RunningProcess } from '../support/processes.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let api: TestApi;
let ingest: IngestProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  await migrateJobs(database.connection);
  api = await startTestApi(database.db);
  ingest = await startIngestProcess(database.connection);
}, 60_000);
afterAll(async () => {
  await ingest.stop();
  await api.close();
  await database.drop();
});

function startWorker(): RunningProcess {
  const env = {
    DATABASE_URL: database.connection,
    OL_WORKER_PORT: '0',
    OL_DATA_DIR: `/tmp/outcome-ledger-${process.pid}`,
    OL_CLAIM_MS: '1000',
  };
  return startProcess('worker', [], { env });
}

const INPUT_TOKENS = 1000;
const COST_PICO = BigInt(INPUT_TOKENS) * 2_000_000n;

test('kill -9 of the worker under load, three times', async () => {
  const tenant = await makeTenant(database.db, `t-${randomBytes(6).toString('hex')}`);
  const key = await tenant.key(['admin']);
  const rows = importPriceCsv('provider,model,input_per_million,output_per_million\nopenai,m,2,2\n').rows;
  await inTransaction(database.db, (client) =>
    recordPriceBook(client, {
      tenantId: tenant.tenantId,
      book: 'b',
      source: 'test',
      rows,
      mode: { kind: 'retrospective' },
      createdBy: null,
      recordedAtUs: BigInt(Date.now()) * 1000n,
    }),
  );
  let sent = 0;
  const send = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      const ticket = `T${sent}`;
      const answer = await fetch(`http://127.0.0.1:${ingest.httpPort}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(traceOf(ticket)),
      });
      expect(answer.status).toBe(200);
      const event = {
        specversion: '1.0',
        id: ticket,
        source: '/desk',
        type: 'ticket.resolved',
        subject: ticket,
        time: new Date().toISOString(),
      };
      const outcome = await api.call('/v1/outcomes', {
        key,
        headers: { 'content-type': 'application/cloudevents+json' },
        body: event,
      });
      expect(outcome.status).toBeLessThan(300);
      sent += 1;
    }
  };
  let worker = startWorker();
  await worker.line('working');
  for (let round = 0; round < 3; round += 1) {
    const sending = send(150);
    await sleep(300 + Math.random() * 700);
    worker.kill('SIGKILL');
    await worker.exited;
    worker = startWorker();
    await sending;
  }
  await worker.line('working');
  await until(
    'the worker to be done',
    async () => {
      const { waitingFacts } = await readBacklog(database.db);
      const { rows: due } = await database.db.query<{ n: bigint }>('SELECT count(*) AS n FROM due_traces');
      return waitingFacts === 0 && due[0]!.n === 0n;
    },
    90_000,
  );
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);

  expect(await checkBooks(database.db, tenant.tenantId)).toEqual([]);
  const { rows: posted } = await database.db.query(
    `SELECT account, count(*) AS postings, sum(amount) AS amount FROM positions WHERE tenant_id = $1 AND amount <> 0
      GROUP BY account ORDER BY account DESC`,
    [tenant.tenantId],
  );
  const total = COST_PICO * BigInt(sent);
  expect(posted).toEqual([
    { account: '5200:outcome', postings: BigInt(sent), amount: total.toString() },
    {
      account: expect.stringMatching(/^2000:accrued:openai:/),
      postings: BigInt(sent),
      amount: (-total).toString(),
    },
  ]);
}, 240_000);

function traceOf(ticket: string): object {
  const traceId = randomBytes(16).toString('hex');
  const root = randomBytes(8).toString('hex');
  const endMs = Date.now();
  const text = (name: string, value: string): object => ({ key: name, value: { stringValue: value } });
  const span = (
    spanId: string,
    parentSpanId: string | undefined,
    name: string,
    attributes: object[],
  ): object => ({
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: 1,
    startTimeUnixNano: String(BigInt(endMs - 1000) * 1_000_000n),
    endTimeUnixNano: String(BigInt(endMs - 1) * 1_000_000n),
    attributes,
  });
  const spans = [
    span(root, undefined, 'invoke_agent', [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('ticket.id', ticket),
    ]),
    span(randomBytes(8).toString('hex'), root, 'chat m', [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'm'),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: String(INPUT_TOKENS) } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '0' } },
    ]),
  ];
  return {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'agent')] },
        scopeSpans: [{ scope: { name: 't' }, spans }],
      },
    ],
  };
}
