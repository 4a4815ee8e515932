import { use, useEffect, useState, type ReactNode } from 'react';
import { csvText, type CsvValue } from './csv.ts';
import { RestContext, type RestOfPages } from './more-pages.tsx';
import { showCount } from '../format/number.ts';
import { saveFile } from './save-file.ts';

export interface Column<Row> {
  readonly title: string;
  /** What the column holds, for those who do not know the word. */
  readonly hint?: string;
  readonly align?: 'start' | 'end';
  /** Its cells hold sentences: then it stays wide enough to read them, and the table scrolls sooner. */
  readonly isProse?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** The exact value, for the file; a column without one is not in it. */
  readonly csv?: (row: Row) => CsvValue;
  /** Makes the column sortable: negative, 0 or positive. */
  readonly compare?: (a: Row, b: Row) => number;
}

interface DataTableProps<Row> {
  /** What the table shows; read by screen readers, shown above it. */
  readonly caption: string;
  readonly isCaptionHidden?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  /** Name of the file, without its ending. */
  readonly file: string;
  /** Shown in place of an empty table: what would stand here, and how it comes to be. */
  readonly empty: ReactNode;
  /** One more row, set off from the others. */
  readonly foot?: Row;
  readonly pageSize?: number;
  /** Its rows come in pages, of which not all may be loaded: it says so, and its file has the rest as well. */
  readonly isPaged?: boolean;
  readonly actions?: ReactNode;
}

/** Rows that are shown at once. */
const PAGE_SIZE = 50;

interface Sort {
  readonly column: number;
  readonly isDescending: boolean;
}

/** A table that scrolls by itself where it is too wide, sorts by its heads, and can be taken away as CSV. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { caption, columns, rows, keyOf, pageSize = PAGE_SIZE } = props;
  const [sort, setSort] = useState<Sort | null>(null);
  const [shown, setShown] = useState(pageSize);
  if (rows.length === 0) return props.empty;
  const compare = sort === null ? undefined : columns[sort.column]?.compare;
  const sorted =
    compare === undefined
      ? rows
      : rows.toSorted((a, b) => (sort?.isDescending ? compare(b, a) : compare(a, b)));
  const hidden = sorted.length - shown;
  return (
    <div className="table">
      <div className="table-head">
        <span className={props.isCaptionHidden ? 'visually-hidden' : 'table-caption'} aria-hidden="true">
          {caption}
        </span>
        <Actions table={props} sorted={sorted} />
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <HeadCell
                  key={column.title}
                  column={column}
                  sorted={sort?.column === index ? sort : null}
                  onSort={() =>
                    setSort({
                      column: index,
                      isDescending: sort?.column === index ? !sort.isDescending : true,
                    })
                  }
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, shown).map((row, index) => (
              <BodyRow key={keyOf(row, index)} columns={columns} row={row} />
            ))}
          </tbody>
          {props.foot !== undefined && (
            <tfoot>
              <BodyRow columns={columns} row={props.foot} />
            </tfoot>
          )}
        </table>
      </div>
      {hidden > 0 && (
        <button type="button" className="quiet" onClick={() => setShown(shown + Math.max(pageSize, 200))}>
          Show more ({hidden} not shown)
        </button>
      )}
    </div>
  );
}

/** What can be done with the whole table, and how much of it is here. */
function Actions<Row>(props: {
  readonly table: DataTableProps<Row>;
  readonly sorted: readonly Row[];
}): ReactNode {
  const { table, sorted } = props;
  const { rows, caption, pageSize = PAGE_SIZE } = table;
  const pages = use(RestContext);
  const rest = table.isPaged === true ? pages : null;
  const file = useWholeFile(table, rest);
  const hasMore = rest?.hasMore === true;
  return (
    <span className="table-actions">
      {table.actions}
      {(hasMore || rows.length > pageSize) && (
        <span className="soft">
          {hasMore
            ? `the first ${showCount(rows.length)}, there are more`
            : `${showCount(rows.length)} in all`}
        </span>
      )}
      <button
        type="button"
        className="quiet"
        disabled={file.isAwaited}
        onClick={() => (hasMore ? file.await(rest.all) : saveCsv(table, sorted))}
      >
        {file.isAwaited ? 'Loading all …' : 'CSV'}
        <span className="visually-hidden"> of {caption}</span>
      </button>
    </span>
  );
}

/** A file of a table that comes in pages waits until all of them are there. */
function useWholeFile<Row>(
  props: DataTableProps<Row>,
  rest: RestOfPages | null,
): { readonly isAwaited: boolean; readonly await: (all: () => void) => void } {
  const [isAwaited, setAwaited] = useState(false);
  const hasMore = rest?.hasMore ?? false;
  const hasFailed = rest !== null && rest.error !== null;
  useEffect(() => {
    if (!isAwaited || (hasMore && !hasFailed)) return;
    setAwaited(false);
    if (!hasFailed) saveCsv(props, props.rows);
  }, [isAwaited, hasMore, hasFailed, props]);
  return {
    isAwaited,
    await: (all) => {
      setAwaited(true);
      all();
    },
  };
}

function HeadCell<Row>(props: {
  readonly column: Column<Row>;
  readonly sorted: Sort | null;
  readonly onSort: () => void;
}): ReactNode {
  const { column, sorted } = props;
  const direction = sorted === null ? undefined : sorted.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" className={column.align} aria-sort={direction} title={column.hint}>
      {column.compare === undefined ? (
        column.title
      ) : (
        <button type="button" className="sort" onClick={props.onSort}>
          {column.title}
          <span aria-hidden="true">{sorted === null ? '' : sorted.isDescending ? ' ↓' : ' ↑'}</span>
        </button>
      )}
    </th>
  );
}

function BodyRow<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }): ReactNode {
  return (
    <tr>
      {columns.map((column, index) =>
        index === 0 ? (
          <th key={column.title} scope="row" className={column.align}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.title} className={column.isProse ? 'prose' : column.align}>
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}

function saveCsv<Row>({ columns, file, foot }: DataTableProps<Row>, rows: readonly Row[]): void {
  const inFile = columns.filter((column) => column.csv !== undefined);
  const all = foot === undefined ? rows : [...rows, foot];
  const text = csvText(
    inFile.map(({ title }) => title),
    all.map((row) => inFile.map(({ csv }) => csv?.(row))),
  );
  saveFile(`${file}.csv`, new Blob([text], { type: 'text/csv' }));
}
