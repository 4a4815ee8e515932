import type { Schemas } from '../../api/wire-types.ts';
import type { TimePoint } from '../../charts/time-chart.tsx';
import { toPosition } from '../../format/decimal.ts';
import { showMoney } from '../../format/money.ts';
import { showShare } from '../../format/number.ts';
import { plural } from '../../format/outcome-words.ts';
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

/** Below as many items a bucket says little of all: as many as the gates of the baseline report ask for. */
const LEAST_ITEMS = 10;

function toPoint(row: Row, at: string, bucket: Bucket): TimePoint {
  const { loadedCostPerOutcomeUsd: cost, loadedInterval: interval, maturity } = row;
  const isYoung = isStillMoving(row);
  const isOfFew = row.workItems < LEAST_ITEMS;
  return {
    bucket: at,
    value: cost === null ? null : toPosition(cost),
    low: interval?.lowUsd == null ? null : toPosition(interval.lowUsd),
    high: interval?.highUsd == null ? null : toPosition(interval.highUsd),
    isUnsure: isYoung || isOfFew,
    words: [
      `${bucket === 'week' ? 'Week of ' : ''}${showDay(at)}: ${row.bound === 'lower' ? 'at least ' : ''}${showMoney(cost)} per outcome`,
      ...(interval?.lowUsd == null || interval.highUsd == null
        ? []
        : [`95 %: ${showMoney(interval.lowUsd)} to ${showMoney(interval.highUsd)}`]),
      countsOf(row),
      ...(isYoung ? [`${showShare(maturity)} of the items are final: it will still move`] : []),
      ...(isOfFew ? [`fewer than ${LEAST_ITEMS} items: too few to compare with the others`] : []),
    ].join('; '),
  };
}

const isStillMoving = ({ maturity }: Row): boolean => maturity !== null && maturity !== '1';

const countsOf = ({ outcomes, workItems }: Row): string =>
  `${outcomes === null ? 'an unknown number of outcomes' : plural(outcomes, 'outcome')} of ${plural(workItems, 'item')}`;

/** The baseline as the level that a chart compares with. */
export const toReference = (
  baseline: Schemas['BaselineRow']['baseline'],
): { readonly value: number; readonly label: string } | null =>
  baseline && {
    value: toPosition(baseline.costPerOutcomeUsd),
    label: `${baseline.name} ${showMoney(baseline.costPerOutcomeUsd)}`,
  };
