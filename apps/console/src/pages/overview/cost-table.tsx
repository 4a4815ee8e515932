import type { ReactNode } from 'react';
import type { Schemas } from '../../api/wire-types.ts';
import { showShare } from '../../format/number.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Grade } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { Empty } from '../../parts/states.tsx';
import type { Filters } from '../../url/filters.ts';
import { figuresOf } from '../comparisons/group-name.ts';
import { countColumn, moneyColumn } from '../figure-columns.tsx';

type Row = Schemas['CostPerOutcomeRow'];

/** Rows of cost-per-outcome by workflow and outcome type, with all of its money. */
export function CostTable(props: {
  readonly rows: readonly Row[];
  readonly filters: Filters;
  readonly currency: string | undefined;
}): ReactNode {
  const { rows, filters, currency } = props;
  return (
    <DataTable
      caption="Cost per outcome by workflow"
      file="cost-per-outcome"
      rows={rows}
      keyOf={({ group }) => JSON.stringify(group)}
      columns={columnsOf(filters, currency)}
      empty={
        <Empty title="Nothing is settled in this period">Outcomes stand here once they have arrived.</Empty>
      }
    />
  );
}

const columnsOf = (filters: Filters, currency: string | undefined): readonly Column<Row>[] => [
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
  countColumn(filters, { title: 'Items', field: 'workItems', figure: 'work_items' }),
  countColumn(filters, { title: 'Outcomes', field: 'outcomes', figure: 'outcomes' }),
  moneyColumn(filters, { title: 'Cost', hint: 'In calls of models', field: 'costUsd', figure: 'cost' }),
  moneyColumn(filters, {
    title: 'Cost per outcome',
    hint: 'In calls of models',
    field: 'costPerOutcomeUsd',
    figure: 'cost_per_outcome',
  }),
  moneyColumn(filters, {
    title: 'Direct',
    hint: 'Attempts that achieved the outcome',
    field: 'directCostUsd',
    figure: 'direct',
  }),
  moneyColumn(filters, {
    title: 'Failed attempts',
    hint: 'The other attempts at items that were achieved',
    field: 'failedAttemptCostUsd',
    figure: 'failed_attempts',
  }),
  moneyColumn(filters, {
    title: 'No outcome',
    hint: 'Items settled without an outcome',
    field: 'noOutcomeCostUsd',
    figure: 'no_outcome',
  }),
  moneyColumn(filters, {
    title: 'Loaded, each',
    hint: 'With people, tools and overhead; compare this with a baseline',
    field: 'loadedCostPerOutcomeUsd',
    figure: 'loaded_per_outcome',
  }),
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
    hint: 'Of the cost in calls of models',
    cell: (row) => <Grade grade={row.grade} reasons={row.gradeReasons} />,
    csv: (row) => row.grade,
  },
  {
    title: 'Loaded grade',
    hint: 'Of the loaded figure, which the cards show: the weakest of what is in it',
    cell: (row) => <Grade grade={row.loadedGrade} />,
    csv: (row) => row.loadedGrade,
  },
];

const inCurrency = (filters: Filters, currency: string): Column<Row> => ({
  title: `Each, in ${currency}`,
  align: 'end',
  cell: (row) => (
    <Figures of={figuresOf(filters, row)}>
      <Amount value={row.inCurrency?.costPerOutcome} currency={currency} />
    </Figures>
  ),
  csv: (row) => row.inCurrency?.costPerOutcome,
});
