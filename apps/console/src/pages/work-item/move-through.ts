/** Rows that a Page Up or Page Down passes. */
const PAGE_ROWS = 10;

/**
 * Where a key leads in a list of so many rows, from row `at` (-1 = none yet); null for a key that leads nowhere.
 * Down and j, Up and k, Home and End, Page Down and Page Up.
 */
export function moveThrough(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  const to = (index: number): number => Math.min(Math.max(index, 0), last);
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return to(at + 1);
    case 'ArrowUp':
    case 'k':
      return to(at - 1);
    case 'PageDown':
      return to(at + PAGE_ROWS);
    case 'PageUp':
      return to(at - PAGE_ROWS);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** Rows of a scrolled list that are in view, with some above and below, so that scrolling never shows a gap. */
export function rowsInView(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  count: number,
): { readonly from: number; readonly to: number } {
  const spare = 8;
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  return { from, to: Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + spare) };
}
