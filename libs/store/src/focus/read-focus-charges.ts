import type { FocusCharge, PricedLine } from '#focus';
import type { Step, TraceId } from '#model';
import {
  buildPriceIndex,
  mayBeCharged,
  priceRowSchema,
  reproduceCharges,
  type PriceIndex,
  type PriceRow,
} from '#pricing';
import { parseStep } from '#trails';
import { readNewestSteps } from '../assemble/steps.ts';
import type { Client } from '../connection/database.ts';
import { readBookRows } from '../prices/read-book-rows.ts';
import { readRulePlaces } from '../trails/read-rules-at.ts';
import { readStepsAt } from '../trails/read-steps-at.ts';
import { readPricesById } from '../work-items/read-prices-by-id.ts';
import { readChargedPostings, type FocusQuery } from './read-charged-postings.ts';
import { readPlacedBalances, type PlacedBalance } from './read-placed-balances.ts';

/** A page of what stands charged, of whole postings. */
export interface FocusPage {
  readonly charges: readonly FocusCharge[];
  /** Ask for the next page after it; null = this is the last one. */
  readonly next: TraceId | null;
}

/**
 * The charges of calls of a usage day in [from, to), with their quantities, places and outcomes: all pages sum to what
 * was metered. Quantities are of the step records of the size that the books are read at.
 *
 * Where only some work items are asked for, the parts of a call that sit elsewhere are marked: its lines are of the whole.
 *
 * @param aliasBook the tenant's book that says what names of models mean
 * @param limit postings of a page
 */
export async function readFocusCharges(
  client: Client,
  tenantId: bigint,
  query: FocusQuery,
  {
    aliasBook,
    after,
    limit,
  }: { readonly aliasBook: string; readonly after: TraceId | null; readonly limit: number },
): Promise<FocusPage> {
  const postingIds = await readChargedPostings(client, tenantId, query, after, limit);
  const balances = await readPlacedBalances(client, tenantId, query, postingIds);
  const priceIds = [...new Set(balances.flatMap(({ priceId }) => priceId ?? []))];
  const stored = await readPricesById(client, tenantId, priceIds);
  const prices = new Map(stored.map(({ priceId, rule }) => [priceId, priceRowSchema.parse(rule)]));
  const steps = await readSteps(client, tenantId, postingIds, query.size);
  const indexes = new PriceIndexes(prices, await readAliases(client, tenantId, aliasBook, query.size));
  const refs = query.workItems === undefined ? null : new Set(query.workItems.refs);
  const charges = [...grouped(balances)].map((ofCharge) => toCharge(ofCharge, steps, indexes, refs));
  return { charges, next: postingIds.length < limit ? null : (postingIds.at(-1) ?? null) };
}

/** What names of models meant at the size, else now. */
async function readAliases(
  client: Client,
  tenantId: bigint,
  book: string,
  size: number | null,
): Promise<PriceRow[]> {
  if (size === null) return readBookRows(client, tenantId, book);
  const prefix = `price.book ${book}@`;
  const rules = [...(await readRulePlaces(client, tenantId, size)).keys()];
  const versions = rules.flatMap((rule) =>
    rule.startsWith(prefix) ? Number(rule.slice(prefix.length)) : [],
  );
  return readBookRows(client, tenantId, book, Math.max(0, ...versions));
}

const stepId = ({ traceId, spanId }: Pick<Step, 'traceId' | 'spanId'>): string => `${traceId} ${spanId}`;

async function readSteps(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number | null,
): Promise<Map<string, Step>> {
  const records =
    size === null
      ? (await readNewestSteps(client, tenantId, traceIds)).flatMap(({ role, record }) =>
          mayBeCharged(role, record) ? record : [],
        )
      : (await readStepsAt(client, tenantId, traceIds, size)).map(({ record }) => record);
  return new Map(records.map((record) => parseStep(record)).map((step) => [stepId(step), step]));
}

/** The balances of one call, model and currency each. */
function grouped(balances: readonly PlacedBalance[]): Iterable<readonly [PlacedBalance, ...PlacedBalance[]]> {
  const groups = new Map<string, [PlacedBalance, ...PlacedBalance[]]>();
  for (const balance of balances) {
    const { traceId, spanId, usageDay, provider, callModel, asset } = balance;
    const key = JSON.stringify([traceId, spanId, usageDay, provider, callModel, asset]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [balance]);
    else known.push(balance);
  }
  return groups.values();
}

function toCharge(
  balances: readonly [PlacedBalance, ...PlacedBalance[]],
  steps: ReadonlyMap<string, Step>,
  indexes: PriceIndexes,
  refs: ReadonlySet<string> | null,
): FocusCharge {
  const { traceId, usageDay, provider, callModel, asset } = balances[0];
  const step = steps.get(stepId(balances[0]));
  const owed = balances.filter(({ priceId }) => priceId !== null);
  const amountPico = -owed.reduce((sum, each) => sum + each.amountPico, 0n);
  const index = indexes.of(owed.map(({ priceId }) => priceId!));
  const standing = { provider, callModel, asset, amountPico };
  const charges = step === undefined ? null : reproduceCharges(step, standing, index);
  const lines = charges?.flatMap(({ priceId, lines: ofCharge }) =>
    ofCharge.map((line): PricedLine => ({ ...line, priceId })),
  );
  const parts = balances
    .filter(({ account }) => account.startsWith('5'))
    .map(({ workItemRef, ...part }) => ({
      ...part,
      isAside: refs !== null && (workItemRef === null || !refs.has(workItemRef)),
    }));
  return { traceId, usageDay, provider, callModel, asset, lines: lines ?? null, parts };
}

/** Look-ups of the rows that stand on a call; most calls stand on the same ones. */
class PriceIndexes {
  readonly #known = new Map<string, PriceIndex>();

  constructor(
    private readonly prices: ReadonlyMap<string, PriceRow>,
    private readonly aliases: readonly PriceRow[],
  ) {}

  of(priceIds: readonly string[]): PriceIndex {
    const ids = [...new Set(priceIds)].sort();
    const key = ids.join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const rows = ids.flatMap((id) => this.prices.get(id) ?? []);
    const made = buildPriceIndex([...rows, ...this.aliases]);
    this.#known.set(key, made);
    return made;
  }
}
