import { createHash, randomUUID } from 'node:crypto';
import { formatPico } from '#model';
import { importPriceCsv } from '#pricing';
import { inTransaction, recordPriceBook } from '#store';
import { makeTenant, type Answer, type TestTenant } from './api.ts';
import type { TestService } from './service.ts';

/** One call of a model with exact tokens. `input` counts the cached ones; null tokens = the stream was cut. */
export interface ModelCall {
  readonly id: string;
  /** Claims it is for: of one that stands several times each is a tool call that names it. */
  readonly claims: readonly string[];
  /** RFC 3339. */
  readonly at: string;
  readonly input: number | null;
  readonly output: number | null;
  readonly cached?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  /** The trace waits so long for a person. */
  readonly humanSeconds?: number;
}

const hex = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

/** A tenant whose agents settle claims, by the calls and events of the worked examples of the ledger. */
export class ClaimsOffice {
  private events = 0;

  private constructor(
    readonly service: TestService,
    readonly tenant: TestTenant,
    readonly key: string,
  ) {}

  static async begin(service: TestService, prices: string): Promise<ClaimsOffice> {
    const tenant = await makeTenant(service.database.db, `claims-${randomUUID()}`);
    const office = new ClaimsOffice(service, tenant, await tenant.key(['admin', 'spans', 'outcomes']));
    await office.price('pb', prices);
    return office;
  }

  /** @param rows CSV lines below the header provider, model, valid_from, valid_to, input, output, cache_read, currency */
  async price(book: string, rows: string): Promise<void> {
    const csv = `provider,model,valid_from,valid_to,input_per_million,output_per_million,cache_read_per_million,currency\n${rows}\n`;
    await inTransaction(this.service.database.db, (client) =>
      recordPriceBook(client, {
        tenantId: this.tenant.tenantId,
        book,
        source: 'test',
        rows: importPriceCsv(csv).rows,
        mode: { kind: 'add' },
        createdBy: null,
        recordedAtUs: this.service.parts.nowUs(),
      }),
    );
  }

  traceId = (id: string): string => hex(`${this.tenant.tenantId} trace ${id}`, 32);
  spanId = (id: string): string => hex(`${this.tenant.tenantId} call ${id}`, 16);

  async call({
    id,
    claims,
    at,
    input,
    output,
    cached = 0,
    attributes = {},
    humanSeconds,
  }: ModelCall): Promise<void> {
    const traceId = this.traceId(id);
    const root = hex(`${this.tenant.tenantId} root ${id}`, 16);
    const startNs = BigInt(Date.parse(at)) * 1_000_000n;
    const span = (spanId: string, parentSpanId: string | null, name: string, its: object[]) => ({
      traceId,
      spanId,
      ...(parentSpanId === null ? {} : { parentSpanId }),
      name,
      kind: 3,
      startTimeUnixNano: startNs.toString(),
      endTimeUnixNano: (startNs + 1_000_000_000n).toString(),
      attributes: its,
      status: {},
    });
    const usage = [
      ...(input === null ? [] : [number('gen_ai.usage.input_tokens', input)]),
      ...(output === null ? [] : [number('gen_ai.usage.output_tokens', output)]),
      ...(cached === 0 ? [] : [number('gen_ai.usage.cache_read.input_tokens', cached)]),
    ];
    const own = Object.entries(attributes).map(([key, value]) => text(key, value));
    const distinct = [...new Set(claims)];
    const named = distinct.length === 1 ? [text('claim.id', distinct[0]!)] : [];
    const tools = distinct.length === 1 ? [] : claims;
    const spans = [
      span(root, null, 'invoke_agent adjuster', [
        text('gen_ai.operation.name', 'invoke_agent'),
        text('workflow.name', 'claims'),
        ...named,
        ...own,
      ]),
      span(this.spanId(id), root, 'chat', [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.provider.name', 'prov'),
        text('gen_ai.request.model', 'm'),
        text('gen_ai.response.id', hex(`${this.tenant.tenantId} response ${id}`, 24)),
        ...usage,
        ...own,
      ]),
      ...(humanSeconds === undefined
        ? []
        : [
            {
              ...span(hex(`${this.tenant.tenantId} human ${id}`, 16), root, 'elicitation/create', [
                text('mcp.method.name', 'elicitation/create'),
              ]),
              endTimeUnixNano: (startNs + BigInt(humanSeconds) * 1_000_000_000n).toString(),
            },
          ]),
      ...tools.map((claim, n) =>
        span(hex(`${this.tenant.tenantId} tool ${n} ${id}`, 16), root, 'execute_tool lookup', [
          text('gen_ai.operation.name', 'execute_tool'),
          text('gen_ai.tool.name', 'lookup'),
          text('claim.id', claim),
        ]),
      ),
    ];
    const answer = await fetch(`${this.service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'office' }, spans }] }] }),
    });
    if (answer.status !== 200)
      throw new Error(`spans were answered with ${answer.status}: ${await answer.text()}`);
  }

  async tell(verb: string, claim: string, at: string, value?: string): Promise<void> {
    await this.post(
      '/v1/outcomes',
      {
        specversion: '1.0',
        id: `event ${(this.events += 1)}`,
        source: '/office',
        type: `claim.${verb}`,
        subject: claim,
        time: at,
        data: value === undefined ? {} : { value: { amount: value, currency: 'USD' } },
      },
      'application/cloudevents+json',
    );
  }

  async post(path: string, body: object, contentType = 'application/json'): Promise<any> {
    const answer = await this.ask(path, { body, headers: { 'content-type': contentType } });
    if (answer.status >= 300)
      throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  ask<Body = any>(
    path: string,
    call: { body?: object; method?: string; headers?: Record<string, string>; key?: string } = {},
  ): Promise<Answer<Body>> {
    return this.service.api.call<Body>(path, { key: this.key, ...call });
  }

  /** Works everything off; the books must be in order. */
  async settle(): Promise<void> {
    await this.service.settle();
    const violations = await this.service.check(this.tenant.tenantId);
    if (violations.length > 0) throw new Error(`the books are not in order: ${JSON.stringify(violations)}`);
  }

  /** Every balance that is not 0: `account work-item-key`, in units of its asset; USD where none is named. */
  async balances(): Promise<Record<string, string>> {
    const { rows } = await this.service.database.db.query<{
      account: string;
      key: string;
      asset: string;
      amount: string;
    }>(
      `SELECT account, split_part(coalesce(work_item_ref, ''), ':', 3) AS key, asset, sum(amount) AS amount
         FROM ledger_entries WHERE tenant_id = $1 GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 ORDER BY 1, 2, 3`,
      [this.tenant.tenantId],
    );
    return Object.fromEntries(
      rows.map(({ account, key, asset, amount }) => [
        [account, key, asset === 'USD/12' ? '' : asset].filter((part) => part !== '').join(' '),
        asset.endsWith('/0') ? amount : formatPico(BigInt(amount)),
      ]),
    );
  }

  /** Balances without memorandum accounts: those of cost and of what is owed. */
  async cost(): Promise<Record<string, string>> {
    return Object.fromEntries(Object.entries(await this.balances()).filter(([name]) => /^\d/.test(name)));
  }

  /** Codes of the transactions a cause posted, in order; every posting of it counted once. */
  async codes(): Promise<string[]> {
    const { rows } = await this.service.database.db.query<{ code: string }>(
      'SELECT DISTINCT code FROM ledger_transactions WHERE tenant_id = $1 ORDER BY code',
      [this.tenant.tenantId],
    );
    return rows.map(({ code }) => code);
  }
}
