import type { ReactNode } from 'react';

/** A value and its interval on a scale from 0 to `top`, as one cell of a table: its words stand in the cells beside it. */
export function Range(props: {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly top: number;
  /** A level to compare with, marked by a line. */
  readonly mark?: number | null;
}): ReactNode {
  const percent = (value: number): string =>
    `${Math.min(100, Math.max(0, (value / (props.top || 1)) * 100))}%`;
  const { value, low, high, mark } = props;
  return (
    <span className="range" aria-hidden="true">
      {/* Set by script, which the policy of the page allows; attributes of style in its text would be refused. */}
      <span className="range-bar" style={{ width: percent(value) }} />
      {low !== null && high !== null && (
        <span
          className="range-interval"
          style={{ left: percent(low), right: `calc(100% - ${percent(high)})` }}
        />
      )}
      {mark !== null && mark !== undefined && <span className="range-mark" style={{ left: percent(mark) }} />}
    </span>
  );
}
