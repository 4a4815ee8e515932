import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals, roundDecimal } from '../../format/decimal.ts';
import { showCount, showShare } from '../../format/number.ts';
import { showDay, showDuration } from '../../format/time.ts';
import { Field, FilterBar } from '../../layout/filter-bar.tsx';
import { Page, Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { NotAllGroups } from '../../parts/more-pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import { reportQuery } from '../../url/filters.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { groupName } from './group-name.ts';

type Row = Schemas['OperatingModelRow'];
type Metrics = NonNullable<Row['before']>;

/** How the work went before and after a day on which something was changed. */
export function OperatingPage(): ReactNode {
  const [changeAt, setChangeAt] = useSearchValue('change_at');
  const [comparison, setComparison] = useSearchValue('comparison');
  return (
    <Page
      title="Before and after"
      lead="How the work went before and after a change of how people and agents work together: how much needs nobody, is right the first time, comes back, and how long it takes."
    >
      <FilterBar views={[]}>
        <Field label="Changed on">
          {(id) => (
            <input
              id={id}
              type="date"
              value={changeAt ?? ''}
              onChange={({ target }) => setChangeAt(target.value)}
            />
          )}
        </Field>
        <Field label="Not touched by it">
          {(id) => (
            <input
              id={id}
              placeholder="a workflow"
              defaultValue={comparison ?? ''}
              onBlur={({ target }) => setComparison(target.value.trim())}
            />
          )}
        </Field>
      </FilterBar>
      {changeAt === null ? (
        <Empty title="Which day?">
          Name the day from which on the change holds: a new model, a new rule, a new team. Work that became
          final before it is compared with work that became final from then on. A workflow that the change did
          not touch tells what would have changed anyway.
        </Empty>
      ) : (
        <Compared changeAt={changeAt} comparison={comparison} />
      )}
    </Page>
  );
}

function Compared(props: { readonly changeAt: string; readonly comparison: string | null }): ReactNode {
  const { changeAt, comparison } = props;
  const [filters] = useFilters();
  const { view: _view, currency: _currency, ...query } = reportQuery(filters);
  const report = useReport('/v1/reports/operating-model', {
    query: {
      ...query,
      change_at: changeAt,
      group_by: 'workflow,outcome_type',
      ...(comparison === null ? {} : { comparison }),
    },
  });
  return (
    <Answered query={report} what="before and after">
      {({ rows, formula, tieOut, next }) => (
        <>
          <NotAllGroups rows={rows.length} next={next} />
          {rows.length === 0 && (
            <Empty title="Nothing is final in this period">
              Work counts on the day it became final. Choose a longer period.
            </Empty>
          )}
          {rows.map((row) => (
            <Section key={groupName(row)} title={groupName(row)}>
              <MetricsTable row={row} changeAt={changeAt} />
              <Series row={row} />
            </Section>
          ))}
          <p className="hint">{formula}</p>
          <TieOutLine tieOut={tieOut} />
        </>
      )}
    </Answered>
  );
}

const days = (value: string | null): string => (value === null ? '–' : showDuration(Number(value) * DAY_MS));
const DAY_MS = 86_400_000;
const plain = (value: string | null): string => (value === null ? '–' : roundDecimal(value, 2));

const METRICS: readonly (readonly [
  metric: Exclude<keyof Metrics, 'items' | 'outcomes' | 'inWork'>,
  title: string,
  show: (value: string | null) => string,
])[] = [
  ['touchlessShare', 'Achieved without a minute of a person', showShare],
  ['firstTimeRightShare', 'Right at the first attempt', showShare],
  ['reopenedShare', 'Came back', showShare],
  ['cycleDaysP50', 'Half are done within', days],
  ['cycleDaysP90', '9 of 10 are done within', days],
  ['humanMinutesPerItem', 'Minutes of people an item', plain],
  ['itemsPerDay', 'Items a day', plain],
];

function MetricsTable({ row, changeAt }: { readonly row: Row; readonly changeAt: string }): ReactNode {
  const { before, after, changes } = row;
  const changed = new Map<string, Row['changes'][number]>(changes.map((each) => [each.metric, each]));
  const isShare = (metric: string): boolean => metric.endsWith('Share');
  const change = (metric: string, value: string | null | undefined): string => {
    if (value === null || value === undefined) return '–';
    const size = value.replace('-', '');
    const text = isShare(metric)
      ? `${showShare(size).replace(' %', '')} points`
      : metric.startsWith('cycle')
        ? days(size)
        : roundDecimal(size, 2);
    return compareDecimals(value, '0') === 0 ? text : `${value === size ? '+' : '−'}${text}`;
  };
  return (
    <DataTable
      caption={`${showCount(before?.items)} items before ${showDay(changeAt)}, ${showCount(after?.items)} from then on`}
      file={`before-and-after-${groupName(row).replaceAll(/\W+/g, '-')}`}
      rows={METRICS}
      keyOf={([metric]) => metric}
      empty={null}
      columns={[
        { title: 'Of the items', cell: ([, title]) => title, csv: ([metric]) => metric },
        {
          title: 'Before',
          align: 'end',
          cell: ([metric, , show]) => show(before?.[metric] ?? null),
          csv: ([metric]) => before?.[metric],
        },
        {
          title: 'After',
          align: 'end',
          cell: ([metric, , show]) => show(after?.[metric] ?? null),
          csv: ([metric]) => after?.[metric],
        },
        {
          title: 'Change',
          align: 'end',
          cell: ([metric]) => change(metric, changed.get(metric)?.difference),
          csv: ([metric]) => changed.get(metric)?.difference,
        },
        {
          title: 'Beyond what changed elsewhere',
          hint: 'Less the change of the work that was not touched',
          align: 'end',
          cell: ([metric]) => change(metric, changed.get(metric)?.beyondComparison),
          csv: ([metric]) => changed.get(metric)?.beyondComparison,
        },
      ]}
    />
  );
}

function Series({ row }: { readonly row: Row }): ReactNode {
  const { cycleSeries, minutesReleasedPerItem } = row;
  return (
    <p className="hint">
      {cycleSeries === null
        ? 'A series by weeks is told from six weeks on each side.'
        : `By weeks, the cycle time moved by ${plain(cycleSeries.level.estimate)} days (95 %: ${plain(cycleSeries.level.low)} to ${plain(cycleSeries.level.high)}) at the change, and by ${plain(cycleSeries.slopePerWeek.estimate)} a week after it.`}{' '}
      {minutesReleasedPerItem !== null &&
        (minutesReleasedPerItem.startsWith('-')
          ? `People spend ${plain(minutesReleasedPerItem.slice(1))} minutes more an item.`
          : `Minutes of people released an item: ${plain(minutesReleasedPerItem)}. That is capacity, and no cash until a payroll, overtime or invoice line falls.`)}
    </p>
  );
}
