import type { ReactNode } from 'react';
import type { Schemas } from '../api/wire-types.ts';
import { exactMoney, showMoney } from '../format/money.ts';
import { showCount, showShare } from '../format/number.ts';
import type { FigureKind } from '../url/figure-kinds.ts';
import { FigureLink } from './figure-links.tsx';

/** An amount for the eye, exact under the pointer; `≥` where part of it is unpriced. */
export function Amount(props: {
  readonly value: string | null | undefined;
  readonly currency?: string;
  readonly isLowerBound?: boolean;
  /** Which figure of its row it is, so that its explanation works it out. */
  readonly figure?: FigureKind;
  /** What explains it, where that is not the row. */
  readonly href?: string | undefined;
}): ReactNode {
  const { value, currency } = props;
  const isKnown = value !== null && value !== undefined;
  const note = props.isLowerBound && isKnown ? ' or more: part of it has no price' : '';
  return (
    <FigureLink figure={props.figure} href={props.href}>
      <span
        className={isKnown ? 'amount' : 'amount unknown'}
        title={exactMoney(value, currency) + note}
        data-exact={value ?? undefined}
      >
        {props.isLowerBound && isKnown && <abbr title="at least">≥ </abbr>}
        {showMoney(value, currency)}
      </span>
    </FigureLink>
  );
}

/** A number of things, as `12,345`; leads to its explanation as an amount does. */
export function Count(props: {
  readonly value: number | null | undefined;
  readonly figure?: FigureKind;
  readonly href?: string | undefined;
}): ReactNode {
  return (
    <FigureLink figure={props.figure} href={props.href}>
      <span className="amount" data-exact={props.value ?? undefined}>
        {showCount(props.value)}
      </span>
    </FigureLink>
  );
}

const GRADES = {
  measured: 'reconciled with a bill',
  metered: 'counted tokens times a price row',
  allocated: 'an exact split by a declared rule',
  estimated: 'part of it is inferred',
  assumed: 'part of it is what somebody stated',
  incomplete: 'something in it has no price: the true figure is higher',
} as const;

const REASONS: Readonly<Record<string, string>> = {
  unpriced: 'calls without a price',
  inferred_boundary: 'where an attempt begins or ends was inferred',
  'link_coverage_below_0.8': 'less than 80 % of the cost is linked to work',
  split_by_rule: 'shared cost was split by a rule',
};

/** How well a figure is known, and why no better. */
export function Grade(props: {
  readonly grade: keyof typeof GRADES;
  readonly reasons?: readonly string[];
}): ReactNode {
  const because = (props.reasons ?? []).map((reason) => REASONS[reason] ?? reason.replaceAll('_', ' '));
  const title = [GRADES[props.grade], ...because].join('; ');
  return (
    <span className={`grade ${props.grade}`} title={title}>
      {props.grade}
      <span className="visually-hidden">: {title}</span>
    </span>
  );
}

/** 95 % of the figure beside it. */
export function Interval(props: {
  readonly low: string | null;
  readonly high: string | null;
  readonly currency?: string;
}): ReactNode {
  const { low, high, currency } = props;
  const shown = `${low === null ? '0' : showMoney(low, currency)} to ${high === null ? 'no upper bound' : showMoney(high, currency)}`;
  return (
    <span
      className="interval"
      title={`95 % interval: ${exactMoney(low, currency)} to ${exactMoney(high, currency)}`}
    >
      95 %: {shown}
    </span>
  );
}

/** The interval of a cost where one is told; nothing where none is. */
export const CostInterval = ({
  of,
}: {
  readonly of: Schemas['CostInterval'] | null | undefined;
}): ReactNode => (of == null ? null : <Interval low={of.lowUsd} high={of.highUsd} />);

/** How much of what a figure is about is in it. */
export function Coverage({
  coverage,
}: {
  readonly coverage: Schemas['CostPerOutcomeRow']['coverage'];
}): ReactNode {
  const parts = [
    ['priced', coverage.priced, 'calls with a price'],
    ['linked', coverage.linked, 'work items with spend linked to them'],
    ['reconciled', coverage.reconciled, 'cost compared with a bill'],
  ] as const;
  return (
    <dl className="coverage" aria-label="Coverage">
      {parts.map(([name, share, title]) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd className={share === '1' ? 'full' : ''}>{showShare(share)}</dd>
        </div>
      ))}
    </dl>
  );
}
