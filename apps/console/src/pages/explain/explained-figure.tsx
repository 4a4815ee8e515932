import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { exactMoney, showMoney } from '../../format/money.ts';
import { showCount } from '../../format/number.ts';
import { plural } from '../../format/outcome-words.ts';
import { FIGURES, type FigureKind } from '../../url/figure-kinds.ts';
import { reportQuery } from '../../url/filters.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { workOut } from './work-out.ts';

/** The figure that led here, worked out again on this page from what is behind it. */
export function ExplainedFigure(props: {
  readonly kind: FigureKind;
  readonly explanation: Schemas['Explanation'];
  readonly items: readonly Schemas['Explanation']['items'][number][];
  readonly isWhole: boolean;
  /** Items of which part of the cost is not known. */
  readonly partly: number;
}): ReactNode {
  const { kind, explanation, items, isWhole, partly } = props;
  const row = useReportRow(kind.startsWith('loaded'));
  const { value, parts, by, isCount } = workOut(kind, explanation, items, row);
  if (!isWhole)
    return (
      <p className="hint" role="status">
        Ask for the rest of the work items below: the figure is {FIGURES[kind]}.
      </p>
    );
  return (
    <p className="notice good explained" role="status">
      <strong>
        <data
          className="explained-figure"
          value={value ?? ''}
          title={isCount ? undefined : exactMoney(value)}
        >
          {isCount ? showCount(value) : showMoney(value)}
        </data>
      </strong>
      <span>
        {FIGURES[kind]}
        {!isCount && (
          <>
            : {showCount(parts.length)} amounts{by === null ? '' : ` over ${showCount(by.count)} ${by.of}`}{' '}
            make exactly <code>{value ?? 'unknown'}</code>
          </>
        )}
        {!isCount &&
          partly > 0 &&
          `, or more: of ${plural(partly, 'work item')} part of the cost is not known`}
        .
      </span>
    </p>
  );
}

/** The row of the report that the address names, where it is needed. */
function useReportRow(isNeeded: boolean): Schemas['CostPerOutcomeRow'] | undefined {
  const [filters] = useFilters();
  const [groupBy] = useSearchValue('group_by');
  const [cell] = useSearchValue('cell');
  const query = { ...reportQuery(filters), ...(groupBy === null ? {} : { group_by: groupBy }) };
  const { data } = useReport(
    '/v1/reports/{name}',
    { path: { name: 'cost-per-outcome' }, query },
    { enabled: isNeeded },
  );
  if (cell === null) return data?.total;
  const names = (groupBy ?? '').split(',');
  return data?.rows.find(({ group }) => JSON.stringify(names.map((name) => group[name] ?? null)) === cell);
}
