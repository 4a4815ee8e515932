/** Usage x price book -> charge. Price books are dated data; nothing here knows a price. */
export { chargeUsage } from './charge-usage.ts';
export type { ChargeInput } from './charge-usage.ts';
export { buildPriceIndex, effectiveRows } from './price-index.ts';
export type { PriceIndex } from './price-index.ts';
export { priceRowSchema, PRICE_CLASSES, SERVICE_TIERS } from './price-row.ts';
export type { PriceClass, PriceRow, PriceTable, ServiceTier } from './price-row.ts';
export type { ModelMatch } from './model-match.ts';
