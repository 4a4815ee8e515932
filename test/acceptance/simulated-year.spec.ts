// Goal: a year of a company closes month by month and ties to its invoices, and told in another order, or read again at
// the size of each closing, it comes to the same books.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { canonicalJson, merkleRoot } from '#evidence';
import { formatPico, parsePico } from '#model';
import { SeededRandom } from '../../apps/cli/src/demo/seeded-random.ts';
import { closeMonth, type ClosedMonth } from '../support/close-month.ts';
import { Desk } from '../support/desk.ts';
import { play } from '../support/play-year.ts';
import { startTestService, type TestService } from '../support/service.ts';
import {
  simulateYear,
  type SimulatedBill,
  type SimulatedFact,
  type SimulatedMonth,
  type SimulatedYear,
} from '../support/simulated-year.ts';
import { PhaseClock, tellYear, type YearResult } from '../support/year-result.ts';

/** `npm run nightly` simulates 200,000 work items. */
const ITEMS = Number(process.env['SIMULATED_ITEMS'] ?? 5000);
const SEED = 20_251_231n;
const MINUTES = 60_000;
const LIMIT_MS = (30 + ITEMS / 1000) * MINUTES;

const year = simulateYear(ITEMS, SEED);
/** Told in another order a bill is compared again and again: a smaller company shows the same. */
const smaller = simulateYear(Math.max(250, Math.ceil(ITEMS / 20)), SEED + 1n);
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(async () => {
  if (isLived) tellYear(await resultOf(lived));
  await service.stop();
});
const clock = new PhaseClock();

/** Every account's balance, zero balances left out. */
async function balancesOf({ tenant: { tenantId } }: Desk): Promise<Record<string, bigint>> {
  const { rows } = await service.database.db.query<{ account: string; asset: string; amount: string }>(
    `SELECT account, asset, sum(amount)::text AS amount FROM positions WHERE tenant_id = $1
      GROUP BY account, asset HAVING sum(amount) <> 0 ORDER BY account, asset`,
    [tenantId],
  );
  return Object.fromEntries(
    rows.map(({ account, asset, amount }) => [`${account} ${asset}`, BigInt(amount)]),
  );
}

/** Σ of the balances whose account and asset match. */
const sumOf = (balances: Record<string, bigint>, pattern: RegExp): bigint =>
  Object.entries(balances).reduce(
    (sum, [account, amount]) => (pattern.test(account) ? sum + amount : sum),
    0n,
  );

/** What the books of a month were when it was closed, each as it was read then. */
interface MonthThen {
  readonly month: string;
  readonly closed: ClosedMonth;
  /** The very text of the trial balance, and of the way from the month before to this one. */
  readonly trialBalance: string;
  readonly bridge: string;
}

const booksOf = async (desk: Desk, month: string): Promise<Pick<MonthThen, 'trialBalance' | 'bridge'>> => ({
  trialBalance: await desk.text(`/v1/ledger/trial-balance?period=${month}`),
  bridge: await desk.text(`/v1/periods/${month}/bridge`),
});

/** Of the year that was told in order; the phases are of everything the suite did. */
async function resultOf({ desk, months }: typeof lived): Promise<YearResult> {
  const { rows } = await service.database.db.query<{ spans: bigint; transactions: bigint }>(
    `SELECT (SELECT count(*) FROM spans WHERE tenant_id = $1) AS spans,
            (SELECT count(*) FROM ledger_transactions WHERE tenant_id = $1) AS transactions`,
    [desk.tenant.tenantId],
  );
  const { spans, transactions } = rows[0]!;
  return {
    items: ITEMS,
    spans: Number(spans),
    transactions: Number(transactions),
    monthsClosed: months.length,
    ...clock.read(),
  };
}

/** A month is told, its close refused until it is worked through, then worked through and closed. */
async function live(desk: Desk, { month, facts }: SimulatedMonth): Promise<MonthThen> {
  await clock.time('tell', async () => {
    for (const fact of facts) await play(desk, fact);
  });
  const early = await desk.call(`/v1/periods/${month}/close`, { method: 'POST' });
  expect({ month, status: early.status }).toEqual({ month, status: 409 });
  await clock.time('work', () => service.settle());
  await clock.time('seal', () => desk.seal());
  const closed = await clock.time('close', () => closeMonth(desk, month));
  return { month, closed, ...(await clock.time('read', () => booksOf(desk, month))) };
}

/** A rate stands until the next month's. */
const RATES_OF_A_MONTH = { name: 'fx', validFrom: null, rule: { maxAgeDays: 31 } };

async function playInOrder(of: SimulatedYear, name: string): Promise<{ desk: Desk; months: MonthThen[] }> {
  const desk = await Desk.begin(service, name);
  await desk.post('/v1/policies', RATES_OF_A_MONTH);
  const months: MonthThen[] = [];
  for (const month of of.months) months.push(await live(desk, month));
  return { desk, months };
}

