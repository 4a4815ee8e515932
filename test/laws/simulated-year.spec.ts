// Goal: a year of a company closes month by month and ties to its invoices, and told in another order, or read again at
// the size of each closing, it comes to the same books.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SeededRandom } from '../../apps/cli/src/demo/seeded-random.ts';
import { Desk } from '../support/desk.ts';
import { play } from '../support/play-year.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { simulateYear, type SimulatedFact, type SimulatedYear } from '../support/simulated-year.ts';

/** `npm run nightly` simulates 200,000 work items. */
const ITEMS = Number(process.env['SIMULATED_ITEMS'] ?? 5000);
const SEED = 20_251_231n;
const MINUTES = 60_000;
const LIMIT_MS = (30 + ITEMS / 1000) * MINUTES;

const year = simulateYear(ITEMS, SEED);
/** Told in another order a bill is compared again and again: a smaller company shows the same. */
const smaller = simulateYear(Math.ceil(ITEMS / 10), SEED + 1n);
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

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

async function playInOrder(
  of: SimulatedYear,
  name: string,
): Promise<{ desk: Desk; inOrder: Record<string, bigint> }> {
  const desk = await Desk.begin(service, name);
  for (const { facts } of of.months) {
    for (const fact of facts) await play(desk, fact);
    await desk.settle();
  }
  return { desk, inOrder: await balancesOf(desk) };
}

test(
  'month by month: every bill ties, to the pico',
  async () => {
    const { desk, inOrder } = await playInOrder(year, 'year');
    expect(await service.check(desk.tenant.tenantId)).toEqual([]);
    for (const { provider, month, number, currency, totalPico } of year.bills) {
      expect({ number, payable: inOrder[`2100:payable:${provider}:${number} ${currency}/12`] }).toEqual({
        number,
        payable: -totalPico,
      });
      expect({ number, accrued: inOrder[`2000:accrued:${provider}:${month} ${currency}/12`] }).toEqual({
        number,
        accrued: undefined,
      });
    }
    // What was charged is what the prices of the end say of every trace, and variance is the rest of the bills.
    const charged = { USD: 0n, EUR: 0n };
    for (const [id, amountPico] of year.charged) charged[id.endsWith('USD') ? 'USD' : 'EUR'] += amountPico;
    for (const currency of ['USD', 'EUR'] as const) {
      const billed = year.bills.filter((bill) => bill.currency === currency);
      const total = billed.reduce((sum, { totalPico }) => sum + totalPico, 0n);
      expect(sumOf(inOrder, new RegExp(`^5[0-4].* ${currency}/12$`))).toBe(charged[currency]);
      expect(sumOf(inOrder, new RegExp(`^5900:.* ${currency}/12$`))).toBe(total - charged[currency]);
      // All of it has a name.
      expect(sumOf(inOrder, new RegExp(`^5900:variance:[a-z]+:unexplained ${currency}/12$`))).toBe(0n);
      expect(sumOf(inOrder, new RegExp(`^5900:variance:[a-z]+:rate ${currency}/12$`))).toBe(0n);
    }
  },
  LIMIT_MS,
);

test(
  'told in another order, with some of it told twice: the same books',
  async () => {
    const random = new SeededRandom(SEED + 1n);
    const desk = await Desk.begin(service, 'shuffled');
    const { inOrder } = await playInOrder(smaller, 'smaller');
    const facts = smaller.months.flatMap((month) => month.facts);
    const pieces = random.shuffle(facts.flatMap((fact) => cut(fact, random)));
    for (const [n, fact] of pieces.entries()) {
      await play(desk, fact);
      if (random.between(1, 10) === 1) await play(desk, fact);
      if (n % 20 === 0) await service.settle();
    }
    await desk.settle();
    expect(await balancesOf(desk)).toEqual(inOrder);
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
