import { SeededRandom } from '../../apps/cli/src/demo/seeded-random.ts';

/** One model call's trace as the company's agents export it: agent, call, tool. */
export interface SimulatedTrace {
  readonly id: string;
  readonly workflow: Workflow;
  readonly key: string;
  readonly startedAtMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface SimulatedEvent {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly verb: string;
  readonly atMs: number;
}

/** A price from a day on, per million tokens; whole micro-units, so that it is exact in pico per token. */
export interface SimulatedPrice {
  readonly provider: string;
  readonly model: string;
  readonly currency: 'USD' | 'EUR';
  readonly validFrom: string;
  readonly validTo: string;
  readonly inputMicro: number;
  readonly outputMicro: number;
}

/** What a euro is worth in dollars from a day on. */
export interface SimulatedRate {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** Hundredths of a dollar. */
  readonly cents: number;
}

export interface SimulatedBill {
  readonly provider: string;
  /** `YYYY-MM` */
  readonly month: string;
  readonly number: string;
  readonly currency: SimulatedPrice['currency'];
  readonly lines: readonly {
    readonly model: string;
    readonly tokenClass: 'in_uncached' | 'output';
    readonly quantity: bigint;
    readonly amountPico: bigint;
  }[];
  readonly taxPico: bigint;
  readonly totalPico: bigint;
  /** Where it is for charges in another currency; null = they are in its own. */
  readonly foreign: ForeignBill | null;
}

/** An invoice in euros for what is charged in dollars. */
export interface ForeignBill {
  readonly chargedIn: 'USD';
  /** Euros for a dollar, as the invoice states. */
  readonly statedRate: string;
  /** What it is payable for in dollars, by the rate of the books for the last day of its month. */
  readonly bookedPico: bigint;
}

/** Something the company learns, on the day it learns it. */
export type SimulatedFact =
  | { readonly what: 'traces'; readonly traces: readonly SimulatedTrace[] }
  | { readonly what: 'events'; readonly events: readonly SimulatedEvent[] }
  | { readonly what: 'prices'; readonly prices: readonly SimulatedPrice[] }
  | { readonly what: 'rate'; readonly rate: SimulatedRate }
  | { readonly what: 'bill'; readonly bill: SimulatedBill };

export interface SimulatedMonth {
  /** `YYYY-MM` */
  readonly month: string;
  /** In the order they are learnt, until the month is closed. */
  readonly facts: readonly SimulatedFact[];
}

export interface SimulatedYear {
  readonly months: readonly SimulatedMonth[];
  readonly items: number;
  /** What the providers bill in all; by the true prices, whatever the company knew when. */
  readonly bills: readonly SimulatedBill[];
  /** Σ charges by currency at the prices that hold in the end, for everything that was traced. */
  readonly charged: Readonly<Record<'USD' | 'EUR', bigint>>;
  /** The same in dollars, by the rate of the day each euro was used on; whole picos, because rates have two places. */
  readonly chargedInUsd: bigint;
}

interface Workflow {
  readonly name: string;
  readonly kind: 'ticket' | 'claim';
  readonly provider: string;
  readonly model: string;
  readonly tokens: readonly [number, number];
}

const WORKFLOWS: readonly Workflow[] = [
  { name: 'refund', kind: 'ticket', provider: 'openai', model: 'sim-small', tokens: [800, 4_000] },
  { name: 'delivery', kind: 'ticket', provider: 'openai', model: 'sim-small', tokens: [500, 3_000] },
  { name: 'password', kind: 'ticket', provider: 'openai', model: 'sim-mini', tokens: [200, 900] },
  { name: 'complaint', kind: 'ticket', provider: 'anthropic', model: 'sim-large', tokens: [2_000, 12_000] },
  { name: 'glass', kind: 'claim', provider: 'anthropic', model: 'sim-large', tokens: [4_000, 20_000] },
  { name: 'storm', kind: 'claim', provider: 'anthropic', model: 'sim-large', tokens: [6_000, 30_000] },
  { name: 'theft', kind: 'claim', provider: 'mistral', model: 'sim-euro', tokens: [3_000, 15_000] },
  { name: 'liability', kind: 'claim', provider: 'mistral', model: 'sim-euro', tokens: [5_000, 25_000] },
];
const DAY_MS = 86_400_000;
const YEAR = 2025;
const MICRO_PER_PICO_TOKEN = 1n; // micro-units a million tokens are pico-units a token
const CENT_PICO = 10_000_000_000n;

const price = (
  provider: string,
  model: string,
  currency: SimulatedPrice['currency'],
  [validFrom, validTo]: readonly [string, string],
  inputMicro: number,
  outputMicro: number,
): SimulatedPrice => ({ provider, model, currency, validFrom, validTo, inputMicro, outputMicro });

const ALWAYS = ['', ''] as const;
/** As first learnt. `sim-large` is listed too dear for September and later. */
const FIRST_PRICES: readonly SimulatedPrice[] = [
  price('openai', 'sim-small', 'USD', ALWAYS, 3_000_000, 15_000_000),
  price('openai', 'sim-mini', 'USD', ALWAYS, 150_000, 600_000),
  price('anthropic', 'sim-large', 'USD', ALWAYS, 5_000_000, 25_000_000),
  price('mistral', 'sim-euro', 'EUR', ALWAYS, 2_000_000, 6_000_000),
];
/** Learnt in April, from May on. */
const MAY_PRICES = [price('openai', 'sim-small', 'USD', [`${YEAR}-05-01`, ''], 2_500_000, 10_000_000)];
/** Learnt in October: a contract from September on. */
const CONTRACT_PRICES = [
  price('anthropic', 'sim-large', 'USD', [`${YEAR}-09-01`, ''], 4_000_000, 20_000_000),
];

/** What a call costs by the prices that hold in the end. */
function truePrice({ workflow, startedAtMs }: SimulatedTrace): SimulatedPrice {
  const day = new Date(startedAtMs).toISOString().slice(0, 10);
  const all = [...FIRST_PRICES, ...MAY_PRICES, ...CONTRACT_PRICES];
  return all.findLast(({ model, validFrom }) => model === workflow.model && validFrom <= day)!;
}

const monthOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 7);

