// Goal: items with one row of attempts, which reports read by a shorter way, are counted as those with several: whatever
// the items of a tenant look like, cost per outcome is what a plain computation over the same rows makes of them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  createTenant,
  inTenantSnapshot,
  readCostPerOutcome,
  type CostPerOutcomeQuery,
  type CostPerOutcomeRow,
} from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fuzzRuns } from '../support/otlp-arbitrary.ts';
import { seedItem, uuidOf, type SeedItem } from '../support/seed-spend.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const NOW = '2026-10-20T00:00:00Z';
const [SETTLED, BEFORE, WAITING] = ['2026-10-10T12:00:00Z', '2026-09-30T12:00:00Z', '2026-10-25T12:00:00Z'];
const TYPES = { ticket: 'ticket.resolved', claim: 'claim.processed' } as const;
const KEYS = ['workflow', 'outcome_type', 'team'] as const;
type Key = (typeof KEYS)[number];

interface Part {
  readonly minute: number;
  readonly usd?: string;
  readonly workflow: string;
  readonly team: string | null;
  readonly calls: number;
  readonly unpriced: number;
  readonly withoutUsage: number;
  readonly grade: string;
}
interface Item {
  readonly kind: keyof typeof TYPES;
  readonly phase: 'open' | 'achieved' | 'failed';
  readonly at: string;
  readonly attempts: readonly { readonly placement: string; readonly parts: readonly Part[] }[];
}

const traceOf = (item: number, attempt: number, part: number): string => `${item} ${attempt} ${part}`;
const startOf = ({ minute }: Part): string => `2026-10-09T08:${String(minute).padStart(2, '0')}:00Z`;

const dimensionsOf = ({ team }: Part): Record<string, string> => (team === null ? {} : { team });

const toSeed = ({ attempts, ...item }: Item, at: number): SeedItem => ({
  ...item,
  key: `I${at}`,
  attempts: attempts.map(({ placement, parts }, n) => ({
    placement,
    parts: parts.map((part, m) => ({
      ...part,
      trace: traceOf(at, n, m),
      startedAt: startOf(part),
      dimensions: dimensionsOf(part),
    })),
  })),
});

/** What an item has in one group. */
interface Cell {
  readonly group: readonly (string | null)[];
  readonly item: number;
  readonly type: string;
  readonly isSettled: boolean;
  readonly isAchieved: boolean;
  readonly attempts: readonly Attempt[];
}
interface Attempt {
  readonly first: Part | null;
  readonly parts: readonly Part[];
  readonly isDirect: boolean;
}

const picoOf = ({ usd }: Part): bigint => BigInt(Math.round(Number(usd ?? 0) * 1e6)) * 1_000_000n;
const sumOf = <Each>(all: readonly Each[], of: (each: Each) => bigint | number): bigint =>
  all.reduce((sum, each) => sum + BigInt(of(each)), 0n);
const costOf = (attempts: readonly Attempt[]): bigint => sumOf(attempts, ({ parts }) => sumOf(parts, picoOf));

/** The cells of all items that the report counts, one attempt at a time. */
function cellsOf(items: readonly Item[], keys: readonly Key[]): Cell[] {
  return items.flatMap((item, at): Cell[] => {
    const isFinal = item.phase !== 'open' && item.at <= NOW;
    if (isFinal ? item.at !== SETTLED : item.attempts.length === 0) return [];
    const attempts = item.attempts.map(({ placement, parts }, n): Attempt => {
      const order = parts
        .map((part, m) => ({ part, place: `${startOf(part)} ${uuidOf(traceOf(at, n, m))}` }))
        .sort((a, b) => (a.place < b.place ? -1 : 1));
      return { first: order[0]!.part, parts, isDirect: placement === 'outcome' };
    });
    const groupOf = (first: Part | null): (string | null)[] =>
      keys.map((key) => (key === 'outcome_type' ? TYPES[item.kind] : (first?.[key] ?? null)));
    const groups = attempts.length === 0 ? [groupOf(null)] : attempts.map(({ first }) => groupOf(first));
    return [...new Set(groups.map((group) => JSON.stringify(group)))].map((group) => ({
      group: JSON.parse(group),
      item: at,
      type: TYPES[item.kind],
      isSettled: isFinal,
      isAchieved: item.phase === 'achieved',
      attempts: attempts.filter(({ first }) => JSON.stringify(groupOf(first)) === group),
    }));
  });
}

