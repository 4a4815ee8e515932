/** A provider's bill against our own charges: readers of each export, matching, exact variance by kind. */
export { BILL_CLASSES, billClassOf } from './bill-line.ts';
export type { BillCategory, BillClass, BillLine, ReadBill, RefusedBillLine } from './bill-line.ts';
export { amountOf, chooseLines, invoicesOf } from './choose-lines.ts';
export type { BillDocument } from './choose-lines.ts';
export { compareBill } from './compare-bill.ts';
export type { BillComparison } from './compare-bill.ts';
export { convertBill, currencyOfCharges } from './convert-bill.ts';
export type { BillRate } from './convert-bill.ts';
export type { OwnUsage } from './own-usage.ts';
export type { MatchKey } from './match-key.ts';
export {
  notComparedSchema,
  reconciliationResultSchema,
  toReconciliationResult,
} from './reconciliation-result.ts';
export type { ForeignBill, NotCompared, ReconciliationResult } from './reconciliation-result.ts';
export { readAnthropicCosts } from './read/read-anthropic-costs.ts';
export { readAnthropicUsage } from './read/read-anthropic-usage.ts';
export { readBillCsv } from './read/read-bill-csv.ts';
export { readFocusCsv } from './read/read-focus-csv.ts';
export { readOpenaiCosts } from './read/read-openai-costs.ts';
export { readOpenaiUsage } from './read/read-openai-usage.ts';
