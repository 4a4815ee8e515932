import type { ReactNode } from 'react';
import { Amount } from '../../parts/figure.tsx';

/** Amounts by currency; `none` where nothing is known, which is not 0. */
export function Amounts(props: {
  readonly of: Readonly<Record<string, string>> | null;
  readonly none?: ReactNode;
}): ReactNode {
  const amounts = Object.entries(props.of ?? {});
  if (amounts.length === 0) return <span className="soft">{props.none ?? 'nothing yet'}</span>;
  return amounts.map(([currency, amount], index) => (
    <span key={currency}>
      {index > 0 && ' + '}
      <Amount value={amount} currency={currency} />
    </span>
  ));
}
