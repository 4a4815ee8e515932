import { createHash } from 'node:crypto';
import { importPriceCsv } from '#pricing';
import { inTransaction, recordPriceBook } from '#store';
import { makeTenant } from './api.ts';
import type { TestService } from './service.ts';

/** One span of a told trace. `at` and the order of starts in seconds; `tokens` makes it a priced model call. */
export interface ToldSpan {
  readonly id: number;
  readonly parent?: number;
  readonly at?: number;
  readonly tokens?: number;
  readonly tool?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const START_MS = Date.UTC(2026, 9, 5, 9);
const hex = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
export const traceIdOf = (name: string): string => hex(`trace ${name}`, 32);
export const spanIdOf = (trace: string, id: number): string => hex(`span ${trace} ${id}`, 16);
export const timeAt = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();
const nanoAt = (seconds: number): string => (BigInt(START_MS + seconds * 1000) * 1_000_000n).toString();
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });

/** A tenant of its own, with everything it sends and asks. Input tokens cost a millionth of a dollar each. */
export class LinkPlay {
  private constructor(
    private readonly service: TestService,
    readonly tenantId: bigint,
    readonly key: string,
  ) {}

  static async begin(service: TestService, slug: string): Promise<LinkPlay> {
    const tenant = await makeTenant(service.database.db, slug);
    const csv = 'provider,model,input_per_million,output_per_million\nopenai,m,1,1\n';
    await inTransaction(service.database.db, (client) =>
      recordPriceBook(client, {
        tenantId: tenant.tenantId,
        book: 'links',
        source: 'test',
        rows: importPriceCsv(csv).rows,
        mode: { kind: 'retrospective' },
        createdBy: null,
        recordedAtUs: service.parts.nowUs(),
      }),
    );
    return new LinkPlay(service, tenant.tenantId, await tenant.key(['admin']));
  }

  async spans(trace: string, spans: readonly ToldSpan[]): Promise<void> {
    const body = {
      resourceSpans: [
        {
          resource: { attributes: [text('service.name', 'agent')] },
          scopeSpans: [{ scope: { name: 'told' }, spans: spans.map((span) => toOtlp(trace, span)) }],
        },
      ],
    };
    const answer = await fetch(`${this.service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`spans answered with ${answer.status}`);
  }

  /** @param body an ExportLogsServiceRequest in protobuf */
  async logs(body: Buffer): Promise<void> {
    const answer = await fetch(`${this.service.otlpUrl}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${this.key}` },
      body: new Uint8Array(body),
    });
    if (answer.status !== 200) throw new Error(`log records answered with ${answer.status}`);
  }

  async event(id: string, type: string, subject: string, at: number, data: object = {}): Promise<void> {
    const { status } = await this.service.api.call('/v1/outcomes', {
      key: this.key,
      headers: { 'content-type': 'application/cloudevents+json' },
      body: { specversion: '1.0', id, source: '/desk', type, subject, time: timeAt(at), data },
    });
    if (status >= 300) throw new Error(`an event answered with ${status}`);
  }

  /** @returns the body of the answer, whatever its status */
  async post(path: string, body: object): Promise<any> {
    return (await this.service.api.call(path, { key: this.key, body })).body;
  }

  async ask(path: string): Promise<any> {
    const { status, body } = await this.service.api.call(path, { key: this.key });
    if (status !== 200) throw new Error(`${path} answered with ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  settle = (): Promise<void> => this.service.settle();
  check = () => this.service.check(this.tenantId);

  /** Where every micro-dollar of the costs sits: `work item` or account -> micro-dollars. */
  async balances(): Promise<Record<string, number>> {
    const { rows } = await this.service.database.db.query<{ place: string; amount: string }>(
      `SELECT coalesce(split_part(work_item_ref, ':', 1) || ':' || split_part(work_item_ref, ':', 3), account) AS place,
              sum(amount) AS amount
         FROM ledger_entries WHERE tenant_id = $1 AND account >= '5' AND account < '6' AND asset = 'USD/12'
        GROUP BY 1 HAVING sum(amount) <> 0 ORDER BY 1`,
      [this.tenantId],
    );
    return Object.fromEntries(rows.map(({ place, amount }) => [place, Number(BigInt(amount) / 1_000_000n)]));
  }

  /** Codes of the transactions by the cause they were posted for, in order. */
  async codesOf(cause: string): Promise<string[]> {
    const { rows } = await this.service.database.db.query<{ code: string }>(
      'SELECT DISTINCT code FROM ledger_transactions WHERE tenant_id = $1 AND cause = $2 ORDER BY code',
      [this.tenantId, cause],
    );
    return rows.map(({ code }) => code);
  }
}

function toOtlp(trace: string, { id, parent, at = id, tokens, tool, attributes = {} }: ToldSpan): object {
  const operation = tokens !== undefined ? 'chat' : tool !== undefined ? 'execute_tool' : 'invoke_agent';
  const own = [
    text('gen_ai.operation.name', operation),
    ...(tool === undefined ? [] : [text('gen_ai.tool.name', tool)]),
    ...(tokens === undefined
      ? []
      : [
          text('gen_ai.provider.name', 'openai'),
          text('gen_ai.request.model', 'm'),
          { key: 'gen_ai.usage.input_tokens', value: { intValue: String(tokens) } },
          { key: 'gen_ai.usage.output_tokens', value: { intValue: '0' } },
        ]),
  ];
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(trace, id),
    ...(parent === undefined ? {} : { parentSpanId: spanIdOf(trace, parent) }),
    name: `${operation} ${id}`,
    kind: 1,
    startTimeUnixNano: nanoAt(at),
    endTimeUnixNano: nanoAt(at + 1),
    attributes: [...own, ...Object.entries(attributes).map(([name, value]) => text(name, value))],
    status: {},
  };
}
