import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '../../api/use-get.ts';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { groupDigits, roundDecimal } from '../../format/decimal.ts';
import { showCount, showShare } from '../../format/number.ts';
import { plural } from '../../format/outcome-words.ts';
import { Field, FilterBar } from '../../layout/filter-bar.tsx';
import { Page } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Grade } from '../../parts/figure.tsx';
import { NotAllGroups } from '../../parts/more-pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import { reportQuery, type Filters } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { declaredNames } from './declared-names.ts';
import { countColumn, moneyColumn } from '../figure-columns.tsx';
import { groupName } from './group-name.ts';

type Row = Schemas['SpendRow'];

/** Spend against outcome by agent, team or person, with what it must not be used for. */
export function SpendPage(): ReactNode {
  const [filters] = useFilters();
  const [asked, setBy] = useSearchValue('by');
  const policies = useGet('/v1/policies', {});
  const names = ['agent', ...declaredNames(policies.data?.items ?? [])];
  const by = asked ?? 'agent';
  const { currency: _, ...query } = reportQuery(filters);
  const view = filters.view === 'cohort' ? filters.view : 'settled';
  const report = useReport('/v1/reports/spend', { query: { ...query, view, by } });
  return (
    <Page
      title="Spend against outcome"
      lead="What agents, teams or persons spent beside what came of it, against the middle one of their peers at the same work."
    >
      <FilterBar views={['settled', 'cohort']}>
        <Field label="By">
          {(id) => (
            <select
              id={id}
              value={by}
              onChange={({ target }) => setBy(target.value === 'agent' ? null : target.value)}
            >
              {[...new Set([...names, by])].map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      </FilterBar>
      <Answered query={report} what="what was spent">
        {(answer) => <Spenders answer={answer} by={by} filters={{ ...filters, view }} />}
      </Answered>
      {names.length === 1 && <Undeclared />}
    </Page>
  );
}

function Spenders(props: {
  readonly answer: Schemas['SpendReport'];
  readonly by: string;
  readonly filters: Filters;
}): ReactNode {
  const { rows, next, total, warnings, formula, tieOut } = props.answer;
  return (
    <>
      <ul className="alerts" aria-label="What these figures must not be used for">
        {warnings.map((warning) => (
          <li key={warning} className="notice warn">
            {warning}
          </li>
        ))}
      </ul>
      <NotAllGroups rows={rows.length} next={next} />
      <DataTable
        caption={`Spend against outcome by ${props.by}`}
        isCaptionHidden
        file={`spend-by-${props.by}`}
        rows={rows}
        keyOf={groupName}
        columns={columnsOf(props.by, props.filters)}
        empty={
          <Empty title="Nobody to show">
            Persons and teams are shown where at least five of them do the same work: fewer would tell figures
            of one to all. {total.suppressed > 0 && `${plural(total.suppressed, 'row')} left out.`}
          </Empty>
        }
      />
      {rows.length > 0 && total.suppressed > 0 && (
        <p className="hint">
          {plural(total.suppressed, 'row')} left out: fewer than five peers would tell figures of one to all.
        </p>
      )}
      <p className="hint">{formula}</p>
      <TieOutLine tieOut={tieOut} />
    </>
  );
}

function Undeclared(): ReactNode {
  const to = useAddresses();
  return (
    <Empty title="Who are the teams?">
      Agents can name them in an attribute of their spans, such as <code>team</code> or <code>user.id</code>.
      The policy <code>dimensions</code> says which: <Link href={to.settings('policies')}>record it</Link>,
      and they stand in the list above.
    </Empty>
  );
}

const CAPS: { readonly [Cap in NonNullable<Row['beyondMiddle']>['capIs']]: string } = {
  blocked: 'do not cap: each further dollar returns more than one',
  to_be_reviewed: 'to be reviewed by people',
  supported: 'a cap is supported by the figures',
};

/** The work that the peers of a row do: its group without who does it. */
const workOf = ({ group }: Row, by: string): string =>
  groupName({ group: Object.fromEntries(Object.entries(group).filter(([name]) => name !== by)) });

const columnsOf = (by: string, filters: Filters): readonly Column<Row>[] => [
  ...own(by, filters),
  ...AGAINST_PEERS,
];

const own = (by: string, filters: Filters): readonly Column<Row>[] => [
  { title: by, cell: ({ group }) => group[by] ?? 'none', csv: ({ group }) => group[by] },
  {
    title: 'At',
    cell: (row) => workOf(row, by),
    csv: (row) => workOf(row, by),
  },
  moneyColumn(filters, { title: 'Spent', field: 'costUsd', figure: 'cost' }),
  countColumn(filters, { title: 'Outcomes', field: 'outcomes', figure: 'outcomes' }),
  moneyColumn(filters, { title: 'Each', field: 'costPerOutcomeUsd', figure: 'cost_per_outcome' }),
];

const AGAINST_PEERS: readonly Column<Row>[] = [
  {
    title: 'Of the spend',
    align: 'end',
    cell: ({ shareOfSpend }) => showShare(shareOfSpend),
    csv: ({ shareOfSpend }) => shareOfSpend,
  },
  {
    title: 'Peers',
    align: 'end',
    hint: 'Spenders at the same work, this one included',
    cell: ({ peers }) => showCount(peers),
    csv: ({ peers }) => peers,
  },
  {
    title: 'The middle one',
    hint: 'Of the peers, by spend',
    cell: ({ middle }) =>
      middle === null ? (
        '–'
      ) : (
        <>
          <Amount value={middle.costUsd} /> for {showCount(middle.outcomes)}
        </>
      ),
    csv: ({ middle }) => middle?.costUsd,
  },
  {
    title: 'What was spent beyond it bought',
    isProse: true,
    cell: ({ beyondMiddle }) =>
      beyondMiddle === null ? (
        <span className="soft">nothing beyond, or its worth is not known</span>
      ) : (
        <>
          ${groupDigits(roundDecimal(beyondMiddle.valuePerDollar, 2))} for a dollar
          {beyondMiddle.interval !== null && (
            <span className="interval">
              {' '}
              95 %: {roundDecimal(beyondMiddle.interval.low, 2)} to{' '}
              {roundDecimal(beyondMiddle.interval.high, 2)}
            </span>
          )}
          ; {CAPS[beyondMiddle.capIs]}
        </>
      ),
    csv: ({ beyondMiddle }) => beyondMiddle?.valuePerDollar,
  },
  {
    title: 'Grade',
    cell: ({ grade, gradeReasons }) => <Grade grade={grade} reasons={gradeReasons} />,
    csv: ({ grade }) => grade,
  },
];
