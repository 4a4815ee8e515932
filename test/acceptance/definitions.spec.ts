// Goal: what a definition says counts the same whether it or the events and spans it is about came first.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { makeTenant, type TestTenant } from '../support/api.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const STARTED_AT = Date.parse('2026-10-10T10:00:00Z');
const BEGINNING = '2000-01-01T00:00:00Z';
const DAY_MS = 86_400_000;

type Action =
  | { readonly spans: { readonly id: string; readonly keys: Record<string, string>; readonly atMs?: number } }
  | { readonly event: { readonly type: string; readonly atMs?: number; readonly data?: object } }
  | { readonly definition: { readonly verbs: Record<string, string>; readonly validFrom?: string } };

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

class Play {
  private constructor(
    readonly tenant: TestTenant,
    private readonly key: string,
  ) {}
  static async begin(): Promise<Play> {
    const tenant = await makeTenant(service.database.db, `definitions-${randomUUID()}`);
    const play = new Play(tenant, await tenant.key(['admin']));
    await play.post('/v1/key-mappings', {
      name: 'refunds',
      rule: { attribute: 'refund.id', kind: 'refund' },
    });
    return play;
  }

  async do(action: Action): Promise<void> {
    if ('spans' in action) return this.sendSpans(action.spans);
    if ('event' in action)
      return this.post('/v1/outcomes', {
        specversion: '1.0',
        id: `${action.event.type} ${action.event.atMs ?? 0}`,
        source: '/shop',
        type: action.event.type,
        subject: 'R1',
        time: new Date(STARTED_AT + 60_000 + (action.event.atMs ?? 0)).toISOString(),
        data: { ...action.event.data, value: { amount: '25', currency: 'USD' } },
      });
    return this.post('/v1/definitions', {
      name: 'refund',
      ...(action.definition.validFrom === undefined ? {} : { validFrom: action.definition.validFrom }),
      rule: { outcomeType: 'refund.paid', verbs: action.definition.verbs },
    });
  }

  private async post(path: string, body: object): Promise<void> {
    const headers = {
      'content-type': path === '/v1/outcomes' ? 'application/cloudevents+json' : 'application/json',
    };
    const answer = await service.api.call(path, { key: this.key, body, headers });
    if (answer.status >= 300)
      throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  private async sendSpans({
    id,
    keys,
    atMs = 0,
  }: {
    id: string;
    keys: Record<string, string>;
    atMs?: number;
  }) {
    const startNs = BigInt(STARTED_AT + atMs) * 1_000_000n;
    const traceId = id.padStart(32, '0');
    const span = {
      traceId,
      spanId: id.padStart(16, '0'),
      name: 'chat',
      kind: 3,
      startTimeUnixNano: startNs.toString(),
      endTimeUnixNano: (startNs + 1_000_000_000n).toString(),
      attributes: [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.provider.name', 'openai'),
        text('gen_ai.request.model', 'gpt-4o'),
        number('gen_ai.usage.input_tokens', 1_000_000),
        number('gen_ai.usage.output_tokens', 1),
        ...Object.entries(keys).map(([key, value]) => text(key, value)),
      ],
    };
    const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 't' }, spans: [span] }] }] }),
    });
    if (answer.status !== 200) throw new Error(`spans answered with ${answer.status}`);
  }

  /** Everything a report is made of, and what is left on the worklists. */
  async end() {
    const violations = await service.check(this.tenant.tenantId);
    if (violations.length > 0) throw new Error(`the books are not in order: ${JSON.stringify(violations)}`);
    const all = async (sql: string) =>
      (await service.database.db.query(sql, [this.tenant.tenantId])).rows.map((row) => Object.values(row));
    return {
      balances: await all(
        `SELECT account, split_part(coalesce(work_item_ref, ''), ':', 3) AS key, (sum(amount) > 0) AS is_debit FROM ledger_entries
          WHERE tenant_id = $1 AND account ~ '^[0-9]' GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2`,
      ),
      items: await all(
        `SELECT kind, key, phase, outcome_type, definition, event_count, trunc(value_amount / 1e12)::text AS value FROM work_items
          WHERE tenant_id = $1 ORDER BY kind, key`,
      ),
      setAside: await all(
        `SELECT kind, reason, detail ->> 'verb' AS verb FROM set_aside WHERE tenant_id = $1 AND cleared_at IS NULL
          ORDER BY 1, 2, 3`,
      ),
    };
  }
}

function* permutations<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield [];
  for (const [index, first] of list.entries())
    for (const rest of permutations(list.toSpliced(index, 1))) yield [first, ...rest];
}

