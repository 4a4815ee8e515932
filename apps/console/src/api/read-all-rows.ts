/** What a report answers: one page of its rows, and the cursor of the next. */
interface ReportPage {
  readonly rows: readonly unknown[];
  readonly next: string | null;
}

/** Pages of a report that are asked for by themselves; with the API's own limit that is 20,000 rows. */
const MAX_PAGES = 20;

/**
 * A report with the rows of all of its pages, as if it had come in one. Past the last page that is asked for, `next` says
 * that there are more.
 *
 * @param ask answers from the row on that a cursor names; null = from the first
 */
export async function readAllRows<Report extends ReportPage>(
  ask: (cursor: string | null) => Promise<Report>,
  maxPages = MAX_PAGES,
): Promise<Report> {
  const first = await ask(null);
  const rows = [...first.rows];
  let next = first.next;
  for (let pages = 1; next !== null && pages < maxPages; pages += 1) {
    const page = await ask(next);
    rows.push(...page.rows);
    next = page.next;
  }
  return { ...first, rows, next };
}
