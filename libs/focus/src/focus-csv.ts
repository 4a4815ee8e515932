import { FOCUS_COLUMNS, type FocusRow } from './focus-columns.ts';

/** The first line of a FOCUS file. */
export const focusCsvHeader = (): string => line(FOCUS_COLUMNS.map(([name]) => name));

/**
 * Rows as lines of RFC 4180; a null is an empty cell. Text is written as it is known, for FOCUS has names keep every
 * character, but for what a spreadsheet would run as a formula: that begins with an apostrophe.
 */
export const focusCsv = (rows: readonly FocusRow[]): string =>
  rows.map((row) => line(FOCUS_COLUMNS.map(([name]) => textOf(row[name])))).join('');

const line = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;

function textOf(value: FocusRow[keyof FocusRow]): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function quoted(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
