import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { roundDecimal } from '../../format/decimal.ts';
import { showCount, showShare } from '../../format/number.ts';
import { shiftDay, showDay } from '../../format/time.ts';
import { Field, FilterBar } from '../../layout/filter-bar.tsx';
import { Page } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Grade } from '../../parts/figure.tsx';
import { NotAllGroups } from '../../parts/more-pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import { reportQuery, type Filters } from '../../url/filters.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { countColumn, moneyColumn } from '../figure-columns.tsx';
import { groupName } from './group-name.ts';

type Row = Schemas['MaturityRow'];

/** Days that a cohort goes back where the address names none. */
const YOUNG_DAYS = 60;

/** How far young work is known, and how many outcomes it will have. */
export function CohortsPage(): ReactNode {
  const [filters] = useFilters();
  const from = filters.from ?? shiftDay(new Date().toISOString().slice(0, 10), -YOUNG_DAYS);
  const { view: _view, currency: _currency, ...query } = reportQuery(filters);
  const [text, setClock] = useSearchValue('clock');
  const clock = text === 'business' ? text : 'recorded';
  const report = useReport('/v1/reports/maturity', {
    query: { ...query, from, clock, group_by: 'workflow,outcome_type' },
  });
  return (
    <Page
      title="Young cohorts"
      lead="Work that began a short time ago looks dear, as not all of its outcomes are there yet. How many are still to come is told by what became of older work at the same age."
    >
      <FilterBar views={[]}>
        <Field label="Older work was known by">
          {(id) => (
            <select
              id={id}
              value={clock}
              onChange={({ target }) => setClock(target.value === 'business' ? target.value : null)}
            >
              <option value="recorded">when its outcomes were received</option>
              <option value="business">when they happened (imported histories)</option>
            </select>
          )}
        </Field>
      </FilterBar>
      <p className="soft">
        Work that was begun from {showDay(from)} on{filters.from === undefined && ', as no day is chosen'},
        against all that was begun before.
      </p>
      <Answered query={report} what="the cohorts">
        {({ rows, formula, tieOut, next }) => (
          <>
            <NotAllGroups rows={rows.length} next={next} />
            <DataTable
              caption="Young cohorts by workflow"
              isCaptionHidden
              file="young-cohorts"
              rows={rows}
              keyOf={groupName}
              columns={columnsOf({ ...filters, from, view: 'cohort' })}
              empty={
                <Empty title="No work was begun in this period">
                  A cohort is the work whose first attempt began in the period. Choose an earlier day above.
                </Empty>
              }
            />
            <p className="hint">{formula}</p>
            <TieOutLine tieOut={tieOut} />
          </>
        )}
      </Answered>
    </Page>
  );
}

const WITHHELD: { readonly [Reason in NonNullable<Row['withheld']>]: string } = {
  no_older_items: 'nothing older to compare with: choose a later first day',
  older_items_open: 'more than a tenth of the older items are open themselves',
  too_little_known:
    'less than half of the outcomes is known, or no older item stood like one of these at its age',
  total: 'told by workflow only',
};

const columnsOf = (filters: Filters): readonly Column<Row>[] => [...known(filters), ...EXPECTED];

const known = (filters: Filters): readonly Column<Row>[] => [
  {
    title: 'Workflow and outcome',
    cell: groupName,
    csv: groupName,
  },
  countColumn(filters, {
    title: 'Settled',
    hint: 'Items of the cohort in a final state',
    field: 'workItems',
    figure: 'work_items',
  }),
  {
    title: 'Final',
    hint: 'Share of the cohort that is in a final state',
    align: 'end',
    cell: ({ maturity }) => showShare(maturity),
    csv: ({ maturity }) => maturity,
  },
  countColumn(filters, { title: 'Outcomes so far', field: 'outcomes', figure: 'outcomes' }),
  moneyColumn(filters, {
    title: 'Cost per outcome so far',
    field: 'costPerOutcomeUsd',
    figure: 'cost_per_outcome',
  }),
];

const EXPECTED: readonly Column<Row>[] = [
  {
    title: 'Outcomes to expect',
    isProse: true,
    cell: ({ nowcast, withheld }) =>
      nowcast === null ? (
        <span className="soft">not told: {withheld === null ? 'not known' : WITHHELD[withheld]}</span>
      ) : (
        <>
          <strong>{roundDecimal(nowcast.expected, 1)}</strong>{' '}
          <span className="interval">
            95 %: {roundDecimal(nowcast.low, 1)} to {roundDecimal(nowcast.high, 1)}
          </span>
        </>
      ),
    csv: ({ nowcast, withheld }) => nowcast?.expected ?? withheld,
  },
  {
    title: 'Of them known',
    align: 'end',
    cell: ({ nowcast }) => showShare(nowcast?.known),
    csv: ({ nowcast }) => nowcast?.known,
  },
  {
    title: 'Older items, open',
    align: 'end',
    cell: ({ older }) => `${showCount(older.items)}, ${showCount(older.open)}`,
    csv: ({ older }) => `${older.items} ${older.open}`,
  },
  {
    title: 'Grade',
    cell: ({ grade, gradeReasons }) => <Grade grade={grade} reasons={gradeReasons} />,
    csv: ({ grade }) => grade,
  },
];
