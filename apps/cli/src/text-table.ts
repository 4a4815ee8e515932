/**
 * Cells in columns: the first to the left, the others to the right.
 *
 * @param head one or more lines, underlined
 * @returns lines with an end of line each
 */
export function textTable(
  head: readonly (readonly string[])[],
  rows: readonly (readonly string[])[],
): string {
  const all = [...head, ...rows];
  const widths = head[0]!.map((_, column) => Math.max(...all.map((cells) => cells[column]!.length)));
  const lines = all.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(head.length, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.map((line) => `${line}\n`).join('');
}
