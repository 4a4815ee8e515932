import { effectiveRows } from './effective-rows.ts';
import { PRICE_CLASSES, type PriceClass, type PriceRow, type PriceTable } from './price-row.ts';

/** One price that differs; null where a side has none. Pico-units as decimal text. */
export interface PriceChange {
  readonly priceClass: PriceClass;
  /** Null for the base price, else the context tier above which it holds. */
  readonly aboveTokens: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ChangedRow {
  readonly before: PriceRow;
  readonly after: PriceRow;
  readonly prices: readonly PriceChange[];
  /** Names of the other fields that differ (`validTo`, `match`, ...). */
  readonly fields: readonly string[];
}

export interface BookDiff {
  readonly added: readonly PriceRow[];
  readonly removed: readonly PriceRow[];
  readonly changed: readonly ChangedRow[];
}

const COMPARED = ['match', 'rank', 'resellers', 'validTo', 'asset', 'inputs'] as const;

/**
 * Compares what two sets of rows say, whatever book and version says it: rows are the same fact when provider,
 * model, start, daily window and service tier are equal. Ordered by provider, model, start.
 */
export function diffBooks(before: readonly PriceRow[], after: readonly PriceRow[]): BookDiff {
  const old = byFact(before);
  const fresh = byFact(after);
  const keys = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  const added: PriceRow[] = [];
  const removed: PriceRow[] = [];
  const changed: ChangedRow[] = [];
  for (const key of keys) {
    const [a, b] = [old.get(key), fresh.get(key)];
    if (a === undefined && b !== undefined) added.push(b);
    else if (b === undefined && a !== undefined) removed.push(a);
    else if (a !== undefined && b !== undefined) {
      const change = { before: a, after: b, prices: priceChanges(a, b), fields: fieldChanges(a, b) };
      if (change.prices.length + change.fields.length > 0) changed.push(change);
    }
  }
  return { added, removed, changed };
}

function byFact(rows: readonly PriceRow[]): Map<string, PriceRow> {
  return new Map(
    effectiveRows(rows).map((row) => [
      JSON.stringify([row.provider, row.model, row.validFrom, row.dailyWindow, row.serviceTier]),
      row,
    ]),
  );
}

function fieldChanges(before: PriceRow, after: PriceRow): string[] {
  return COMPARED.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

function priceChanges(before: PriceRow, after: PriceRow): PriceChange[] {
  const tierOf = (row: PriceRow, aboveTokens: string) =>
    row.contextTiers.find((tier) => tier.aboveTokens === aboveTokens)?.prices ?? {};
  const thresholds = [...before.contextTiers, ...after.contextTiers].map((tier) => tier.aboveTokens);
  const sorted = [...new Set(thresholds)].sort((a, b) => Number(BigInt(a) - BigInt(b)));
  return [
    ...tableChanges(before.prices, after.prices, null),
    ...sorted.flatMap((above) => tableChanges(tierOf(before, above), tierOf(after, above), above)),
  ];
}

function tableChanges(before: PriceTable, after: PriceTable, aboveTokens: string | null): PriceChange[] {
  return PRICE_CLASSES.filter((priceClass) => before[priceClass] !== after[priceClass]).map((priceClass) => ({
    priceClass,
    aboveTokens,
    before: before[priceClass] ?? null,
    after: after[priceClass] ?? null,
  }));
}
