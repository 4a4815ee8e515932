import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { Field, FilterBar } from '../../layout/filter-bar.tsx';
import { Page, Section } from '../../layout/page.tsx';
import { NotAllGroups } from '../../parts/more-pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import { filterSearch, reportQuery, type Filters } from '../../url/filters.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { Alerts } from './alerts.tsx';
import { CostTable } from './cost-table.tsx';
import { PeriodSpend } from './period-spend.tsx';
import type { Bucket } from './to-points.ts';
import { WorkflowCard } from './workflow-card.tsx';

const BUCKETS = ['day', 'week', 'month'] as const;
const GROUPS = 'workflow,outcome_type';
/** Workflows whose cards are shown at once. */
const CARDS = 24;

/** What outcomes cost, by workflow: the first page a manager opens. */
export function OverviewPage(): ReactNode {
  const [filters] = useFilters();
  const [text, setBucket] = useSearchValue('bucket');
  const bucket = BUCKETS.find((each) => each === text) ?? 'week';
  return (
    <Page
      title="Overview"
      lead="What one outcome truly costs, retries and failures included; whether that is more or less than the other way to get it."
    >
      <FilterBar>
        <Field label="Over time by">
          {(id) => (
            <select
              id={id}
              value={bucket}
              onChange={({ target }) => setBucket(target.value === 'week' ? null : target.value)}
            >
              {BUCKETS.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
        </Field>
      </FilterBar>
      <Alerts />
      {filters.view === 'period' ? (
        <PeriodSpend filters={filters} />
      ) : (
        <Workflows filters={filters} bucket={bucket} />
      )}
    </Page>
  );
}

function Workflows({ filters, bucket }: { readonly filters: Filters; readonly bucket: Bucket }): ReactNode {
  const query = { ...reportQuery(filters), group_by: GROUPS };
  const { me } = useSession();
  const [cards, setCards] = useState(CARDS);
  const report = useReport('/v1/reports/{name}', { path: { name: 'cost-per-outcome' }, query });
  // What stands in front is asked for first: of all at once, on few cores, none is there early.
  const after = { enabled: report.isFetched };
  const { data: compared } = useReport('/v1/reports/baseline', { query }, after);
  const { data: sentences } = useReport('/v1/reports/sentence', { query }, after);
  const { data: overTime } = useReport('/v1/reports/over-time', { query: { ...query, bucket } }, after);
  return (
    <Answered query={report} what="what outcomes cost">
      {({ rows, total, tieOut, next }) =>
        rows.length === 0 ? (
          <NothingYet pending={total.pending?.items ?? 0} />
        ) : (
          <>
            <div className="cards wide">
              {rows.slice(0, cards).map((row) => (
                <WorkflowCard
                  key={JSON.stringify(row.group)}
                  row={row}
                  told={sentences?.rows.find((each) => isSameGroup(each, row))}
                  compared={compared?.rows.find((each) => isSameGroup(each, row))}
                  overTime={overTime?.rows.filter((each) => isSameGroup(each, row)) ?? []}
                  bucket={bucket}
                  filters={filters}
                  href={`/${me.tenant}/workflows/${encodeURIComponent(row.group['workflow'] ?? '')}${filterSearch(
                    filters,
                    row.group['outcome_type'] == null ? {} : { outcome_type: row.group['outcome_type'] },
                  )}`}
                />
              ))}
            </div>
            {rows.length > cards && (
              <button type="button" className="quiet" onClick={() => setCards(rows.length)}>
                Show {showCount(rows.length - cards)} more workflows; the table below has all of them
              </button>
            )}
            <NotAllGroups rows={rows.length} next={next} />
            <TieOutLine tieOut={tieOut} />
            <Section title="The same figures as a table">
              <CostTable rows={rows} filters={filters} currency={filters.currency} />
            </Section>
          </>
        )
      }
    </Answered>
  );
}

const isSameGroup = (
  a: Pick<Schemas['CostPerOutcomeRow'], 'group'>,
  b: Pick<Schemas['CostPerOutcomeRow'], 'group'>,
): boolean =>
  a.group['workflow'] === b.group['workflow'] && a.group['outcome_type'] === b.group['outcome_type'];

function NothingYet({ pending }: { readonly pending: number }): ReactNode {
  const { me } = useSession();
  return (
    <Empty
      title={
        pending === 0 ? 'No outcomes yet' : `${pending} work items are open, none is settled in this period`
      }
    >
      <p>
        A figure needs two things: spans of agents that name a work item, and an event that says what became
        of it. They may come in any order, days apart.
      </p>
      <p>
        <Link href={`/${me.tenant}/start`}>Send the first span and the first outcome</Link>, or choose a
        longer period above.
      </p>
    </Empty>
  );
}
