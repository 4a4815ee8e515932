import { countTableUnits, type Database, type TableRequest, type TableUnits } from '#store';
import { FILE_TYPES } from './file-format.ts';
import { FOCUS_FORMATS } from './focus-formats.ts';
import { focusPages, TRACES_PER_PAGE, type FocusQuestion } from './focus-pages.ts';
import { journalFile } from './journal-file.ts';
import { journalPages } from './journal-pages.ts';
import { WORK_ITEM_COLUMNS, workItemPages } from './work-item-pages.ts';
import { writeTable } from './write-table.ts';

/** Told before each page: how many units are done of how many, and what a unit is. */
export type OnTablePage = (units: TableUnits, done: number, total: number) => Promise<void>;

export interface TableContext {
  readonly db: Database;
  readonly tenantId: bigint;
  /** Leaves of the log the books are read at. */
  readonly size: number;
  readonly nowUs: bigint;
  readonly account: FocusQuestion['account'];
  readonly aliasBook: string;
}

/**
 * The file that was asked for, as its bytes become known: a page of rows is in memory at a time. The journal and FOCUS are
 * read at the size and the same for ever; work items as each page finds them.
 *
 * @param onPage may throw, and the file is not written to its end
 */
export async function* tableFile(
  request: TableRequest,
  context: TableContext,
  onPage: OnTablePage,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces(request, context, onPage))
    yield typeof piece === 'string'
      ? Buffer.from(piece)
      : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
}

/** The media type, and the ending of the file's name. */
export const tableType = ({ format }: Pick<TableRequest, 'format'>): string => FILE_TYPES[format];

async function* pieces(
  request: TableRequest,
  { db, tenantId, size, nowUs, account, aliasBook }: TableContext,
  onPage: OnTablePage,
): AsyncGenerator<string | Uint8Array> {
  const { units, total } = await countTableUnits(db, tenantId, request, size);
  const told = <Row>(pages: AsyncIterable<readonly Row[]>, unitsOf: (page: readonly Row[]) => number) =>
    counted(pages, unitsOf, (done) => onPage(units, Math.min(done, total), total));
  if (request.kind === 'journal') {
    const pages = told(journalPages(db, { tenantId, period: request.period, size }), ({ length }) => length);
    yield* journalFile(pages, request.format);
  } else if (request.kind === 'focus') {
    const { fromDay, toDay } = request;
    const pages = focusPages(db, { tenantId, fromDay, toDay, size, account, aliasBook });
    yield* FOCUS_FORMATS[request.format].write(told(pages, () => TRACES_PER_PAGE));
  } else {
    const fromUs = request.fromUs === null ? null : BigInt(request.fromUs);
    const toUs = request.toUs === null ? null : BigInt(request.toUs);
    const pages = workItemPages(db, { tenantId, kind: request.workItemKind, fromUs, toUs, nowUs });
    yield* writeTable(
      WORK_ITEM_COLUMNS,
      told(pages, ({ length }) => length),
      request.format,
    );
  }
}

async function* counted<Row>(
  pages: AsyncIterable<readonly Row[]>,
  unitsOf: (page: readonly Row[]) => number,
  onDone: (done: number) => Promise<void>,
): AsyncGenerator<readonly Row[]> {
  let done = 0;
  for await (const page of pages) {
    await onDone(done);
    yield page;
    done += unitsOf(page);
  }
}
