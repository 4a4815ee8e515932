import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals } from '../../format/decimal.ts';
import { showCount, showShare } from '../../format/number.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Grade } from '../../parts/figure.tsx';
import { Empty } from '../../parts/states.tsx';
import type { Filters } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';

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
  const addresses = useAddresses();
  const { rows, filters, currency } = props;
  const explain = ({ group }: Row): string =>
    addresses.figure({
      filters,
      groupBy: ['workflow', 'outcome_type'],
      cell: [group['workflow'] ?? null, group['outcome_type'] ?? null],
    });
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
    count('Items', 'workItems'),
    count('Outcomes', 'outcomes'),
    money('Cost', 'costUsd'),
    {
      ...money('Cost per outcome', 'costPerOutcomeUsd'),
      cell: (row) => (
        <Link href={explain(row)}>
          <Amount value={row.costPerOutcomeUsd} isLowerBound={row.bound === 'lower'} />
        </Link>
      ),
    },
    money('Direct', 'directCostUsd', 'Attempts that achieved the outcome'),
    money('Failed attempts', 'failedAttemptCostUsd', 'The other attempts at items that were achieved'),
    money('No outcome', 'noOutcomeCostUsd', 'Items settled without an outcome'),
    money(
      'Loaded, each',
      'loadedCostPerOutcomeUsd',
      'With people, tools and overhead; compare this with a baseline',
    ),
    ...(currency === undefined ? [] : [inCurrency(currency)]),
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

const money = (title: string, field: MoneyField, hint = ''): Column<Row> => ({
  title,
  hint,
  align: 'end',
  cell: (row) => <Amount value={row[field]} />,
  csv: (row) => row[field],
  compare: (a, b) => compareDecimals(a[field] ?? '-1', b[field] ?? '-1'),
});

const count = (title: string, field: 'workItems' | 'outcomes'): Column<Row> => ({
  title,
  align: 'end',
  cell: (row) => showCount(row[field]),
  csv: (row) => row[field],
  compare: (a, b) => (a[field] ?? -1) - (b[field] ?? -1),
});

const inCurrency = (currency: string): Column<Row> => ({
  title: `Each, in ${currency}`,
  align: 'end',
  cell: (row) => <Amount value={row.inCurrency?.costPerOutcome} currency={currency} />,
  csv: (row) => row.inCurrency?.costPerOutcome,
});