let lived: Awaited<ReturnType<typeof playInOrder>>;
let isLived = false;
test(
  'month by month: each is closed once its bills are in, and refused before it is worked through',
  async () => {
    lived = await playInOrder(year, 'year');
    isLived = true;
    expect(lived.months.map(({ month, closed: { state } }) => [month, state])).toEqual(
      year.months.map(({ month }) => [month, 'closed']),
    );
    const { tenantId } = lived.desk.tenant;
    expect(await clock.time('check', () => service.check(tenantId))).toEqual([]);
    expect(await clock.time('post again', () => service.drift(tenantId))).toEqual([]);
  },
  LIMIT_MS,
);

test('at its close every bill of the month is payable and nothing else of it is owed', () => {
  for (const { provider, month, number, currency, totalPico, foreign } of year.bills) {
    const { closed } = lived.months.find((each) => each.month === month)!;
    const closing = (account: string, of: string): string | undefined =>
      closed.trialBalance.find((row) => row.account === account && row.asset === `${of}/12`)?.closing;
    expect({
      number,
      payable: closing(`2100:payable:${provider}:${number}`, currency),
      accrued: closing(`2000:accrued:${provider}:${month}`, foreign?.chargedIn ?? currency),
    }).toEqual({ number, payable: `${-totalPico}`, accrued: '0' });
  }
});

const sumBills = (of: (bill: SimulatedBill) => bigint): bigint =>
  year.bills.reduce((sum, bill) => sum + of(bill), 0n);
/** What is billed for charges in a currency, in that currency, by the rates of the books. */
const billedFor = (currency: string): bigint =>
  sumBills(({ foreign, ...bill }) =>
    (foreign?.chargedIn ?? bill.currency) === currency ? (foreign?.bookedPico ?? bill.totalPico) : 0n,
  );

test('bills in euros for what is charged in dollars are booked by the rate of the books; the rest is fx', async () => {
  const foreign = year.bills.filter((bill) => bill.foreign !== null);
  expect(foreign.map(({ provider, month }) => `${provider} ${month}`)).toEqual([
    'openai 2025-07',
    'openai 2025-08',
    'openai 2025-09',
  ]);
  for (const { provider, month, number, totalPico, foreign: its } of foreign) {
    const { body } = await lived.desk.call(`/v1/reconciliation?provider=${provider}&period=${month}`);
    expect(body.items[0].comparisons).toMatchObject([
      {
        currency: 'USD',
        foreign: [
          {
            number,
            currency: 'EUR',
            billed: formatPico(totalPico),
            booked: formatPico(its!.bookedPico),
            statedRate: its!.statedRate,
            // A euro of the invoice is 1.25 dollars.
            fx: formatPico(its!.bookedPico - (totalPico * 5n) / 4n),
          },
        ],
      },
    ]);
  }
});

test('at the end the year ties to its invoices, to the pico, in each currency', async () => {
  const balances = await balancesOf(lived.desk);
  for (const currency of ['USD', 'EUR'] as const) {
    const of = (accounts: string): bigint => sumOf(balances, new RegExp(`^${accounts}.* ${currency}/12$`));
    const payable = sumBills((bill) => (bill.currency === currency ? bill.totalPico : 0n));
    const total = billedFor(currency);
    // What was charged is what the prices of the end say of every trace, and variance is the rest of the bills.
    expect({
      currency,
      placed: of('5[0-4]'),
      variance: of('5900:'),
      payable: of('2100:'),
      fx: of('2900:fx:'),
      accrued: of('2000:'),
      unexplained: of('5900:variance:[a-z]+:unexplained'),
      rate: of('5900:variance:[a-z]+:rate'),
    }).toEqual({
      currency,
      placed: year.charged[currency],
      variance: total - year.charged[currency],
      payable: -payable,
      // What is owed in euros for charges in dollars went through the position of both.
      fx: payable - total,
      accrued: 0n,
      unexplained: 0n,
      rate: 0n,
    });
  }
});

test(
  'in dollars the year is what each euro was worth on its day',
  async () => {
    const report = JSON.parse(
      await lived.desk.text('/v1/reports/cost-per-outcome?view=cohort&group_by=outcome_type&currency=USD'),
    );
    const money = (name: 'cost' | 'pendingCost'): bigint =>
      report.rows.reduce((sum: bigint, row: any) => sum + parsePico(row.inCurrency[name])!, 0n);
    expect(report.rows.flatMap((row: any) => row.inCurrency.missing)).toEqual([]);
    expect(formatPico(money('cost') + money('pendingCost'))).toBe(formatPico(year.chargedInUsd));
  },
  LIMIT_MS,
);

const BRIDGE_OUT = ['closingWorkInProgress', 'unattributed', 'overhead', 'writtenOff', 'variance', 'settled'];
test('the bridge of each month leads from the one before, and all that was charged comes out of it', () => {
  const standing = new Map<string, string>();
  const charged: Record<string, bigint> = {};
  for (const { month, bridge } of lived.months) {
    for (const row of JSON.parse(bridge).currencies) {
      const pico = (name: string): bigint => parsePico(row[name])!;
      const opening = standing.get(row.currency) ?? '0';
      expect({ month, opening: row.openingWorkInProgress }).toEqual({ month, opening });
      expect({ month, out: BRIDGE_OUT.reduce((sum, name) => sum + pico(name), 0n) }).toEqual({
        month,
        out: pico('openingWorkInProgress') + pico('charges') + pico('adjustments'),
      });
      standing.set(row.currency, row.closingWorkInProgress);
      charged[row.currency] = (charged[row.currency] ?? 0n) + pico('charges') + pico('adjustments');
    }
  }
  // All that is owed is charged: usage, and what the bills say beyond it.
  expect(charged).toEqual({ USD: billedFor('USD'), EUR: billedFor('EUR') });
});

