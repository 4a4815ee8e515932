import { scaleLinear } from 'd3-scale';
import { curveStepAfter, line } from 'd3-shape';
import type { MouseEvent, ReactNode } from 'react';
import { toPosition } from '../../format/decimal.ts';
import { showMoney } from '../../format/money.ts';
import type { Entry } from './describe-entry.ts';

const [WIDTH, HEIGHT] = [800, 72];

/** The cost of the trail as it adds up, entry by entry; a click chooses the nearest. The list says the same in words. */
export function CostCurve(props: {
  readonly entries: readonly Entry[];
  readonly total: { readonly currency: string; readonly amount: string };
  readonly chosen: number | null;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  const { entries, total, chosen } = props;
  const x = scaleLinear([0, Math.max(entries.length - 1, 1)], [2, WIDTH - 2]);
  const y = scaleLinear([0, Math.max(toPosition(total.amount), 1e-12)], [HEIGHT - 4, 4]);
  const costOf = ({ cost }: Entry): number => toPosition(cost.cumulative[total.currency] ?? '0');
  const path = line<Entry>(
    (_, index) => x(index),
    (entry) => y(costOf(entry)),
  ).curve(curveStepAfter)(entries);
  const at = entries.findIndex(({ n }) => n === chosen);
  const choose = (event: MouseEvent<SVGSVGElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const index = Math.round(x.invert(((event.clientX - left) / width) * WIDTH));
    const entry = entries[Math.min(Math.max(index, 0), entries.length - 1)];
    if (entry !== undefined) props.onChoose(entry.n);
  };
  return (
    <svg
      className="cost-curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Cost adds up to ${showMoney(total.amount, total.currency)} over ${entries.length} entries`}
      onClick={choose}
    >
      <path d={`${path}V${HEIGHT}H2Z`} className="cost-curve-area" />
      <path d={path ?? ''} className="cost-curve-line" vectorEffect="non-scaling-stroke" />
      {at >= 0 && (
        <line
          x1={x(at)}
          x2={x(at)}
          y1={0}
          y2={HEIGHT}
          className="cost-curve-at"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
