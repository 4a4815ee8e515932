// Goal: what stands at a work item besides the calls of its agents (cost lines and their corrections, minutes and the rates
// that price them, hand-overs, shares of pools) comes to the same in any order, worked off in between or not, told twice
// or not, with pools divided at any moment. Only versions of one policy follow each other: of those valid at a time the
// newest is in force, so which of them is told later is part of what is said.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ClaimsOffice } from '../support/claims-office.ts';
import { fuzzRuns } from '../support/otlp-arbitrary.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

type Fact = (office: ClaimsOffice) => Promise<unknown>;

const at = (day: number, hour = 9): string =>
  `2025-10-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
const call =
  (id: string, claims: readonly string[], day: number, dollars: number, more: object = {}): Fact =>
  (office) =>
    office.call({ id, claims, at: at(day), input: dollars * 1_000_000, output: 0, ...more });
const line =
  (id: string, claim: string, rest: object): Fact =>
  (office) =>
    office.post('/v1/cost-lines', {
      lines: [
        {
          source: '/desk',
          id,
          workItem: { kind: 'claim', key: claim },
          kind: 'human',
          occurredAt: at(5, 10),
          ...rest,
        },
      ],
    });
const policy =
  (name: string, validFrom: string, rule: object): Fact =>
  (office) =>
    office.post('/v1/policies', { name, validFrom, rule });
const event =
  (verb: string, claim: string, day: number): Fact =>
  (office) =>
    office.tell(verb, claim, at(day, 12));
const divide: Fact = (office) => office.post('/v1/pools/allocations', { month: '2025-10' });

const MINUTES = { quantity: '7', unit: 'minute', role: 'adjuster' };
const BEGINNING = '2025-01-01T00:00:00Z';
const rates = (amountPerHour: string): object => ({
  rates: [{ role: 'adjuster', currency: 'USD', amountPerHour }],
  handedOff: { role: 'adjuster', minutes: '10' },
  humanSteps: { role: 'adjuster' },
});

const LOWER = policy('labour_rates', BEGINNING, rates('30'));
const RAISED = policy('labour_rates', '2025-10-10T00:00:00Z', rates('60'));

/** Each may be told again, but for an event, which another telling would be another one. */
const FACTS: readonly (readonly [fact: Fact, again: boolean])[] = [
  [call('a', ['C1'], 3, 1), true],
  [call('b', ['C1'], 4, 2, { humanSeconds: 600 }), true],
  [call('c', ['C2', 'C3'], 5, 3), true],
  [call('eval', ['C9'], 6, 5, { attributes: { purpose: 'eval' } }), true],
  [event('processed', 'C1', 7), false],
  [event('reopened', 'C1', 8), false],
  [event('processed', 'C1', 9), false],
  [event('handed_off', 'C2', 8), false],
  [event('failed', 'C2', 9), false],
  [line('m', 'C1', MINUTES), true],
  [line('m2', 'C1', { ...MINUTES, quantity: '9', supersedes: 'm' }), true],
  [line('late', 'C1', { ...MINUTES, occurredAt: at(20) }), true],
  [
    line('fee', 'C2', {
      kind: 'tool_fee',
      amount: { amount: '0.70', currency: 'USD' },
      billedBy: 'registry',
    }),
    true,
  ],
  [line('alone', 'C4', { amount: { amount: '3', currency: 'USD' } }), true],
  [LOWER, false],
  [RAISED, false],
  [policy('placement', BEGINNING, { reopened: 'carry' }), false],
  [
    policy('overhead', BEGINNING, {
      pools: [{ pool: 'evals', match: { source: 'span', attribute: 'purpose', equals: 'eval' } }],
    }),
    false,
  ],
  [
    policy('pools', BEGINNING, {
      pools: [
        { pool: 'evals', driver: 'direct_cost' },
        {
          pool: 'gpu',
          driver: 'model_calls',
          declared: [{ source: 'lease', amountPerDay: '7', currency: 'USD' }],
          practicalCapacityPerDay: '0.5',
        },
      ],
    }),
    false,
  ],
];

const RATES: ReadonlySet<number> = new Set(
  [LOWER, RAISED].map((version) => FACTS.findIndex(([fact]) => fact === version)),
);

interface Telling {
  readonly facts: readonly number[];
  readonly order: readonly number[];
  readonly choices: readonly number[];
}

async function begin(): Promise<ClaimsOffice> {
  return ClaimsOffice.begin(service, 'prov,m,,,1,1,1,USD');
}

async function end(office: ClaimsOffice): Promise<unknown> {
  await office.settle();
  await divide(office);
  await office.settle();
  expect(await service.check(office.tenant.tenantId)).toEqual([]);
  return office.balances();
}

const shuffle = ({ facts, order }: Telling): number[] =>
  facts
    .map((fact, n) => ({ fact, at: order[n % order.length]! }))
    .sort((a, b) => a.at - b.at || a.fact - b.fact)
    .map(({ fact }) => fact);

/** Whatever the shuffled order is, but for which version of the rates is the newer one. */
async function tellInOrder(telling: Telling): Promise<unknown> {
  const office = await begin();
  const versions = shuffle(telling).filter((fact) => RATES.has(fact));
  for (const index of telling.facts) {
    const fact = RATES.has(index) ? versions.shift()! : index;
    await FACTS[fact]![0](office);
  }
  return end(office);
}

async function tellAnyhow(telling: Telling): Promise<unknown> {
  const office = await begin();
  const { choices } = telling;
  for (const [n, fact] of shuffle(telling).entries()) {
    const choice = choices[n % choices.length]!;
    const [tell, again] = FACTS[fact]!;
    await tell(office);
    if (choice % 3 === 0) await office.settle();
    if (choice % 5 === 0 && again) await tell(office);
    if (choice % 7 === 0) await divide(office);
  }
  return end(office);
}

const anyTelling: fc.Arbitrary<Telling> = fc.record({
  facts: fc.subarray(
    FACTS.map((_, index) => index),
    { minLength: 8 },
  ),
  order: fc.array(fc.nat(999), { minLength: FACTS.length, maxLength: FACTS.length }),
  choices: fc.array(fc.nat(104), { minLength: FACTS.length, maxLength: FACTS.length }),
});

test('cost lines, pools and rates in any order come to the same postings', async () => {
  await fc.assert(
    fc.asyncProperty(anyTelling, async (telling) => {
      expect(await tellAnyhow(telling)).toEqual(await tellInOrder(telling));
    }),
    // A telling is long: the first one that fails is shown as it is.
    { numRuns: fuzzRuns(3), endOnFailure: true },
  );
}, 1_200_000);