/** A fact and when it is learnt. */
interface Learnt {
  readonly atMs: number;
  readonly trace?: SimulatedTrace;
  readonly event?: SimulatedEvent;
}

/**
 * A year of a mid-sized company: eight workflows, three providers, one of them priced in euros; late exports, outcomes
 * that come weeks later, reopened items, a price that falls in May, a contract that is learnt a month late, and a bill
 * a month and provider with usage that nobody traced, of three months in euros for what is charged in dollars. The same seed gives the same year on every machine.
 *
 * @param items work items, spread over the year
 */
export function simulateYear(items: number, seed: bigint): SimulatedYear {
  const random = new SeededRandom(seed);
  const learnt: Learnt[] = [];
  const traces: SimulatedTrace[] = [];
  const begin = Date.UTC(YEAR, 0, 1);
  const spread = 364 * DAY_MS;
  for (let n = 0; n < items; n += 1) {
    const createdAtMs = begin + Math.floor((spread / items) * n) + random.between(0, 3_600_000);
    liveOf(random, n, createdAtMs, learnt, traces);
  }
  const own = billsOf(random, traces);
  const rates = Array.from({ length: 12 }, (_, index) => ({
    day: `${monthOf(Date.UTC(YEAR, index, 1))}-01`,
    cents: random.between(102, 118),
  }));
  const bills = own.map((bill) => billInEuros(bill, rates));
  return {
    months: monthsOf(learnt, bills, rates),
    items,
    bills,
    ...chargedOf(traces, rates),
  };
}

