/** Charges as a file of FOCUS, the FinOps Open Cost and Usage Specification. */
export { FOCUS_COLUMNS } from './focus-columns.ts';
export type { FocusKind, FocusRow } from './focus-columns.ts';
export { focusCsv, focusCsvHeader } from './focus-csv.ts';
export { focusRows } from './focus-rows.ts';
export type { FocusAttempt, FocusCharge, FocusWorkItem, PricedLine } from './focus-rows.ts';
