import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import { useId, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { showDay } from '../format/time.ts';
import { bucketMs, moneyTicks, shownTicks } from './axis.ts';
import { useWidth } from './use-width.ts';

/** A bucket of time; amounts as positions, words as they are read. */
export interface TimePoint {
  /** `2026-10-05` or `2026-10`. */
  readonly bucket: string;
  /** null = not known: the line has a gap. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** All there is to say of it, in a line. */
  readonly words: string;
  /** Of too few items, or will still move: drawn hollow, and dashed the way there. */
  readonly isUnsure: boolean;
}

interface TimeChartProps {
  /** What is drawn, for those who do not see it. */
  readonly label: string;
  readonly points: readonly TimePoint[];
  /** A level to compare with; where it lies far above the points, it is named at the upper edge and not drawn to scale. */
  readonly reference: { readonly value: number; readonly label: string } | null;
  readonly height?: number;
}

const MARGIN = { top: 14, right: 14, bottom: 26, left: 62 };
/** A reference this many times above everything else would press the points flat. */
const FAR = 3;

/**
 * Amounts over time with their intervals. The arrow keys move from bucket to bucket, Home and End to the ends, and what
 * is chosen is said; nothing is told by colour alone.
 */
export function TimeChart({ label, points, reference, height = 210 }: TimeChartProps): ReactNode {
  const [frame, width] = useWidth<HTMLDivElement>(560);
  const [chosen, setChosen] = useState<number | null>(null);
  const hint = useId();
  const drawing = layOut(points, reference, width, height);
  const move = (event: KeyboardEvent): void => {
    const last = points.length - 1;
    const at = chosen ?? last + 1;
    const to = { ArrowLeft: Math.max(0, at - 1), ArrowRight: Math.min(last, at + 1), Home: 0, End: last }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    setChosen(to);
  };
  const point = (event: PointerEvent<HTMLDivElement>): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setChosen(drawing.nearest(x));
  };
  const current = chosen === null ? undefined : points[chosen];
  return (
    <div className="chart">
      {reference !== null && drawing.isFar && (
        <p className="chart-far">↑ {reference.label}, far above this scale</p>
      )}
      <div
        ref={frame}
        className="chart-frame"
        tabIndex={0}
        role="group"
        aria-label={label}
        aria-describedby={hint}
        onKeyDown={move}
        onPointerMove={point}
        onPointerLeave={() => setChosen(null)}
        onBlur={() => setChosen(null)}
      >
        <span id={hint} className="visually-hidden">
          {points.length} points. Use the arrow keys to go through them.
        </span>
        <Drawing
          drawing={drawing}
          points={points}
          width={width}
          height={height}
          chosen={chosen}
          reference={reference}
        />
      </div>
      <p className="chart-say" aria-live="polite">
        {current?.words ?? ''}
      </p>
      <InWords points={points} />
    </div>
  );
}

/** What the signs mean, and the figures for those who read them. */
const InWords = ({ points }: { readonly points: readonly TimePoint[] }): ReactNode => (
  <>
    {points.some(({ isUnsure, value }) => isUnsure && value !== null) && (
      <p className="hint">
        Hollow and dashed: fewer than ten items, or not all of them final. No rise and no fall yet.
      </p>
    )}
    <details className="chart-table">
      <summary>The points in words</summary>
      <ul>
        {points.map(({ bucket, words }) => (
          <li key={bucket}>{words}</li>
        ))}
      </ul>
    </details>
  </>
);

type Layout = ReturnType<typeof layOut>;

function layOut(
  points: readonly TimePoint[],
  reference: TimeChartProps['reference'],
  width: number,
  height: number,
) {
  const moments = points.map(({ bucket }) => bucketMs(bucket));
  const [first = 0, last = 1] = [moments[0], moments.at(-1)];
  const middle = points.length === 1;
  const x = scaleUtc()
    .domain(middle ? [first - 1, first + 1] : [first, last])
    .range([MARGIN.left + 8, Math.max(MARGIN.left + 9, width - MARGIN.right - 8)]);
  // An interval may reach far beyond what is of interest: it is cut at twice the highest point.
  const highest = Math.max(0, ...points.map(({ value }) => value ?? 0));
  const reach = Math.max(highest, ...points.map(({ high }) => Math.min(high ?? 0, highest * 2)));
  const isFar = reference !== null && reference.value > reach * FAR;
  const top = Math.max(reach, reference === null || isFar ? 0 : reference.value) || 1;
  const y = scaleLinear()
    .domain([0, top * 1.05])
    .range([height - MARGIN.bottom, MARGIN.top]);
  const xs = moments.map((moment) => x(moment));
  return {
    xs,
    y,
    top,
    isFar,
    ticks: y.ticks(4),
    nearest: (position: number): number =>
      xs.reduce(
        (best, each, index) => (Math.abs(each - position) < Math.abs(xs[best]! - position) ? index : best),
        0,
      ),
  };
}