/** What happens to one work item, and when the company learns it. */
function liveOf(
  random: SeededRandom,
  n: number,
  createdAtMs: number,
  learnt: Learnt[],
  traces: SimulatedTrace[],
): void {
  const workflow = random.pick(WORKFLOWS);
  const key = `${workflow.name}-${n}`;
  const attempt = (startedAtMs: number): void => {
    const inputTokens = random.between(...workflow.tokens);
    const trace: SimulatedTrace = {
      id: random.hex(32),
      workflow,
      key,
      startedAtMs,
      inputTokens,
      outputTokens: random.between(20, 900),
    };
    traces.push(trace);
    const delayMs = random.between(1, 100) === 1 ? random.between(20, 40) * DAY_MS : 60_000;
    learnt.push({ atMs: startedAtMs + delayMs, trace });
  };
  const tell = (verb: string, atMs: number, mayBeLate: boolean): void => {
    const event: SimulatedEvent = { id: random.hex(24), kind: workflow.kind, key, verb, atMs };
    const delayMs = mayBeLate && random.between(1, 20) === 1 ? random.between(20, 40) * DAY_MS : 1_000;
    learnt.push({ atMs: atMs + delayMs, event });
  };
  attempt(createdAtMs);
  const end = Date.UTC(YEAR + 1, 0, 1) - DAY_MS;
  const doneAtMs = createdAtMs + random.between(1, 240) * 3_600_000;
  const fate = random.between(1, 100);
  // Some items are still open when the year ends.
  if (fate <= 4 || doneAtMs > end) return;
  if (fate <= 12) return tell('failed', doneAtMs, true);
  tell('resolved', doneAtMs, true);
  const againAtMs = doneAtMs + random.between(3, 15) * DAY_MS;
  if (fate > 18 || againAtMs + DAY_MS > end) return;
  tell('reopened', againAtMs, false);
  attempt(againAtMs + 3_600_000);
  tell('resolved', againAtMs + 7_200_000, true);
}

/** What each provider bills for a month: everything that was used, a little of it traced by nobody, and tax. */
function billsOf(random: SeededRandom, traces: readonly SimulatedTrace[]): SimulatedBill[] {
  const usage = new Map<string, { price: SimulatedPrice; month: string; input: bigint; output: bigint }>();
  for (const trace of traces) {
    const used = truePrice(trace);
    const month = monthOf(trace.startedAtMs);
    const id = `${month} ${used.provider} ${used.model}`;
    const known = usage.get(id) ?? { price: used, month, input: 0n, output: 0n };
    known.input += BigInt(trace.inputTokens);
    known.output += BigInt(trace.outputTokens);
    usage.set(id, known);
  }
  const own = new Map<
    string,
    { readonly month: string; readonly of: SimulatedPrice; readonly lines: SimulatedBill['lines'][number][] }
  >();
  for (const { price: used, month, input, output } of [...usage.values()].sort((a, b) =>
    compareText(a.month, b.month),
  )) {
    const id = `${month} ${used.provider} ${used.currency}`;
    const untraced = BigInt(random.between(0, 20_000));
    const line = (tokenClass: 'in_uncached' | 'output', quantity: bigint, micro: number) => ({
      model: used.model,
      tokenClass,
      quantity,
      amountPico: quantity * BigInt(micro) * MICRO_PER_PICO_TOKEN,
    });
    const bill = own.get(id) ?? { month, of: used, lines: [] };
    own.set(id, bill);
    bill.lines.push(
      line('in_uncached', input + untraced, used.inputMicro),
      line('output', output, used.outputMicro),
    );
  }
  return [...own.values()].map(({ month, of: { provider, currency }, lines }, index) => {
    const net = lines.reduce((sum, { amountPico }) => sum + amountPico, 0n);
    const taxPico = provider === 'mistral' ? roundToCent((net * 20n) / 100n) : 0n;
    const totalPico = roundToCent(net + taxPico);
    return {
      provider,
      month,
      number: `INV-${YEAR}-${index + 1}`,
      currency,
      lines,
      taxPico,
      totalPico,
      foreign: null,
    };
  });
}

