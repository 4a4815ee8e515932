import type { ReactNode } from 'react';
import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals } from '../../format/decimal.ts';
import { showShare } from '../../format/number.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Count, Grade } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { Empty } from '../../parts/states.tsx';
import type { FigureKind } from '../../url/figure-kinds.ts';
import type { Filters } from '../../url/filters.ts';

type Row = Schemas['CostPerOutcomeRow'];
type MoneyField = {
  [Name in keyof Row]-?: Row[Name] extends string | null ? Name : never;
}[keyof Row];

/** Rows of cost-per-outcome by workflow and outcome type, with all of its money. */
export function CostTable(props: {
  readonly rows: readonly Row[];
  readonly filters: Filters;
  readonly currency: string | undefined;
}): ReactNode {
  const { rows, filters, currency } = props;
  const columns: Column<Row>[] = [
    {
      title: 'Workflow',
      cell: (row) => row.group['workflow'] ?? 'none',
      csv: (row) => row.group['workflow'],
    },
    {
      title: 'Outcome',
      cell: (row) => row.group['outcome_type'] ?? 'none',
      csv: (row) => row.group['outcome_type'],
    },
    count(filters, 'Items', 'workItems', 'work_items'),
    count(filters, 'Outcomes', 'outcomes', 'outcomes'),
    money(filters, 'Cost', 'costUsd', 'cost'),
    money(filters, 'Cost per outcome', 'costPerOutcomeUsd', 'cost_per_outcome'),
    money(filters, 'Direct', 'directCostUsd', 'direct'),
    money(filters, 'Failed attempts', 'failedAttemptCostUsd', 'failed_attempts'),
    money(filters, 'No outcome', 'noOutcomeCostUsd', 'no_outcome'),
    money(filters, 'Loaded, each', 'loadedCostPerOutcomeUsd', 'loaded_per_outcome'),
    ...(currency === undefined ? [] : [inCurrency(filters, currency)]),
    {
      title: 'Linked',
      align: 'end',
      hint: 'Linked cost over linked and unlinked cost',
      cell: (row) => showShare(row.linkCoverage),
      csv: (row) => row.linkCoverage,
    },
    {
      title: 'Grade',
      cell: (row) => <Grade grade={row.grade} reasons={row.gradeReasons} />,
      csv: (row) => row.grade,
    },
  ];
  return (
    <DataTable
      caption="Cost per outcome by workflow"
      file="cost-per-outcome"
      rows={rows}
      keyOf={({ group }) => JSON.stringify(group)}
      columns={columns}
      empty={
        <Empty title="Nothing is settled in this period">Outcomes stand here once they have arrived.</Empty>
      }
    />
  );
}

const HINTS: { readonly [Kind in FigureKind]?: string } = {
  direct: 'Attempts that achieved the outcome',
  failed_attempts: 'The other attempts at items that were achieved',
  no_outcome: 'Items settled without an outcome',
  loaded_per_outcome: 'With people, tools and overhead; compare this with a baseline',
};

/** What the figures of a row are of. */
const nameOf = (filters: Filters, { group }: Row) => ({
  filters,
  groupBy: ['workflow', 'outcome_type'],
  cell: [group['workflow'] ?? null, group['outcome_type'] ?? null],
});

const money = (filters: Filters, title: string, field: MoneyField, figure: FigureKind): Column<Row> => ({
  title,
  hint: HINTS[figure] ?? '',
  align: 'end',
  cell: (row) => (
    <Figures of={nameOf(filters, row)}>
      <Amount
        value={row[field]}
        figure={figure}
        isLowerBound={row.bound === 'lower' && (figure === 'cost' || figure === 'cost_per_outcome')}
      />
    </Figures>
  ),
  csv: (row) => row[field],
  compare: (a, b) => compareDecimals(a[field] ?? '-1', b[field] ?? '-1'),
});

const count = (
  filters: Filters,
  title: string,
  field: 'workItems' | 'outcomes',
  figure: FigureKind,
): Column<Row> => ({
  title,
  align: 'end',
  cell: (row) => (
    <Figures of={nameOf(filters, row)}>
      <Count value={row[field]} figure={figure} />
    </Figures>
  ),
  csv: (row) => row[field],
  compare: (a, b) => (a[field] ?? -1) - (b[field] ?? -1),
});

const inCurrency = (filters: Filters, currency: string): Column<Row> => ({
  title: `Each, in ${currency}`,
  align: 'end',
  cell: (row) => (
    <Figures of={nameOf(filters, row)}>
      <Amount value={row.inCurrency?.costPerOutcome} currency={currency} />
    </Figures>
  ),
  csv: (row) => row.inCurrency?.costPerOutcome,
});
