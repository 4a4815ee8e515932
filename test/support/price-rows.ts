import { issueRows, plainRow, type DraftRow, type PriceRow, type PriceTable } from '#pricing';

/** A price row of a test: of tenant 0 in version 1 of the book `list` unless said otherwise. */
export function priceRow(
  provider: string,
  model: string,
  prices: PriceTable,
  draft: Partial<DraftRow> = {},
  place: { readonly tenantId?: string; readonly book?: string; readonly version?: number } = {},
): PriceRow {
  const { tenantId = '0', book = 'list', version = 1 } = place;
  const [row] = issueRows([{ ...plainRow(provider, model, prices), ...draft }], { tenantId, book }, version);
  return row!;
}
