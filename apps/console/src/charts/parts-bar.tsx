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
}

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
        {parts.map(({ name, amount }, index) =>
          amount === null || compareDecimals(amount, '0') <= 0 ? null : (
            <span
              key={name}
              className={`series-${index + 1}`}
              style={{ width: `${(toPosition(amount) / whole) * 100}%` }}
            />
          ),
        )}
      </div>
      <ul aria-label={label}>
        {parts.map(({ name, amount, hint, figure }, index) => (
          <li key={name} title={hint}>
            <span className={`swatch series-${index + 1}`} aria-hidden="true" />
            <span>{name}</span> <Amount value={amount} {...(figure === undefined ? {} : { figure })} />
            {amount !== null && whole > 0 && (
              <span className="soft"> {Math.round((toPosition(amount) / whole) * 100)} %</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
