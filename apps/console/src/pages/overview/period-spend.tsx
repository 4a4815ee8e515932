import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { PartsBar } from '../../charts/parts-bar.tsx';
import { compareDecimals } from '../../format/decimal.ts';
import { showCount } from '../../format/number.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Grade } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { NotAllGroups } from '../../parts/more-pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import { reportQuery, type Filters } from '../../url/filters.ts';

type Row = Schemas['CostPerOutcomeRow'];

const PLACES = [
  ['Bought an outcome', 'directCostUsd', 'Attempts that achieved the outcome'],
  ['Failed attempts', 'failedAttemptCostUsd', 'Other attempts at items that were achieved'],
  ['No outcome', 'noOutcomeCostUsd', 'Items settled without an outcome'],
  ['Work still open', 'inProgressCostUsd', 'Items without a final state'],
  ['Overhead', 'overheadCostUsd', 'Declared as overhead by a policy'],
  ['Unattributed', 'unattributedCostUsd', 'Linked to no work item'],
] as const;

/** The charges of a period, as on the bill, by where each of them sits. No ratio: its outcomes are other items. */
export function PeriodSpend({ filters }: { readonly filters: Filters }): ReactNode {
  const report = useReport('/v1/reports/{name}', {
    path: { name: 'cost-per-outcome' },
    query: { ...reportQuery(filters), view: 'period', group_by: 'workflow' },
  });
  return (
    <Answered query={report} what="the charges of the period">
      {({ rows, total, tieOut, next }) => (
        <Figures of={{ filters, groupBy: [], cell: null }}>
          <Section
            title="What the charges of the period bought"
            lead="As on the bill, by the day of use. They are not divided by outcomes: those of the same days come from other work."
          >
            <div className="card">
              <p className="headline">
                <Amount value={total.costUsd} isLowerBound={total.bound === 'lower'} figure="cost" />
              </p>
              <PartsBar
                label="Where the cost sits"
                parts={PLACES.map(([name, field, hint]) => ({ name, hint, amount: total[field] ?? null }))}
              />
            </div>
            <TieOutLine tieOut={tieOut} />
          </Section>
          <NotAllGroups rows={rows.length} next={next} />
          <DataTable
            caption="Charges by workflow"
            file="charges-by-workflow"
            rows={rows}
            foot={{ ...total, group: ALL }}
            keyOf={(row) => JSON.stringify(row.group)}
            columns={columnsOf(filters)}
            empty={
              <Empty title="Nothing was charged in this period">
                Charges stand here by the day of their spans.
              </Empty>
            }
          />
        </Figures>
      )}
    </Answered>
  );
}

const columnsOf = (filters: Filters): readonly Column<Row>[] => [
  {
    title: 'Workflow',
    cell: (row) => row.group['workflow'] ?? 'none',
    csv: (row) => row.group['workflow'],
  },
  { title: 'Attempts', align: 'end', cell: (row) => showCount(row.attempts), csv: (row) => row.attempts },
  {
    title: 'Cost',
    align: 'end',
    cell: (row) => (
      <Figures of={nameOf(filters, row)}>
        <Amount value={row.costUsd} isLowerBound={row.bound === 'lower'} figure="cost" />
      </Figures>
    ),
    csv: (row) => row.costUsd,
    compare: (a, b) => compareDecimals(a.costUsd ?? '-1', b.costUsd ?? '-1'),
  },
  ...PLACES.map(([title, field, hint]): Column<Row> => ({
    title,
    hint,
    align: 'end',
    cell: (row) => (
      <Figures of={nameOf(filters, row)}>
        <Amount value={row[field]} />
      </Figures>
    ),
    csv: (row) => row[field],
  })),
  {
    title: 'Grade',
    cell: (row) => <Grade grade={row.grade} reasons={row.gradeReasons} />,
    csv: (row) => row.grade,
  },
];

/** What the figures of a row are of; the last row is of all workflows. */
const nameOf = (filters: Filters, { group }: Row) =>
  group === ALL
    ? { filters, groupBy: [], cell: null }
    : { filters, groupBy: ['workflow'], cell: [group['workflow'] ?? null] };
const ALL: Row['group'] = { workflow: 'All' };