function momentsOf(cells: readonly Cell[], idOf: (cell: Cell) => string): CostPerOutcomeRow['moments'] {
  const costs = new Map<string, { cost: bigint; isAchieved: boolean }>();
  for (const cell of cells) {
    const cost = (costs.get(idOf(cell))?.cost ?? 0n) + costOf(cell.attempts);
    costs.set(idOf(cell), { cost, isAchieved: cell.isAchieved });
  }
  const all = [...costs.values()];
  if (all.length === 0) return null;
  const achieved = all.filter(({ isAchieved }) => isAchieved);
  const moments = {
    items: BigInt(all.length),
    outcomes: BigInt(achieved.length),
    sum: sumOf(all, ({ cost }) => cost),
    sumOfSquares: sumOf(all, ({ cost }) => cost ** 2n),
    sumOfCubes: sumOf(all, ({ cost }) => cost ** 3n),
    achievedSum: sumOf(achieved, ({ cost }) => cost),
    maximum: all.reduce((most, { cost }) => (cost > most ? cost : most), 0n),
  };
  return { calls: moments, loaded: moments };
}

/** A row of the report over these cells. @param group null = the total */
function rowOf(cells: readonly Cell[], group: Cell['group'] | null, withMoments: boolean): CostPerOutcomeRow {
  const itemsOf = (some: readonly Cell[]): bigint => BigInt(new Set(some.map(({ item }) => item)).size);
  const attemptsOf = (some: readonly Cell[]) => some.flatMap(({ attempts }) => attempts);
  const partsOf = (some: readonly Cell[]) => attemptsOf(some).flatMap(({ parts }) => parts);
  const typesOf = (some: readonly Cell[]) => [...new Set(some.map(({ type }) => type))].sort();
  const costOfCells = (some: readonly Cell[]) => costOf(attemptsOf(some));
  const pricedOf = (some: readonly Cell[]) =>
    sumOf(partsOf(some), (part) => part.calls - part.unpriced - part.withoutUsage);
  const settled = cells.filter(({ isSettled }) => isSettled);
  const achieved = settled.filter(({ isAchieved }) => isAchieved);
  const pending = cells.filter(({ isSettled }) => !isSettled);
  const maturing = pending.filter(({ isAchieved }) => isAchieved);
  const none = {
    confirmed: 0n,
    assumed: 0n,
    contained: 0n,
    assisted: 0n,
    belowLowPico: 0n,
    doubtBpsPico: 0n,
  };
  return {
    ...none,
    group,
    workItems: itemsOf(settled),
    outcomes: itemsOf(achieved),
    workItemsWithoutSpend: itemsOf(settled.filter(({ attempts }) => attempts.length === 0)),
    outcomesWithoutSpend: itemsOf(achieved.filter(({ attempts }) => attempts.length === 0)),
    attempts: BigInt(attemptsOf(settled).length),
    attemptsWithoutUsage: BigInt(
      attemptsOf(settled).filter(
        ({ parts }) =>
          sumOf(parts, ({ calls }) => calls) === sumOf(parts, ({ withoutUsage }) => withoutUsage),
      ).length,
    ),
    calls: sumOf(partsOf(settled), ({ calls }) => calls),
    unpricedCalls: sumOf(partsOf(settled), ({ unpriced }) => unpriced),
    callsWithoutUsage: sumOf(partsOf(settled), ({ withoutUsage }) => withoutUsage),
    costPico: costOfCells(settled),
    directPico: costOf(attemptsOf(achieved).filter(({ isDirect }) => isDirect)),
    noOutcomePico: costOfCells(settled.filter(({ isAchieved }) => !isAchieved)),
    isEstimated: partsOf(settled).some(({ grade }) => grade !== 'metered'),
    isAllocated: false,
    hasOtherAssets: false,
    pendingItems: itemsOf(pending),
    pendingPico: costOfCells(pending),
    pendingPricedCalls: pricedOf(pending),
    outcomeTypes: group === null ? typesOf(cells) : [],
    settledTypes: typesOf(settled),
    maturingItems: itemsOf(maturing),
    maturingPico: costOfCells(maturing),
    maturingPricedCalls: pricedOf(maturing),
    moments: withMoments
      ? momentsOf(settled, (cell) => `${cell.item} ${group === null ? '' : JSON.stringify(cell.group)}`)
      : null,
  };
}

function reportOf(items: readonly Item[], keys: readonly Key[], withMoments: boolean): CostPerOutcomeRow[] {
  const cells = cellsOf(items, keys);
  const groups = [...new Set(cells.map(({ group }) => JSON.stringify(group)))].sort();
  return [
    rowOf(cells, null, withMoments),
    ...groups.map((group) =>
      rowOf(
        cells.filter((cell) => JSON.stringify(cell.group) === group),
        JSON.parse(group),
        withMoments,
      ),
    ),
  ];
}

