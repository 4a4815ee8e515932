import { createHash, randomUUID } from 'node:crypto';
import { formatPico } from '#model';
import { importPriceCsv } from '#pricing';
import { inTransaction, recordPriceBook } from '#store';
import { makeTenant, type Answer, type TestTenant } from './api.ts';
import type { TestService } from './service.ts';

/** Hour 0 of every play. */
const START_MS = Date.parse('2026-10-01T00:00:00Z');
const HOUR_MS = 3_600_000;

export interface WorkDone {
  readonly key: string;
  /** Hours after the start; it takes a second. */
  readonly atH: number;
  readonly dollars: number;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Names the trace, where its id must not depend on the order; else traces are numbered. */
  readonly trace?: string;
}

export interface EventSent {
  readonly verb: string;
  readonly key: string;
  readonly atH: number;
  readonly id?: string;
  readonly source?: string;
  readonly sequence?: string;
  readonly data?: object;
}

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });

/** Agents at work on tickets, and a help desk that tells what became of them; a tenant of its own. */
export class OutcomePlay {
  private traces = 0;
  private events = 0;

  private constructor(
    private readonly service: TestService,
    readonly tenant: TestTenant,
    private readonly key: string,
  ) {}

  static async begin(service: TestService): Promise<OutcomePlay> {
    const tenant = await makeTenant(service.database.db, `play-${randomUUID()}`);
    const play = new OutcomePlay(service, tenant, await tenant.key(['admin']));
    await play.setPrice();
    return play;
  }

  /** A dollar for a million tokens. */
  private async setPrice(): Promise<void> {
    const csv = 'provider,model,input_per_million,output_per_million\nopenai,play-model,1,1\n';
    await inTransaction(this.service.database.db, (client) =>
      recordPriceBook(client, {
        tenantId: this.tenant.tenantId,
        book: 'play',
        source: 'test',
        rows: importPriceCsv(csv).rows,
        mode: { kind: 'retrospective' },
        createdBy: null,
        recordedAtUs: BigInt(Date.now()) * 1000n,
      }),
    );
  }

  /** @returns the wire time of an hour, and seconds more */
  time(atH: number, seconds = 0): string {
    return new Date(START_MS + atH * HOUR_MS + seconds * 1000).toISOString().replace('.000Z', 'Z');
  }

  /** One trace of one call that costs so much. */
  async work({ key, atH, dollars, attributes = {}, trace }: WorkDone): Promise<void> {
    const startNs = BigInt(START_MS + atH * HOUR_MS) * 1_000_000n;
    const id = createHash('sha256')
      .update(`${this.tenant.tenantId} ${trace ?? (this.traces += 1)}`)
      .digest('hex');
    const span = {
      traceId: id.slice(0, 32),
      spanId: id.slice(32, 48),
      name: 'chat',
      kind: 3,
      startTimeUnixNano: startNs.toString(),
      endTimeUnixNano: (startNs + 1_000_000_000n).toString(),
      attributes: [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.provider.name', 'openai'),
        text('gen_ai.request.model', 'play-model'),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: String(Math.round(dollars * 1_000_000)) } },
        { key: 'gen_ai.usage.output_tokens', value: { intValue: '0' } },
        text('ticket.id', key),
        ...Object.entries(attributes).map(([name, value]) => text(name, value)),
      ],
    };
    const answer = await fetch(`${this.service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'play' }, spans: [span] }] }] }),
    });
    if (answer.status !== 200) throw new Error(`spans answered with ${answer.status}`);
  }

  tryEvent({ verb, key, atH, id, source, sequence, data }: EventSent): Promise<Answer<any>> {
    return this.service.api.call('/v1/outcomes', {
      key: this.key,
      headers: { 'content-type': 'application/cloudevents+json' },
      body: {
        specversion: '1.0',
        id: id ?? `event ${(this.events += 1)}`,
        source: source ?? '/desk',
        type: `ticket.${verb}`,
        subject: key,
        time: this.time(atH),
        ...(sequence === undefined ? {} : { sequence }),
        ...(data === undefined ? {} : { data }),
      },
    });
  }

  async event(event: EventSent): Promise<void> {
    const { status, body } = await this.tryEvent(event);
    if (status >= 300) throw new Error(`an event answered with ${status} ${JSON.stringify(body)}`);
  }

  async define(kind: string, rule: object): Promise<void> {
    const body = { name: kind, rule, validFrom: '2000-01-01T00:00:00Z' };
    const answer = await this.post('/v1/definitions', body);
    if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  }

  get(path: string): Promise<Answer<any>> {
    return this.service.api.call(path, { key: this.key });
  }
  post(path: string, body: object): Promise<Answer<any>> {
    return this.service.api.call(path, { key: this.key, body });
  }
  async item(key: string): Promise<any> {
    return (await this.get(`/v1/work-items/ticket/${key}`)).body;
  }
  async report(query = ''): Promise<any> {
    return (await this.get(`/v1/reports/cost-per-outcome${query}`)).body;
  }
  async total(): Promise<any> {
    return (await this.report()).total;
  }

  /** What it has come to; the books are sound. Items as key, phase, generation, tier, quality. */
  async end() {
    const violations = await this.service.check(this.tenant.tenantId);
    if (violations.length > 0) throw new Error(`the books are not in order: ${JSON.stringify(violations)}`);
    const all = async (sql: string): Promise<any[][]> =>
      (await this.service.database.db.query(sql, [this.tenant.tenantId])).rows.map((row) =>
        Object.values(row as object),
      );
    const balances = await all(
      `SELECT CASE WHEN account < '3' THEN left(account, 4) ELSE account END AS account,
              split_part(coalesce(work_item_ref, ''), ':', 3) AS key, sum(amount)::text AS amount
         FROM ledger_entries WHERE tenant_id = $1 AND asset = 'USD/12' GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2`,
    );
    return {
      items: await all(
        `SELECT key, phase, generation, tier, quality FROM work_items WHERE tenant_id = $1 ORDER BY key`,
      ),
      balances: balances.map(([account, key, amount]) => [account, key, formatPico(BigInt(amount))]),
      setAside: await all(
        `SELECT kind, reason, detail ->> 'verb' AS verb FROM set_aside WHERE tenant_id = $1 AND cleared_at IS NULL
          ORDER BY 1, 2, 3`,
      ),
    };
  }
}
