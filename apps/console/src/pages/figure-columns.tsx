import type { Schemas } from '../api/wire-types.ts';
import { compareDecimals } from '../format/decimal.ts';
import type { Column } from '../parts/data-table.tsx';
import { Amount, Count } from '../parts/figure.tsx';
import { Figures } from '../parts/figure-links.tsx';
import type { FigureKind } from '../url/figure-kinds.ts';
import type { Filters } from '../url/filters.ts';
import { figuresOf } from './comparisons/group-name.ts';
import { isIncomplete } from './workflow/headline.tsx';

/** What rows of all reports over outcomes have. */
type Head = Pick<Schemas['CostPerOutcomeRow'], 'group' | 'bound' | 'loadedGrade'>;
type With<Field extends string, Value> = Head & { readonly [Name in Field]: Value | null };
interface Titled<Field> {
  readonly title: string;
  readonly hint?: string;
  readonly field: Field;
  /** What its explanation works out. */
  readonly figure: FigureKind;
}

/** An amount of each row, which leads to its explanation and can be sorted by; `≥` where it is a lower bound. */
export const moneyColumn = <Field extends string>(
  filters: Filters,
  { title, hint, field, figure }: Titled<Field>,
): Column<With<Field, string>> => ({
  title,
  ...(hint === undefined ? {} : { hint }),
  align: 'end',
  cell: (row) => (
    <Figures of={figuresOf(filters, row)}>
      <Amount value={row[field]} figure={figure} isLowerBound={isLowerBound(row, figure)} />
    </Figures>
  ),
  csv: (row) => row[field],
  compare: (a, b) => compareDecimals(a[field] ?? '-1', b[field] ?? '-1'),
});

const isLowerBound = (row: Head, figure: FigureKind): boolean =>
  figure === 'loaded_per_outcome'
    ? isIncomplete(row)
    : row.bound === 'lower' && (figure === 'cost' || figure === 'cost_per_outcome');

/** A number of items of each row, which leads to its explanation and can be sorted by. */
export const countColumn = <Field extends string>(
  filters: Filters,
  { title, hint, field, figure }: Titled<Field>,
): Column<With<Field, number>> => ({
  title,
  ...(hint === undefined ? {} : { hint }),
  align: 'end',
  cell: (row) => (
    <Figures of={figuresOf(filters, row)}>
      <Count value={row[field]} figure={figure} />
    </Figures>
  ),
  csv: (row) => row[field],
  compare: (a, b) => (a[field] ?? -1) - (b[field] ?? -1),
});