function Drawing(props: {
  readonly drawing: Layout;
  readonly points: readonly TimePoint[];
  readonly width: number;
  readonly height: number;
  readonly chosen: number | null;
  readonly reference: TimeChartProps['reference'];
}): ReactNode {
  const { drawing, points, width, height, chosen, reference } = props;
  const { xs, y, ticks } = drawing;
  const right = width - MARGIN.right;
  const texts = moneyTicks(ticks);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {ticks.map((tick, index) => (
        <g key={tick} className="tick">
          <line x1={MARGIN.left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
            {texts[index]}
          </text>
        </g>
      ))}
      {shownTicks(points.length, Math.floor((right - MARGIN.left) / 86)).map((index) => (
        <text key={index} className="tick" x={xs[index]} y={height - 6} textAnchor="middle">
          {shortDay(points[index]!.bucket)}
        </text>
      ))}
      <Points drawing={drawing} points={points} chosen={chosen} />
      {reference !== null && !drawing.isFar && (
        <Reference reference={reference} drawing={drawing} right={right} />
      )}
      {chosen !== null && xs[chosen] !== undefined && (
        <line
          className="cursor"
          x1={xs[chosen]}
          x2={xs[chosen]}
          y1={MARGIN.top}
          y2={height - MARGIN.bottom}
        />
      )}
    </svg>
  );
}

/** The interval, the line and the dots. */
function Points(props: {
  readonly drawing: Layout;
  readonly points: readonly TimePoint[];
  readonly chosen: number | null;
}): ReactNode {
  const { drawing, points, chosen } = props;
  const { xs, y, top } = drawing;
  const at = (point: TimePoint): number => xs[points.indexOf(point)]!;
  const band = area<TimePoint>()
    .defined(({ low, high, value }) => value !== null && low !== null && high !== null)
    .x(at)
    .y0(({ low }) => y(low ?? 0))
    .y1(({ high }) => y(Math.min(high ?? 0, top)));
  const path = line<TimePoint>()
    .defined(({ value }) => value !== null)
    .x(at)
    .y(({ value }) => y(value ?? 0));
  return (
    <>
      <path className="band" d={band([...points]) ?? ''} />
      {stretches(points).map(({ isUnsure, from, to }) => (
        <path
          key={from}
          className={isUnsure ? 'line unsure' : 'line'}
          d={path(points.slice(from, to + 1)) ?? ''}
        />
      ))}
      {points.map((each, index) =>
        each.value === null ? null : (
          <circle
            key={each.bucket}
            className={each.isUnsure ? 'dot open' : 'dot'}
            cx={xs[index]}
            cy={y(each.value)}
            r={index === chosen ? 6 : points.length > 60 ? 2 : 3.5}
          />
        ),
      )}
    </>
  );
}

/** Runs of the line that are drawn alike, each of them from the last point of the one before. */
function stretches(points: readonly TimePoint[]) {
  const runs: { readonly isUnsure: boolean; readonly from: number; to: number }[] = [];
  for (let to = 1; to < points.length; to++) {
    const isUnsure = points[to - 1]!.isUnsure || points[to]!.isUnsure;
    const last = runs.at(-1);
    if (last?.isUnsure === isUnsure) last.to = to;
    else runs.push({ isUnsure, from: to - 1, to });
  }
  return runs;
}

function Reference(props: {
  readonly reference: { readonly value: number; readonly label: string };
  readonly drawing: Layout;
  readonly right: number;
}): ReactNode {
  const { reference, drawing, right } = props;
  const level = drawing.y(reference.value);
  return (
    <g>
      <line className="reference" x1={MARGIN.left} x2={right} y1={level} y2={level} />
      <text className="reference-label" x={right} y={level - 6} textAnchor="end">
        {reference.label}
      </text>
    </g>
  );
}

/** Without the year, which the filters say. */
const shortDay = (bucket: string): string =>
  showDay(bucket).replace(bucket.length === 7 ? '' : / \d{4}$/, '');
