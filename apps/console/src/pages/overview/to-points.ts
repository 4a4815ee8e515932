import type { Schemas } from '../../api/wire-types.ts';
import type { TimePoint } from '../../charts/time-chart.tsx';
import { toPosition } from '../../format/decimal.ts';
import { showMoney } from '../../format/money.ts';
import { showCount, showShare } from '../../format/number.ts';
import { showDay } from '../../format/time.ts';

export type Bucket = 'day' | 'week' | 'month';
type Row = Pick<
  Schemas['OverTimeRow'],
  'group' | 'workItems' | 'outcomes' | 'loadedCostPerOutcomeUsd' | 'loadedInterval' | 'maturity' | 'bound'
>;

/** Rows of one workflow and outcome type as points of a chart, in the order of time; items in no bucket are no point. */
export function toPoints(rows: readonly Row[], bucket: Bucket): TimePoint[] {
  return rows
    .flatMap((row) => {
      const at = row.group[bucket] ?? null;
      return at === null ? [] : [toPoint(row, at, bucket)];
    })
    .toSorted((a, b) => (a.bucket < b.bucket ? -1 : a.bucket > b.bucket ? 1 : 0));
}

function toPoint(row: Row, at: string, bucket: Bucket): TimePoint {
  const { loadedCostPerOutcomeUsd: cost, loadedInterval: interval, maturity } = row;
  const isOpen = maturity !== null && maturity !== '1';
  return {
    bucket: at,
    value: cost === null ? null : toPosition(cost),
    low: interval?.lowUsd == null ? null : toPosition(interval.lowUsd),
    high: interval?.highUsd == null ? null : toPosition(interval.highUsd),
    isOpen,
    words: [
      `${bucket === 'week' ? 'Week of ' : ''}${showDay(at)}: ${row.bound === 'lower' ? 'at least ' : ''}${showMoney(cost)} per outcome`,
      ...(interval?.lowUsd == null || interval.highUsd == null
        ? []
        : [`95 %: ${showMoney(interval.lowUsd)} to ${showMoney(interval.highUsd)}`]),
      `${showCount(row.outcomes)} outcomes of ${showCount(row.workItems)} items`,
      ...(isOpen ? [`${showShare(maturity)} of the items are final: it will still move`] : []),
    ].join('; '),
  };
}

/** The baseline as the level that a chart compares with. */
export const toReference = (
  baseline: Schemas['BaselineRow']['baseline'],
): { readonly value: number; readonly label: string } | null =>
  baseline && {
    value: toPosition(baseline.costPerOutcomeUsd),
    label: `${baseline.name} ${showMoney(baseline.costPerOutcomeUsd)}`,
  };
