/** One cell of a table as a file has it; exact, not as it is shown. */
export type CsvValue = string | number | bigint | boolean | null | undefined;

/** RFC 4180. Text that a spreadsheet would run as a formula is kept text by a leading apostrophe. */
export function csvText(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  const raw = String(value);
  const text = typeof value === 'string' && /^[=+@\t\r]|^-(?![\d.]+$)/.test(raw) ? `'${raw}` : raw;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
