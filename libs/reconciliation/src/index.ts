/** A provider's bill against our own charges: readers of each export, matching, exact variance by kind. */
export { billClassOf } from './bill-line.ts';
export type { BillCategory, BillClass, BillLine, ReadBill, RefusedBillLine } from './bill-line.ts';
export { compareBill, VARIANCE_KINDS } from './compare-bill.ts';
export type { BillComparison, ComparedKey, VarianceKind } from './compare-bill.ts';
export type { OwnUsage } from './own-usage.ts';
export { labelVariance } from './label-variance.ts';
export type { ModelVariance } from './label-variance.ts';
export type { MatchKey } from './match-key.ts';
export { readAnthropicCosts } from './read/read-anthropic-costs.ts';
export { readAnthropicUsage } from './read/read-anthropic-usage.ts';
export { readBillCsv } from './read/read-bill-csv.ts';
export { readFocusCsv } from './read/read-focus-csv.ts';
export { readOpenaiCosts } from './read/read-openai-costs.ts';
export { readOpenaiUsage } from './read/read-openai-usage.ts';
