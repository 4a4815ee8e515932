/** A view with what its comment in the database says; columns in order, each with what it is. */
export interface AnalyticsView {
  readonly name: string;
  readonly comment: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly query: string;
}

export const PICO = '0.000000000001';
export const KIND = (ref: string): string => `split_part(${ref}, ':', 1)`;
export const KEY = (ref: string): string =>
  `substr(${ref}, length(split_part(${ref}, ':', 1)) + length(split_part(${ref}, ':', 2)) + 3)`;
/** Assets are `CODE/scale`: pico-units of money, or whole counts. */
export const AMOUNT = (amount: string, asset: string): string =>
  `CASE WHEN ${asset} LIKE '%/12' THEN ${amount} * ${PICO} ELSE ${amount} END`;
export const UNIT = (asset: string): string => `regexp_replace(${asset}, '/[0-9]+$', '')`;
