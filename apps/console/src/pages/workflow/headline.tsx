import type { ReactNode } from 'react';
import type { Schemas } from '../../api/wire-types.ts';
import { subtractDecimals } from '../../format/decimal.ts';
import { exactMoney, showMoney } from '../../format/money.ts';
import { unitOf } from '../../format/outcome-words.ts';
import { Amount, CostInterval, Grade } from '../../parts/figure.tsx';
import type { FigureKind } from '../../url/figure-kinds.ts';

type Row = Pick<
  Schemas['CostPerOutcomeRow'],
  | 'group'
  | 'bound'
  | 'grade'
  | 'gradeReasons'
  | 'costPerOutcomeUsd'
  | 'loadedCostPerOutcomeUsd'
  | 'loadedGrade'
>;

/** Whether more than calls of models is known of its cost: people, tools, overhead. */
export const isLoaded = (row: Row): boolean => row.loadedCostPerOutcomeUsd !== row.costPerOutcomeUsd;

/** Which figure of the row stands in front. */
export const headlineFigure = (row: Row): FigureKind =>
  isLoaded(row) ? 'loaded_per_outcome' : 'cost_per_outcome';

/** How well the headline is known; the reasons that are told are those of the calls of models alone. */
export const HeadlineGrade = ({ row }: { readonly row: Row }): ReactNode =>
  isLoaded(row) ? <Grade grade={row.loadedGrade} /> : <Grade grade={row.grade} reasons={row.gradeReasons} />;

/** Whether part of its loaded cost is not known, so that the figure is a lower bound. */
export const isIncomplete = ({ bound, loadedGrade }: Pick<Row, 'bound' | 'loadedGrade'>): boolean =>
  bound === 'lower' || loadedGrade === 'incomplete';

/** The two parts of the headline, which sum to it. */
function MadeOf({ row }: { readonly row: Row }): ReactNode {
  const { loadedCostPerOutcomeUsd: all, costPerOutcomeUsd: calls } = row;
  if (all === null || calls === null) return null;
  const rest = subtractDecimals(all, calls);
  return (
    <p>
      Of which <Amount value={calls} isLowerBound={row.bound === 'lower'} figure="cost_per_outcome" /> in
      calls of models, {/* No link: what explains it is the headline, of which it is the rest. */}
      <span className="amount" title={exactMoney(rest)}>
        {showMoney(rest)}
      </span>{' '}
      for people, tools and overhead
    </p>
  );
}

/** What one outcome truly costs, with everything that is known of its cost, and what is in that. */
export function Headline({
  row,
  interval,
}: {
  readonly row: Row;
  /** Of the loaded cost. */
  readonly interval: Schemas['CostInterval'] | null | undefined;
}): ReactNode {
  const isMore = isLoaded(row);
  return (
    <div>
      <p className="headline">
        <Amount
          value={row.loadedCostPerOutcomeUsd}
          isLowerBound={isIncomplete(row)}
          figure={headlineFigure(row)}
        />
      </p>
      <p className="soft">
        per {unitOf(row.group['outcome_type'])},{' '}
        {isMore
          ? 'people, tools and overhead included'
          : 'in calls of models: no cost of people or tools is known'}{' '}
        <CostInterval of={interval} />
      </p>
      {isMore && <MadeOf row={row} />}
    </div>
  );
}
