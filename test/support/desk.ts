import { createHash, randomUUID } from 'node:crypto';
import { importPriceCsv } from '#pricing';
import { inTransaction, recordPriceBook } from '#store';
import type { Log } from '../../apps/worker/src/seal-log.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { makeTenant, type Answer, type TestTenant } from './api.ts';
import { keysOf } from './evidence-log.ts';
import type { TestService } from './service.ts';

/** One trace of a help desk: an agent that calls a model, perhaps for a ticket. */
export interface DeskTrace {
  readonly id: string;
  readonly ticket?: string;
  readonly workflow?: string;
  readonly conversation?: string;
  /** RFC 3339. */
  readonly at: string;
  readonly inputTokens: number;
  /** Names another model than the one that is priced. */
  readonly model?: string;
  /** Calls of the trace, each with the same tokens; 1 when not given. */
  readonly calls?: number;
}

export interface DeskEvent {
  readonly id: string;
  readonly ticket: string;
  readonly verb: string;
  readonly at: string;
  /** Names the conversation it came from. */
  readonly conversation?: string;
}

const hex = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

/** A tenant of a test service, with its log: what it sends, what it is told, and how far it is sealed. */
export class Desk {
  private constructor(
    readonly service: TestService,
    readonly tenant: TestTenant,
    readonly key: string,
    readonly log: Log,
  ) {}

  static async begin(service: TestService, name: string): Promise<Desk> {
    const slug = `${name}-${randomUUID().slice(0, 8)}`;
    const tenant = await makeTenant(service.database.db, slug);
    const log = await keysOf({ tenantId: tenant.tenantId, slug });
    return new Desk(service, tenant, await tenant.key(['admin', 'spans', 'outcomes']), log);
  }

  /** Of a trace as it is sent; a late part is the same trace with other calls. */
  static traceId = (id: string): string => hex(`trace ${id}`, 32);

  async send(trace: DeskTrace): Promise<void> {
    const traceId = Desk.traceId(trace.id);
    const root = hex(`root ${trace.id}`, 16);
    const startNs = BigInt(Date.parse(trace.at)) * 1_000_000n;
    const endNs = startNs + 2_000_000_000n;
    const span = (spanId: string, parentSpanId: string | null, name: string, attributes: object[]) => ({
      traceId,
      spanId,
      ...(parentSpanId === null ? {} : { parentSpanId }),
      name,
      kind: 3,
      startTimeUnixNano: startNs.toString(),
      endTimeUnixNano: endNs.toString(),
      attributes,
      status: {},
    });
    const agent = span(root, null, 'invoke_agent desk', [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('workflow.name', trace.workflow ?? 'support'),
      ...(trace.ticket === undefined ? [] : [text('ticket.id', trace.ticket)]),
      ...(trace.conversation === undefined ? [] : [text('gen_ai.conversation.id', trace.conversation)]),
    ]);
    const calls = Array.from({ length: trace.calls ?? 1 }, (_, n) =>
      span(hex(`call ${n} ${trace.id} ${trace.inputTokens}`, 16), root, 'chat', [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.provider.name', 'openai'),
        text('gen_ai.request.model', trace.model ?? 'desk-model'),
        text('gen_ai.response.id', hex(`response ${n} ${trace.id} ${trace.inputTokens}`, 24)),
        number('gen_ai.usage.input_tokens', trace.inputTokens),
        number('gen_ai.usage.output_tokens', 0),
      ]),
    );
    const body = {
      resourceSpans: [
        {
          resource: { attributes: [text('service.name', 'desk')] },
          scopeSpans: [{ scope: { name: 'desk' }, spans: [agent, ...calls] }],
        },
      ],
    };
    const answer = await fetch(`${this.service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200)
      throw new Error(`spans were answered with ${answer.status}: ${await answer.text()}`);
  }

  async tell(event: DeskEvent): Promise<void> {
    await this.post(
      '/v1/outcomes',
      {
        specversion: '1.0',
        id: event.id,
        source: '/desk',
        type: `ticket.${event.verb}`,
        subject: event.ticket,
        time: event.at,
        data: event.conversation === undefined ? {} : { conversationId: event.conversation },
      },
      'application/cloudevents+json',
    );
  }

  /** Says what a million input tokens of the desk's model cost, from a day on or from the beginning. */
  async price(usdPerMillion: string, validFrom: string | null = null): Promise<void> {
    const csv = `provider,model,valid_from,input_per_million,output_per_million\nopenai,desk-model,${validFrom ?? ''},${usdPerMillion},10\n`;
    await inTransaction(this.service.database.db, (client) =>
      recordPriceBook(client, {
        tenantId: this.tenant.tenantId,
        book: 'desk',
        source: 'test',
        rows: importPriceCsv(csv).rows,
        mode: { kind: 'add' },
        createdBy: null,
        recordedAtUs: this.service.parts.nowUs(),
      }),
    );
  }

  async post(path: string, body: object, contentType = 'application/json'): Promise<any> {
    const answer = await this.call(path, { body, headers: { 'content-type': contentType } });
    if (answer.status >= 300)
      throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  call<Body = any>(
    path: string,
    call: {
      readonly body?: object;
      readonly method?: string;
      readonly headers?: Record<string, string>;
    } = {},
  ): Promise<Answer<Body>> {
    return this.service.api.call<Body>(path, { key: this.key, ...call });
  }

  /** The very text of a successful answer. */
  async text(path: string): Promise<string> {
    const answer = await fetch(`${this.service.api.url}${path}`, {
      headers: { authorization: `Bearer ${this.key}` },
    });
    const body = await answer.text();
    // Asked once more in the way that finds the cause of a 500 in the log.
    if (answer.status === 500) await this.call(path);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status} ${body}`);
    return body;
  }

  /** The very bytes of a successful answer. */
  async bytes(path: string): Promise<ArrayBuffer> {
    const answer = await fetch(`${this.service.api.url}${path}`, {
      headers: { authorization: `Bearer ${this.key}` },
    });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return answer.arrayBuffer();
  }

  /** Seals all that waits and signs; works nothing off. @returns the size of the newest checkpoint */
  async seal(): Promise<number> {
    while ((await sealOnce(this.service.database.db, this.log, this.service.parts.nowUs())).isFull);
    const { rows } = await this.service.database.db.query<{ size: bigint }>(
      'SELECT max(size) AS size FROM checkpoints WHERE tenant_id = $1',
      [this.tenant.tenantId],
    );
    return Number(rows[0]!.size);
  }

  /** Works everything off, then seals it. */
  async settle(): Promise<number> {
    await this.service.settle();
    return this.seal();
  }
}
