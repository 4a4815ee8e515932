import type { PriceRow } from './price-row.ts';

/** @returns the rows that count: the highest version of every key, without those withdrawn by it */
export function effectiveRows(rows: readonly PriceRow[]): PriceRow[] {
  const newest = new Map<string, PriceRow>();
  for (const row of rows) {
    const key = rowKey(row);
    const other = newest.get(key);
    if (
      other === undefined ||
      row.version > other.version ||
      (row.version === other.version && row.priceId < other.priceId)
    )
      newest.set(key, row);
  }
  return [...newest.values()].filter((row) => !row.isWithdrawn);
}

/** What makes two rows of different versions the same fact; also the name a price id is made from. */
export function rowKey(
  row: Pick<
    PriceRow,
    'tenantId' | 'book' | 'provider' | 'model' | 'validFrom' | 'dailyWindow' | 'serviceTier'
  >,
): string {
  const window = row.dailyWindow === null ? '' : `${row.dailyWindow.from}-${row.dailyWindow.to}`;
  return JSON.stringify([
    row.tenantId,
    row.book,
    row.provider,
    row.model,
    row.validFrom ?? '',
    window,
    row.serviceTier ?? '',
  ]);
}
