import type { ReactNode } from 'react';
import { compareDecimals, sumDecimals, toPosition } from '../format/decimal.ts';
import { Amount } from '../parts/figure.tsx';
import type { FigureKind } from '../url/figure-kinds.ts';

export interface Part {
  readonly name: string;
  /** Exact decimal; null = not known, which is no part of the bar but stands in the list. */
  readonly amount: string | null;
  readonly hint?: string;
  /** Which figure of its row the part is. */
  readonly figure?: FigureKind;
  /** What is left when the others are known: drawn grey, so that it looks neither good nor bad. */
  readonly isRest?: boolean;
}

const seriesOf = ({ isRest }: Part, index: number): string =>
  isRest ? 'series-rest' : `series-${index + 1}`;

/** What a sum is made of: a bar and a list of its parts with their shares. */
export function PartsBar({
  parts,
  label,
}: {
  readonly parts: readonly Part[];
  readonly label: string;
}): ReactNode {
  const sum = sumDecimals(parts.flatMap(({ amount }) => (amount === null ? [] : [amount])));
  const whole = toPosition(sum);
  return (
    <div className="parts-bar">
      <div className="parts-bar-bar" aria-hidden="true">
        {parts.map((part, index) =>
          part.amount === null || compareDecimals(part.amount, '0') <= 0 ? null : (
            <span
              key={part.name}
              className={seriesOf(part, index)}
              style={{ width: `${(toPosition(part.amount) / whole) * 100}%` }}
            />
          ),
        )}
      </div>
      <ul aria-label={label}>
        {parts.map((part, index) => (
          <PartOfBar key={part.name} part={part} series={seriesOf(part, index)} whole={whole} />
        ))}
      </ul>
    </div>
  );
}

function PartOfBar(props: {
  readonly part: Part;
  readonly series: string;
  readonly whole: number;
}): ReactNode {
  const { name, amount, hint, figure } = props.part;
  return (
    <li title={hint}>
      <span className={`swatch ${props.series}`} aria-hidden="true" />
      <span>{name}</span> <Amount value={amount} {...(figure === undefined ? {} : { figure })} />
      {amount !== null && props.whole > 0 && (
        <span className="soft"> {Math.round((toPosition(amount) / props.whole) * 100)} %</span>
      )}
    </li>
  );
}
