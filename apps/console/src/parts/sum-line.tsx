import type { ReactNode } from 'react';
import { compareDecimals, sumDecimals } from '../format/decimal.ts';
import { Amount } from './figure.tsx';

/**
 * That parts sum to a figure, added up here and exactly: what is shown is not taken on trust. While not all parts are
 * loaded it says how much of the figure they are.
 */
export function SumLine(props: {
  readonly parts: readonly string[];
  readonly figure: string;
  readonly currency?: string;
  /** What the parts are: `work items`, `calls`. */
  readonly what: string;
  readonly isWhole: boolean;
}): ReactNode {
  const { figure, currency, what } = props;
  const sum = sumDecimals(props.parts);
  const isEqual = compareDecimals(sum, figure) === 0;
  if (!props.isWhole)
    return (
      <p className="hint" role="status">
        The {props.parts.length} {what} shown are <Amount value={sum} currency={currency ?? 'USD'} /> of{' '}
        <Amount value={figure} currency={currency ?? 'USD'} />.
      </p>
    );
  return (
    <p className={isEqual ? 'sum-line' : 'notice bad'} role="status">
      {isEqual ? '✓ ' : '✗ '}
      {props.parts.length} {what} {props.parts.length === 1 ? 'sums' : 'sum'} to <code>{sum}</code>
      {isEqual ? ', exactly the figure.' : `, and the figure is ${figure}: they do not tie.`}
    </p>
  );
}
