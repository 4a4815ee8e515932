import { priceOfClass, type PicoPrices } from './class-price.ts';
import { effectiveRows } from './effective-rows.ts';
import { readTable } from './indexed-row.ts';
import { PRICE_CLASSES, type PriceClass, type PriceRow, type PriceTable } from './price-row.ts';
import { sortedJson } from './sorted-json.ts';

/** Which way a difference moves what a call costs. `mixed`: some of its classes one way, some another. */
export type PriceEffect =
  'dearer' | 'cheaper' | 'same' | 'now_priced' | 'now_unpriced' | 'other_currency' | 'mixed';

/** One price that differs; null where a side does not state one. Pico-units as decimal text. */
export interface PriceChange {
  readonly priceClass: PriceClass;
  /** Null for the base price, else the context tier above which it holds. */
  readonly aboveTokens: string | null;
  readonly before: string | null;
  readonly after: string | null;
  /** By what is charged, which for a class without a price of its own is that of another class. */
  readonly effect: PriceEffect;
}

/** One row of two books that differs, under the fact that it states. */
export interface BookChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: PriceRow | null;
  readonly after: PriceRow | null;
  readonly prices: readonly PriceChange[];
  /** Names of the other fields that differ (`validTo`, `match`, ...); empty unless changed. */
  readonly fields: readonly string[];
  readonly effect: PriceEffect;
}

const COMPARED = ['match', 'rank', 'resellers', 'validTo', 'asset', 'inputs', 'aliasOf'] as const;

/**
 * Compares what two sets of rows say, whatever book and version says it: rows are the same fact when provider,
 * model, start, daily window and service tier are equal.
 *
 * @returns what differs, by provider, model, start, window and tier
 */
export function diffBooks(before: readonly PriceRow[], after: readonly PriceRow[]): BookChange[] {
  const old = byFact(before);
  const fresh = byFact(after);
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((key) => {
    const change = compare(old.get(key) ?? null, fresh.get(key) ?? null);
    return change.kind === 'changed' && change.prices.length + change.fields.length === 0 ? [] : [change];
  });
}

function byFact(rows: readonly PriceRow[]): Map<string, PriceRow> {
  return new Map(
    effectiveRows(rows).map((row) => [
      JSON.stringify([row.provider, row.model, row.validFrom, row.dailyWindow, row.serviceTier]),
      row,
    ]),
  );
}

function compare(before: PriceRow | null, after: PriceRow | null): BookChange {
  const prices = priceChanges(before, after);
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  const fields =
    before === null || after === null
      ? []
      : COMPARED.filter((field) => sortedJson(before[field] ?? null) !== sortedJson(after[field] ?? null));
  const isOtherCurrency = fields.includes('asset');
  return {
    kind,
    before,
    after,
    prices,
    fields,
    effect: isOtherCurrency ? 'other_currency' : effectOf(prices),
  };
}

function effectOf(prices: readonly PriceChange[]): PriceEffect {
  const effects = new Set(prices.map(({ effect }) => effect).filter((effect) => effect !== 'same'));
  const [only = 'same'] = effects;
  return effects.size > 1 ? 'mixed' : only;
}

const NO_TABLE: PriceTable = {};

function priceChanges(before: PriceRow | null, after: PriceRow | null): PriceChange[] {
  const tiers = [...(before?.contextTiers ?? []), ...(after?.contextTiers ?? [])];
  const thresholds = [...new Set(tiers.map(({ aboveTokens }) => aboveTokens))].sort((a, b) =>
    Number(BigInt(a) - BigInt(b)),
  );
  return [null, ...thresholds].flatMap((aboveTokens) => {
    const [a, b] = [before, after].map((row) => tableOf(row, aboveTokens));
    return PRICE_CLASSES.filter((each) => a![each] !== b![each]).map((priceClass): PriceChange => {
      const [was, is] = [before, after].map((row) => chargedFor(row, aboveTokens, priceClass));
      const stated = { before: a![priceClass] ?? null, after: b![priceClass] ?? null };
      const isOtherCurrency = before !== null && after !== null && before.asset !== after.asset;
      const effect = isOtherCurrency ? 'other_currency' : direction(was ?? null, is ?? null);
      return { priceClass, aboveTokens, ...stated, effect };
    });
  });
}

function tableOf(row: PriceRow | null, aboveTokens: string | null): PriceTable {
  if (row === null) return NO_TABLE;
  if (aboveTokens === null) return row.prices;
  return row.contextTiers.find((tier) => tier.aboveTokens === aboveTokens)?.prices ?? NO_TABLE;
}

/** What a row charges for a class above a threshold: by the tiers up to it and the fallbacks of the class. */
function chargedFor(row: PriceRow | null, aboveTokens: string | null, priceClass: PriceClass): bigint | null {
  if (row === null) return null;
  const reached = row.contextTiers
    .filter((tier) => aboveTokens !== null && BigInt(tier.aboveTokens) <= BigInt(aboveTokens))
    .sort((a, b) => Number(BigInt(a.aboveTokens) - BigInt(b.aboveTokens)));
  const table = reached.reduce<PicoPrices>(
    (below, tier) => ({ ...below, ...readTable(tier.prices) }),
    readTable(row.prices),
  );
  return priceOfClass([table], priceClass)?.pricePico ?? null;
}

function direction(was: bigint | null, is: bigint | null): PriceEffect {
  if (was === is) return 'same';
  if (was === null) return 'now_priced';
  if (is === null) return 'now_unpriced';
  return is > was ? 'dearer' : 'cheaper';
}