let tenants = 0;
/** Seeds the items for a tenant of their own, and asks for each grouping with and without moments. */
async function compare(items: readonly Item[]): Promise<void> {
  const { db } = database;
  const tenantId = await createTenant(db, `cells-${(tenants += 1)}`);
  for (const [at, item] of items.entries()) await seedItem(db, tenantId, toSeed(item, at));
  for (const keys of [[], ['workflow'], ['team', 'outcome_type'], KEYS] as const)
    for (const withMoments of [false, true]) {
      const query: CostPerOutcomeQuery = {
        view: 'settled',
        fromDay: '2026-10-01',
        toDay: '2026-11-01',
        nowUs: BigInt(Date.parse(NOW)) * 1000n,
        outcomeType: null,
        groupBy: keys.map((name) => (name === 'team' ? { name, attribute: name } : { name })),
        size: null,
      };
      const [total, ...groups] = await inTenantSnapshot(db, tenantId, (client) =>
        readCostPerOutcome(client, tenantId, query, withMoments),
      );
      const sorted = groups
        .map((row) => ({ text: JSON.stringify(row.group), row }))
        .sort((a, b) => (a.text < b.text ? -1 : 1))
        .map(({ row }) => row);
      expect([total, ...sorted]).toEqual(reportOf(items, keys, withMoments));
    }
}

const part = (more: Partial<Part> = {}): Part => ({
  minute: 0,
  usd: '0.3',
  workflow: 'retail',
  team: null,
  calls: 3,
  unpriced: 1,
  withoutUsage: 1,
  grade: 'metered',
  ...more,
});
const item = (parts: readonly (readonly Part[])[], more: Partial<Item> = {}): Item => ({
  kind: 'ticket',
  phase: 'achieved',
  at: SETTLED,
  attempts: parts.map((each, n) => ({ placement: n === 0 ? 'outcome' : 'waste:retry', parts: each })),
  ...more,
});
const other = part({ minute: 7, usd: '0.07', workflow: 'claims', team: 'a', calls: 1, unpriced: 0 });

test.each<[string, Item[]]>([
  ['nothing at all', []],
  ['no attempt', [item([]), item([], { phase: 'failed' }), item([], { phase: 'open' })]],
  ['one row', [item([[part()]]), item([[other]], { kind: 'claim', phase: 'failed' })]],
  [
    'one row that waits, one that is open',
    [item([[part()]], { at: WAITING }), item([[part()]], { phase: 'open' })],
  ],
  ['one row, settled before', [item([[part()]], { at: BEFORE })]],
  ['several attempts of one group', [item([[part()], [part({ minute: 3 })]])]],
  ['several groups of one item', [item([[part()], [other]]), item([[part()]])]],
  [
    'an attempt in several rows stands where it began',
    [item([[other, part()]]), item([[part({ minute: 9 }), other]])],
  ],
  [
    'several rows that wait',
    [item([[part()], [other]], { at: WAITING }), item([[part(), other]], { phase: 'open' })],
  ],
  [
    'a row without cost beside one with',
    [item([[part({ usd: undefined, calls: 1, grade: 'estimated' })], [other]])],
  ],
])('%s', async (_, items) => {
  await compare(items);
});

const anyPart = fc
  .record({
    minute: fc.integer({ min: 0, max: 3 }),
    usd: fc.option(fc.constantFrom('0.000001', '0.25', '17.3'), { nil: undefined }),
    workflow: fc.constantFrom('retail', 'claims'),
    team: fc.constantFrom(null, 'a', 'b'),
    calls: fc.integer({ min: 0, max: 3 }),
    unpriced: fc.integer({ min: 0, max: 1 }),
    withoutUsage: fc.integer({ min: 0, max: 2 }),
    grade: fc.constantFrom('metered', 'metered', 'estimated'),
  })
  .map((each): Part => {
    const withoutUsage = Math.min(each.withoutUsage, each.calls);
    return { ...each, withoutUsage, unpriced: Math.min(each.unpriced, each.calls - withoutUsage) };
  });
const anyItem: fc.Arbitrary<Item> = fc.record({
  kind: fc.constantFrom('ticket', 'claim'),
  phase: fc.constantFrom('achieved', 'achieved', 'failed', 'open'),
  at: fc.constantFrom(SETTLED, SETTLED, BEFORE, WAITING),
  attempts: fc.array(
    fc.record({
      placement: fc.constantFrom('outcome', 'waste:retry'),
      parts: fc.array(anyPart, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});

test('any items', async () => {
  await fc.assert(fc.asyncProperty(fc.array(anyItem, { maxLength: 6 }), compare), { numRuns: fuzzRuns(25) });
}, 120_000);