test(
  'the history replays: at the size of each close the entries come to the trial balance of its leaf, to the letter',
  async () => {
    const { desk, months } = lived;
    const { items } = (await desk.call('/v1/periods')).body;
    expect(items).toEqual(months.map(({ closed }) => closed).reverse());
    for (const { month, closed, ...then } of months) {
      expect({ month, ...(await booksOf(desk, month)) }).toEqual({ month, ...then });
      expect({ month, replayed: await clock.time('replay', () => replay(desk, closed)) }).toEqual({
        month,
        replayed: closed.trialBalance,
      });
      expect({ month, ...(await closeLeaf(desk, month)) }).toMatchObject({
        month,
        size: closed.size,
        root: closed.root,
        trialBalance: {
          count: closed.trialBalance.length,
          root: merkleRoot(closed.trialBalance.map((row) => Buffer.from(canonicalJson(row)))).toString(
            'base64',
          ),
        },
      });
    }
  },
  LIMIT_MS,
);

/** The trial balance made again from the entries of the posting commits that stand among the first leaves. */
async function replay({ tenant }: Desk, { period, size }: ClosedMonth): Promise<ClosedMonth['trialBalance']> {
  const { rows } = await service.database.db.query<ClosedMonth['trialBalance'][number]>(
    `WITH moved AS (
       SELECT e.account, e.asset,
              coalesce(sum(e.amount) FILTER (WHERE t.period < $3), 0) AS opening,
              coalesce(sum(e.amount) FILTER (WHERE t.period = $3 AND e.amount > 0), 0) AS debit,
              coalesce(sum(e.amount) FILTER (WHERE t.period = $3 AND e.amount < 0), 0) AS credit,
              count(*) FILTER (WHERE t.period = $3) AS entries
         FROM ledger_batches b
         JOIN ledger_transactions t ON t.tenant_id = $1 AND t.batch_id = b.batch_id
         JOIN ledger_entries e ON e.tenant_id = $1 AND e.posting_id = t.posting_id AND e.txn_id = t.txn_id
        WHERE b.tenant_id = $1 AND b.leaf_index < $2 AND t.period <= $3 GROUP BY 1, 2)
     SELECT account, asset, opening::text, debit::text, (-credit)::text AS credit,
            (opening + debit + credit)::text AS closing
       FROM moved WHERE entries > 0 OR opening <> 0 ORDER BY asset COLLATE "C", account COLLATE "C"`,
    [tenant.tenantId, size, period],
  );
  return rows;
}

async function closeLeaf({ tenant }: Desk, period: string): Promise<object> {
  const { rows } = await service.database.db.query<{ entry: Buffer }>(
    `SELECT entry FROM leaves WHERE tenant_id = $1 AND kind = 'period.close' AND subject_id = $2`,
    [tenant.tenantId, period],
  );
  expect(rows.length).toBe(1);
  return JSON.parse(rows[0]!.entry.toString());
}

test(
  'told in another order, with some of it told twice: the same books',
  async () => {
    const random = new SeededRandom(SEED + 1n);
    const desk = await Desk.begin(service, 'shuffled');
    const inOrder = await playInOrder(smaller, 'smaller');
    const facts = smaller.months.flatMap((month) => month.facts);
    const pieces = random.shuffle(facts.flatMap((fact) => cut(fact, random)));
    for (const [n, fact] of pieces.entries()) {
      await play(desk, fact);
      if (random.between(1, 10) === 1) await play(desk, fact);
      if (n % 20 === 0) await service.settle();
    }
    await desk.post('/v1/policies', RATES_OF_A_MONTH);
    await desk.settle();
    expect(await balancesOf(desk)).toEqual(await balancesOf(inOrder.desk));
    expect(await service.check(desk.tenant.tenantId)).toEqual([]);
  },
  LIMIT_MS,
);

/** A fact in pieces, each in another order. */
function cut(fact: SimulatedFact, random: SeededRandom): SimulatedFact[] {
  const PIECES = 3;
  if (fact.what === 'traces') {
    const traces = random.shuffle(fact.traces);
    const size = Math.ceil(traces.length / PIECES);
    return Array.from({ length: PIECES }, (_, n) => ({
      what: 'traces',
      traces: traces.slice(n * size, (n + 1) * size),
    }));
  }
  if (fact.what !== 'events') return [fact];
  const events = random.shuffle(fact.events);
  const size = Math.ceil(events.length / PIECES);
  return Array.from({ length: PIECES }, (_, n) => ({
    what: 'events',
    events: events.slice(n * size, (n + 1) * size),
  }));
}
