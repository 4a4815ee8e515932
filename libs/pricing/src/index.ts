/** Usage x price book -> charge, and what makes price books. Price books are dated data: nothing here knows a price. */
export { addRows, issueRows, planVersion } from './book-version.ts';
export type { RevisionMode } from './book-version.ts';
export { chargeStep } from './charge-step.ts';
export { chargeUsage } from './charge-usage.ts';
export { diffBooks } from './diff-books.ts';
export { importGenaiPrices } from './import/import-genai-prices.ts';
export { importLitellmMap } from './import/import-litellm-map.ts';
export { importModelsDev } from './import/import-models-dev.ts';
export { importPriceCsv } from './import/import-price-csv.ts';
export { plainRow } from './import/imported-prices.ts';
export type { DraftRow, ImportedPrices } from './import/imported-prices.ts';
export { readPicoPrice } from './import/pico-price.ts';
export { buildPriceIndex } from './price-index.ts';
export type { PriceIndex } from './price-index.ts';
export { priceRowSchema } from './price-row.ts';
export type { PriceRow, PriceTable } from './price-row.ts';
