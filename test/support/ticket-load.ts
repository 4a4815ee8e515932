import { expect } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { importPriceCsv } from '#pricing';
import { checkBooks, inTransaction, readBacklog, recordPriceBook, type Database } from '#store';
import type { Call } from './api.ts';
import { startProcess, type RunningProcess } from './processes.ts';
import { until } from './until.ts';

const INPUT_TOKENS = 1000;
/** At 2 USD for a million. */
const COST_PICO = BigInt(INPUT_TOKENS) * 2_000_000n;
const SENDERS = 4;
/** Longer than any outage that a test makes. */
const PATIENCE_MS = 180_000;

/** The real worker process, which finds again within a second what a dead one had claimed. */
export function startWorkerProcess(connection: string): RunningProcess {
  return startProcess('worker', [], {
    env: {
      DATABASE_URL: connection,
      OL_WORKER_PORT: '0',
      OL_DATA_DIR: `/tmp/outcome-ledger-${process.pid}`,
      OL_CLAIM_MS: '1000',
    },
  });
}

/** Gives a tenant the price that the calls of `TicketLoad` are costed by. */
export async function priceTickets(db: Database, tenantId: bigint): Promise<void> {
  const csv = 'provider,model,input_per_million,output_per_million\nopenai,m,2,2\n';
  await inTransaction(db, (client) =>
    recordPriceBook(client, {
      tenantId,
      book: 'b',
      source: 'test',
      rows: importPriceCsv(csv).rows,
      mode: { kind: 'retrospective' },
      createdBy: null,
      recordedAtUs: BigInt(Date.now()) * 1000n,
    }),
  );
}

export interface TicketTarget {
  /** Asked again for every attempt: a restarted ingest may be elsewhere. */
  readonly ingestUrl: () => string;
  readonly api: { call(path: string, call?: Call): Promise<{ readonly status: number }> };
  readonly key: string;
}

/**
 * Agents that each resolve ticket after ticket: a trace with one priced call, then the outcome of the ticket. Both are
 * sent again, unchanged, until they are acknowledged, whatever happens to the servers in between.
 */
export class TicketLoad {
  /** Tickets whose trace and outcome were acknowledged. */
  acknowledged = 0;
  /** Requests that were sent more than once. */
  repeated = 0;
  private tickets = 0;
  private isStopping = false;
  private readonly running: Promise<void>[];

  constructor(private readonly to: TicketTarget) {
    this.running = Array.from({ length: SENDERS }, () => this.run());
  }

  /** Returns when so many more tickets are acknowledged. */
  async progress(tickets: number): Promise<void> {
    const goal = this.acknowledged + tickets;
    await until(`${tickets} more tickets`, () => this.acknowledged >= goal, 60_000);
  }

  /** Sends nothing new: of a test that failed before it could stop its load. */
  abandon(): void {
    this.isStopping = true;
    void Promise.allSettled(this.running);
  }

  /** Returns when every agent's last ticket is acknowledged. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.running);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const ticket = `T${(this.tickets += 1)}`;
      const trace = JSON.stringify(traceOf(ticket));
      await this.untilTaken(() => this.sendTrace(trace));
      const event = eventOf(ticket);
      await this.untilTaken(() => this.sendOutcome(event));
      this.acknowledged += 1;
    }
  }

  private async untilTaken(send: () => Promise<number>): Promise<void> {
    const limit = Date.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt += 1) {
      if (attempt === 2) this.repeated += 1;
      const status = await send();
      if (status >= 200 && status < 300) return;
      if (status !== 0 && status !== 429 && status !== 503) throw new Error(`answered with ${status}`);
      if (Date.now() > limit) throw new Error(`not acknowledged after ${attempt} attempts: ${status}`);
      await sleep(50);
    }
  }

  /** @returns the status; 0 where the connection was refused or cut */
  private async sendTrace(body: string): Promise<number> {
    try {
      const answer = await fetch(`${this.to.ingestUrl()}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.to.key}` },
        body,
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }

  private async sendOutcome(body: object): Promise<number> {
    const headers = { 'content-type': 'application/cloudevents+json' };
    return (await this.to.api.call('/v1/outcomes', { key: this.to.key, headers, body })).status;
  }
}

/** Waits until the worker has nothing left to do. */
export async function untilSettled(db: Database): Promise<void> {
  await until(
    'the worker to be done',
    async () => {
      const { waitingFacts } = await readBacklog(db);
      const { rows: due } = await db.query<{ n: bigint }>('SELECT count(*) AS n FROM due_traces');
      return waitingFacts === 0 && due[0]!.n === 0n;
    },
    90_000,
  );
}

/** The books are sound, and every ticket is posted once, to the pico. */
export async function expectPostedOnce(db: Database, tenantId: bigint, tickets: number): Promise<void> {
  expect(await checkBooks(db, tenantId)).toEqual([]);
  const { rows: posted } = await db.query(
    `SELECT account, count(*) AS postings, sum(amount) AS amount FROM positions
      WHERE tenant_id = $1 AND amount <> 0 AND account ~ '^[0-9]'
      GROUP BY account ORDER BY account DESC`,
    [tenantId],
  );
  const total = COST_PICO * BigInt(tickets);
  expect(posted).toEqual([
    { account: '5200:outcome', postings: BigInt(tickets), amount: total.toString() },
    {
      account: expect.stringMatching(/^2000:accrued:openai:/),
      postings: BigInt(tickets),
      amount: (-total).toString(),
    },
  ]);
}

function eventOf(ticket: string): object {
  return {
    specversion: '1.0',
    id: ticket,
    source: '/desk',
    type: 'ticket.resolved',
    subject: ticket,
    time: new Date().toISOString(),
  };
}

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
