import type { ReactNode } from 'react';
import { useGet } from '../../api/use-get.ts';
import { FilterBar } from '../../layout/filter-bar.tsx';
import { Page } from '../../layout/page.tsx';
import { Amount, Coverage, Grade } from '../../parts/figure.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import { reportQuery } from '../../url/filters.ts';
import { useFilters } from '../../url/use-filters.ts';

/** What outcomes cost, by workflow. */
export function OverviewPage(): ReactNode {
  const [filters] = useFilters();
  const report = useGet('/v1/reports/{name}', {
    path: { name: 'cost-per-outcome' },
    query: { ...reportQuery(filters), group_by: 'workflow,outcome_type' },
  });
  return (
    <Page title="Overview" lead="What an outcome costs, by workflow.">
      <FilterBar />
      <Answered query={report} what="the report">
        {({ rows, tieOut }) => (
          <>
            <DataTable
              caption="Cost per outcome by workflow"
              file="cost-per-outcome"
              rows={rows}
              keyOf={({ group }) => JSON.stringify(group)}
              columns={[
                {
                  title: 'Workflow',
                  cell: ({ group }) => group['workflow'] ?? 'none',
                  csv: ({ group }) => group['workflow'],
                },
                {
                  title: 'Cost per outcome',
                  align: 'end',
                  cell: (row) => (
                    <Amount value={row.costPerOutcomeUsd} isLowerBound={row.bound === 'lower'} />
                  ),
                  csv: (row) => row.costPerOutcomeUsd,
                },
                { title: 'Grade', cell: (row) => <Grade grade={row.grade} reasons={row.gradeReasons} /> },
                { title: 'Coverage', cell: (row) => <Coverage coverage={row.coverage} /> },
              ]}
              empty={
                <Empty title="Nothing is settled in this period">
                  Outcomes stand here once they have arrived.
                </Empty>
              }
            />
            <TieOutLine tieOut={tieOut} />
          </>
        )}
      </Answered>
    </Page>
  );
}
