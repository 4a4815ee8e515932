import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { Range } from '../../charts/range.tsx';
import { toPosition } from '../../format/decimal.ts';
import { showMoney } from '../../format/money.ts';
import { showCount, showShare } from '../../format/number.ts';
import { plural } from '../../format/outcome-words.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { reportQuery } from '../../url/filters.ts';
import { rowOf, rowsOf } from './row-of.ts';
import type { PartProps } from './summary-part.tsx';

/** What a further attempt buys, and after how many of them a hand-off is cheaper. */
export function AttemptsPart({ workflow, type, filters }: PartProps): ReactNode {
  const report = useReport('/v1/reports/retries', {
    query: { ...reportQuery(filters), outcome_type: undefined, group_by: 'workflow,outcome_type' },
  });
  return (
    <Section
      title="What retrying buys"
      lead="Attempts by their number: how many succeeded, and what they cost. An attempt without a final result says nothing of success."
    >
      <Answered query={report} what="the attempts">
        {({ rows, formula }) => {
          const row = rowOf(rowsOf(rows, workflow), type);
          if (row === undefined) return <Nothing />;
          return (
            <>
              <Advice row={row} />
              <DataTable
                caption="Attempts by number"
                file={`attempts-${type ?? 'all'}`}
                rows={row.hazards}
                keyOf={({ number }) => String(number)}
                columns={COLUMNS}
                empty={<Nothing />}
              />
              <dl className="facts small">
                <Fact name="Cost of one try">
                  <Amount value={row.costPerTryUsd} />
                </Fact>
                <Fact name="Success of one try">{showShare(row.successPerTry)}</Fact>
                <Fact name="After the outcome">
                  {plural(row.afterOutcome.attempts, 'attempt')}, <Amount value={row.afterOutcome.costUsd} />
                </Fact>
                <Fact name="Boundaries that were inferred">{showCount(row.estimatedBoundaries)}</Fact>
              </dl>
              <p className="hint">{formula}</p>
            </>
          );
        }}
      </Answered>
    </Section>
  );
}

const Nothing = (): ReactNode => (
  <Empty title="No attempts are settled yet">
    An attempt is the agent&apos;s work at one item between two results; they are counted once the item is
    settled.
  </Empty>
);

type Hazard = Schemas['AttemptHazard'];

const COLUMNS: readonly Column<Hazard>[] = [
  { title: 'Attempt', cell: ({ number }) => ordinal(number), csv: ({ number }) => number },
  count('Made', 'attempts'),
  count('Succeeded', 'succeeded'),
  count('Failed', 'failed'),
  count('Without result', 'open'),
  {
    title: 'Success',
    align: 'end',
    cell: ({ success, interval }) => (
      <>
        {showShare(success)}
        {interval !== null && (
          <span className="interval">
            {' '}
            ({showShare(interval.low)} to {showShare(interval.high)})
          </span>
        )}
      </>
    ),
    csv: ({ success }) => success,
  },
  {
    title: 'Drawn, 0 to 100 %',
    cell: ({ success, interval }) =>
      success === null ? null : (
        <Range
          value={toPosition(success)}
          low={interval === null ? null : toPosition(interval.low)}
          high={interval === null ? null : toPosition(interval.high)}
          top={1}
        />
      ),
  },
  {
    title: 'Cost each',
    align: 'end',
    cell: ({ costPerAttemptUsd }) => <Amount value={costPerAttemptUsd} />,
    csv: ({ costPerAttemptUsd }) => costPerAttemptUsd,
  },
  {
    title: 'Cost',
    align: 'end',
    cell: ({ costUsd }) => <Amount value={costUsd} />,
    csv: ({ costUsd }) => costUsd,
  },
];

function count(title: string, field: 'attempts' | 'succeeded' | 'failed' | 'open'): Column<Hazard> {
  return { title, align: 'end', cell: (row) => showCount(row[field]), csv: (row) => row[field] };
}

/** `1st`, `2nd`, `11th`. */
function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  return `${number}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')}`;
}

/** What is missing, the first that is. */
function whyNoCap({ bound, hazards }: Schemas['RetriesRow']): string {
  const few = hazards.find(({ succeeded, failed }) => succeeded < 5 || failed < 5);
  if (bound === 'lower') return 'part of the cost has no price';
  return few === undefined
    ? 'nobody said what handing over costs (a baseline of this outcome)'
    : `of the ${ordinal(few.number)} attempts ${few.succeeded} succeeded and ${few.failed} failed, and it takes five of each`;
}

function Advice({ row }: { readonly row: Schemas['RetriesRow'] }): ReactNode {
  const { cap, likeFirst } = row;
  const step = cap?.steps.find(({ number }) => number === cap.bestCap);
  return (
    <>
      {cap === null ? (
        <p className="notice">How many attempts are worth it is not told: {whyNoCap(row)}.</p>
      ) : (
        <p className="notice good">
          <strong>
            {cap.bestCap === 0
              ? 'Hand over at once'
              : `Up to ${plural(cap.bestCap, 'attempt')}, then hand over for ${showMoney(cap.handOff.costUsd)}`}
          </strong>
          <span>
            {step !== undefined && (
              <>
                That is expected to cost <Amount value={step.expectedCostUsd} /> an item,{' '}
              </>
            )}
            <Amount value={cap.gainPerItemUsd} /> less than with the next best number ({cap.handOff.from});
            the evidence is {cap.evidence}. Nothing is said of attempts that were seen too seldom.
          </span>
        </p>
      )}
      {likeFirst?.isRejected === true && (
        <p className="notice warn">
          Second attempts do not succeed like first ones (p = {likeFirst.pValue.slice(0, 6)}): cost per try
          over success per try must not be carried over to more attempts.
        </p>
      )}
    </>
  );
}
