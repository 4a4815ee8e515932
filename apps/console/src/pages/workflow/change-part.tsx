import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { showPeriod } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { TieOutLine } from '../../parts/tie-out-line.tsx';
import type { Filters } from '../../url/filters.ts';
import { periodBefore } from './period-before.ts';
import { rowOf, rowsOf } from './row-of.ts';
import type { PartProps } from './summary-part.tsx';

/** Against the period of the same length before it: what the change of cost is made of, exactly. */
export function ChangePart(props: PartProps): ReactNode {
  const { from, to } = props.filters;
  return (
    <Section
      title="What changed"
      lead="The change of cost against the period of the same length before, in parts that sum to it exactly."
    >
      {from === undefined || to === undefined || from >= to ? (
        <Empty title="Choose a period">
          Set <em>From</em> and <em>Through</em> above: the period before it is what it is compared with.
        </Empty>
      ) : (
        <Change {...props} from={from} to={to} />
      )}
    </Section>
  );
}

const EFFECTS = [
  ['volumeUsd', 'More or fewer items'],
  ['mixUsd', 'Other kinds of items'],
  ['attemptsUsd', 'Attempts for an item'],
  ['callsUsd', 'Calls in an attempt'],
  ['usageUsd', 'Tokens in a call'],
  ['priceUsd', 'Price of a token'],
] as const;

function Change({ workflow, type, filters, from, to }: PartProps & { from: string; to: string }): ReactNode {
  const { view, as_of, size, basis } = filters;
  const before = periodBefore(from, to);
  const of = (period: Partial<Filters>) => ({
    filters: { ...filters, ...period },
    groupBy: ['workflow', 'outcome_type'],
    cell: [workflow === '' ? null : workflow, type],
  });
  const report = useReport('/v1/reports/movers', {
    query: {
      from,
      to,
      before_from: before,
      before_to: from,
      view,
      as_of,
      size,
      basis,
      group_by: 'workflow,outcome_type',
    },
  });
  return (
    <Answered query={report} what="what changed">
      {({ rows, formula, tieOut, tieOutBefore }) => {
        const row = rowOf(rowsOf(rows, workflow), type);
        if (row === undefined)
          return <Empty title="Nothing to compare">Neither period has settled work of this workflow.</Empty>;
        return (
          <>
            <p>
              <Figures of={of({ from: before, to: from })}>
                <Amount value={row.before.costUsd} figure="cost" />
              </Figures>{' '}
              for {showCount(row.before.outcomes)} outcomes ({showPeriod(before, from)}),{' '}
              <Amount value={row.after.costUsd} figure="cost" /> for {showCount(row.after.outcomes)} (
              {showPeriod(from, to)}): a change of <Amount value={row.changeUsd} />.
            </p>
            <Effects row={row} file={`change-${type ?? 'all'}`} />
            <p className="hint">{formula}</p>
            <TieOutLine tieOut={tieOutBefore} />
            <TieOutLine tieOut={tieOut} />
          </>
        );
      }}
    </Answered>
  );
}

function Effects({ row, file }: { readonly row: Schemas['MoversRow']; readonly file: string }): ReactNode {
  const effects = EFFECTS.map(([field, name]) => ({ name, amount: row.effects[field] }));
  return (
    <>
      <DataTable
        caption="What the change is made of"
        file={file}
        rows={effects}
        keyOf={({ name }) => name}
        empty={null}
        columns={[
          { title: 'Effect', cell: ({ name }) => name, csv: ({ name }) => name },
          {
            title: 'Change',
            align: 'end',
            cell: ({ amount }) => <Amount value={amount} />,
            csv: ({ amount }) => amount,
          },
        ]}
      />
      <SumLine parts={effects.map(({ amount }) => amount)} figure={row.changeUsd} what="effects" isWhole />
      {!row.areTokensKnown && (
        <p className="hint">Not all tokens are known: use and price are told together.</p>
      )}
    </>
  );
}