const FIRST = { id: 'a1', keys: { 'refund.id': 'R1' } };
const PAID = { event: { type: 'refund.paid' } };
const ACHIEVED = { definition: { verbs: { paid: 'achieved' } } };
const COST = ['5200:outcome', 'R1', true];
const OWED = ['2000:accrued:openai:2026-10', '', false];

interface Expected {
  readonly balances: readonly unknown[][];
  readonly items: readonly unknown[][];
  readonly setAside: readonly unknown[][];
}

test.each<[string, Action[], Expected]>([
  [
    'an event, a call and the definition of their kind',
    [{ spans: FIRST }, PAID, ACHIEVED],
    {
      balances: [OWED, COST],
      items: [['refund', 'R1', 'achieved', 'refund.paid', 'refund@1', 1, '25']],
      setAside: [],
    },
  ],
  [
    'a conversation that an event of a kind without a definition names',
    [
      { spans: { id: 'b1', keys: { 'gen_ai.conversation.id': 'c1' } } },
      { event: { type: 'refund.paid', data: { conversationId: 'c1' } } },
      ACHIEVED,
    ],
    {
      balances: [OWED, COST],
      items: [['refund', 'R1', 'achieved', 'refund.paid', 'refund@1', 1, '25']],
      setAside: [],
    },
  ],
  [
    'a kind that nobody defines is a dimension',
    [
      { spans: FIRST },
      { spans: { id: 'b2', keys: { 'gen_ai.conversation.id': 'c1' } } },
      { event: { type: 'refund.paid', data: { conversationId: 'c1' } } },
    ],
    {
      balances: [OWED, ['5000:unattributed', '', true]],
      items: [],
      setAside: [
        ['unmatched_outcome', 'unknown_kind', 'paid'],
        ['unmatched_spend', 'names_no_work_item', null],
        ['unmatched_spend', 'names_no_work_item', null],
      ],
    },
  ],
  [
    'a definition from a later time on: what happened before it is set aside',
    [
      { spans: FIRST },
      { spans: { id: 'a2', keys: { 'refund.id': 'R1' }, atMs: 2 * DAY_MS } },
      PAID,
      { definition: { verbs: { paid: 'achieved' }, validFrom: '2026-10-11T00:00:00Z' } },
    ],
    {
      balances: [OWED, ['5000:unattributed', '', true], ['5100:work', 'R1', true]],
      items: [['refund', 'R1', 'open', 'refund.paid', 'refund@1', 0, null]],
      setAside: [
        ['unmatched_outcome', 'unknown_kind', 'paid'],
        ['unmatched_spend', 'names_no_work_item', null],
      ],
    },
  ],
  [
    'a definition dated in the future changes nothing of today',
    [
      { spans: FIRST },
      PAID,
      { definition: { verbs: { paid: 'achieved' }, validFrom: '2126-01-01T00:00:00Z' } },
    ],
    {
      balances: [OWED, ['5000:unattributed', '', true]],
      items: [['refund', 'R1', 'open', 'refund.paid', 'refund@1', 0, null]],
      setAside: [
        ['unmatched_outcome', 'unknown_kind', 'paid'],
        ['unmatched_spend', 'names_no_work_item', null],
      ],
    },
  ],
])(
  'any order of %s',
  async (_, actions, expected) => {
    for (const order of permutations(actions)) {
      const play = await Play.begin();
      for (const action of order) {
        await play.do(action);
        await service.settle();
      }
      expect({ order, ...(await play.end()) }).toEqual({ order, ...expected });
    }
  },
  120_000,
);

test('a later version that maps a further verb counts the events that came before it', async () => {
  const play = await Play.begin();
  const further = { definition: { verbs: { paid: 'achieved', denied: 'failed' }, validFrom: BEGINNING } };
  for (const action of [ACHIEVED, { spans: FIRST }, PAID, { event: { type: 'refund.denied', atMs: 60_000 } }])
    await play.do(action);
  await service.settle();
  expect(await play.end()).toEqual({
    balances: [OWED, COST],
    items: [['refund', 'R1', 'achieved', 'refund.paid', 'refund@1', 1, '25']],
    setAside: [['unmatched_outcome', 'unknown_verb', 'denied']],
  });
  await play.do(further);
  await service.settle();
  expect(await play.end()).toEqual({
    balances: [OWED, ['5300:waste:reopened', 'R1', true]],
    items: [['refund', 'R1', 'failed', 'refund.paid', 'refund@2', 2, null]],
    setAside: [],
  });
  await play.do({ definition: { verbs: { paid: 'achieved' }, validFrom: BEGINNING } });
  await service.settle();
  expect((await play.end()).setAside).toEqual([['unmatched_outcome', 'unknown_verb', 'denied']]);
});
