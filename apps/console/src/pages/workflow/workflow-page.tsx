import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { useReport } from '../../api/use-report.ts';
import { Field, FilterBar } from '../../layout/filter-bar.tsx';
import { Page } from '../../layout/page.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import { filterSearch, reportQuery, type Filters } from '../../url/filters.ts';
import { useFilters } from '../../url/use-filters.ts';
import type { PathParams } from '../path-params.ts';
import { AttemptsPart } from './attempts-part.tsx';
import { ChangePart } from './change-part.tsx';
import { DistributionPart } from './distribution-part.tsx';
import { rowOf, rowsOf } from './row-of.ts';
import { SegmentsPart } from './segments-part.tsx';
import { SummaryPart } from './summary-part.tsx';
import { WastePart } from './waste-part.tsx';

/** One workflow: what its outcomes cost, how that is spread, what retrying buys, and what compares with it. */
export function WorkflowPage({ params }: { readonly params: PathParams }): ReactNode {
  const workflow = decodeURIComponent(params['workflow'] ?? '');
  const [filters, change] = useFilters();
  const query = { ...reportQuery(filters), outcome_type: undefined, group_by: 'workflow,outcome_type' };
  const report = useReport('/v1/reports/{name}', { path: { name: 'cost-per-outcome' }, query });
  return (
    <Page
      title={workflow === '' ? 'Without a workflow' : workflow}
      lead="Where its cost goes, how it is spread, and where its economics break."
      actions={<OtherWorkflows current={workflow} filters={filters} />}
    >
      <Answered query={report} what="the workflow">
        {({ rows, tieOut }) => {
          const own = rowsOf(rows, workflow);
          const row = rowOf(own, filters.outcome_type) ?? own[0];
          const type = row?.group['outcome_type'] ?? null;
          return (
            <>
              <FilterBar views={['settled', 'cohort']}>
                {own.length > 1 && (
                  <Field label="Outcome">
                    {(id) => (
                      <select
                        id={id}
                        value={type ?? ''}
                        onChange={({ target }) => change({ outcome_type: target.value })}
                      >
                        {own.map(({ group }) => (
                          <option key={group['outcome_type']} value={group['outcome_type'] ?? ''}>
                            {group['outcome_type'] ?? 'none'}
                          </option>
                        ))}
                      </select>
                    )}
                  </Field>
                )}
              </FilterBar>
              {row === undefined ? (
                <Empty title={`Nothing of ${workflow} is settled in this period`}>
                  Choose a longer period, or count by first attempt to see what is still open.
                </Empty>
              ) : (
                <Parts workflow={workflow} type={type} row={row} filters={filters} />
              )}
              <TieOutLine tieOut={tieOut} />
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function Parts(props: Parameters<typeof SummaryPart>[0]): ReactNode {
  const { filters, workflow, type } = props;
  const cell = [workflow === '' ? null : workflow, type];
  return (
    <Figures of={{ filters, groupBy: ['workflow', 'outcome_type'], cell }}>
      <SummaryPart {...props} />
      <DistributionPart {...props} />
      <AttemptsPart {...props} />
      <WastePart {...props} />
      <SegmentsPart {...props} />
      <ChangePart {...props} />
    </Figures>
  );
}

function OtherWorkflows({
  current,
  filters,
}: {
  readonly current: string;
  readonly filters: Filters;
}): ReactNode {
  const { me } = useSession();
  const { data } = useReport('/v1/reports/{name}', {
    path: { name: 'cost-per-outcome' },
    query: { ...reportQuery(filters), outcome_type: undefined, group_by: 'workflow,outcome_type' },
  });
  const names = [...new Set((data?.rows ?? []).map(({ group }) => group['workflow'] ?? ''))];
  const others = names.filter((name) => name !== current).slice(0, 6);
  const { outcome_type: _, ...rest } = filters;
  return others.length === 0 ? null : (
    <nav aria-label="Other workflows" className="row">
      {others.map((name) => (
        <Link key={name} href={`/${me.tenant}/workflows/${encodeURIComponent(name)}${filterSearch(rest)}`}>
          {name === '' ? 'Without a workflow' : name}
        </Link>
      ))}
    </nav>
  );
}
