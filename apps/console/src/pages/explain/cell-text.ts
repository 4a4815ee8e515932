/** The row of a report that an address names, in words: `workflow Claims, outcome type claim.processed`. */
export function cellText(groupBy: string | null, cell: string | null): string {
  if (cell === null) return 'the total';
  try {
    const values: unknown = JSON.parse(cell);
    if (!Array.isArray(values)) return cell;
    const names = (groupBy ?? '').split(',');
    return values
      .map((value, index) => `${(names[index] ?? '').replaceAll('_', ' ')} ${value ?? 'none'}`)
      .join(', ');
  } catch {
    return cell;
  }
}