/** In these months openai bills the dollars that it charges in euros, at a rate of its own. */
const IN_EUROS = [`${YEAR}-07`, `${YEAR}-08`, `${YEAR}-09`];

/** Exact: every price is a multiple of five picos, and a euro of the books has whole hundredths of a dollar. */
function billInEuros(bill: SimulatedBill, rates: readonly SimulatedRate[]): SimulatedBill {
  if (bill.provider !== 'openai' || !IN_EUROS.includes(bill.month)) return bill;
  const toEuros = (amountPico: bigint): bigint => (amountPico * 4n) / 5n;
  const lines = bill.lines.map((line) => ({ ...line, amountPico: toEuros(line.amountPico) }));
  const totalPico = roundToCent(lines.reduce((sum, { amountPico }) => sum + amountPico, 0n));
  const { cents } = rates[Number(bill.month.slice(5)) - 1]!;
  const bookedPico = (totalPico * BigInt(cents)) / 100n;
  return {
    ...bill,
    currency: 'EUR',
    lines,
    totalPico,
    foreign: { chargedIn: 'USD', statedRate: '0.8', bookedPico },
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const roundToCent = (amountPico: bigint): bigint => ((amountPico + CENT_PICO / 2n) / CENT_PICO) * CENT_PICO;

function chargedOf(
  traces: readonly SimulatedTrace[],
  rates: readonly SimulatedRate[],
): Pick<SimulatedYear, 'charged' | 'chargedInUsd'> {
  const charged = { USD: 0n, EUR: 0n };
  let chargedInUsd = 0n;
  for (const trace of traces) {
    const used = truePrice(trace);
    const amountPico =
      BigInt(trace.inputTokens) * BigInt(used.inputMicro) +
      BigInt(trace.outputTokens) * BigInt(used.outputMicro);
    charged[used.currency] += amountPico;
    const { cents } = rates[new Date(trace.startedAtMs).getUTCMonth()]!;
    chargedInUsd += used.currency === 'USD' ? amountPico : (amountPico * BigInt(cents)) / 100n;
  }
  return { charged, chargedInUsd };
}

/** The books of a month are closed on the tenth of the next one; what is learnt later belongs to the next closing. */
function monthsOf(
  learnt: readonly Learnt[],
  bills: readonly SimulatedBill[],
  rates: readonly SimulatedRate[],
): SimulatedMonth[] {
  const sorted = [...learnt].sort((a, b) => a.atMs - b.atMs);
  return Array.from({ length: 12 }, (_, index) => {
    const month = monthOf(Date.UTC(YEAR, index, 1));
    const from = index === 0 ? Number.NEGATIVE_INFINITY : Date.UTC(YEAR, index, 10);
    const to = index === 11 ? Number.POSITIVE_INFINITY : Date.UTC(YEAR, index + 1, 10);
    const own = sorted.filter(({ atMs }) => atMs >= from && atMs < to);
    const facts: SimulatedFact[] = [
      { what: 'rate', rate: rates[index]! },
      ...(index === 0 ? [{ what: 'prices' as const, prices: FIRST_PRICES }] : []),
      ...(index === 3 ? [{ what: 'prices' as const, prices: MAY_PRICES }] : []),
      ...(index === 9 ? [{ what: 'prices' as const, prices: CONTRACT_PRICES }] : []),
      { what: 'traces', traces: own.flatMap(({ trace }) => trace ?? []) },
      { what: 'events', events: own.flatMap(({ event }) => event ?? []) },
      ...bills.filter((bill) => bill.month === month).map((bill) => ({ what: 'bill' as const, bill })),
    ];
    return { month, facts };
  });
}
