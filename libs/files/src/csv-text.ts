import type { Column } from './columns-of.ts';

/** A line of RFC 4180. */
export const csvLine = (values: readonly unknown[]): string => `${values.map(cell).join(',')}\r\n`;

/** A row, without what stands before and after it. Unknown is an empty cell, never 0. */
export const csvValues = <Row>(columns: readonly Column<Row>[], row: Row): unknown[] =>
  columns.map(({ kind, valueOf }) => {
    const value = valueOf(row);
    return kind === 'json' && value !== undefined && value !== null ? JSON.stringify(value) : value;
  });

/** Values come from spans and files: what a spreadsheet would run as a formula is kept as text. */
function cell(value: unknown): string {
  const isShown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const text = isShown ? String(value) : '';
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
