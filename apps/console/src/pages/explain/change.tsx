import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals } from '../../format/decimal.ts';
import { showCount } from '../../format/number.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { meaningOf } from './transaction-codes.ts';

type AnyChange = NonNullable<Schemas['Explanation']['change'] | Schemas['PeriodExplanation']['change']>;
interface Move {
  readonly what: string;
  readonly amount: string;
  readonly code: string | null;
  readonly count: string;
  readonly causes: readonly string[];
}

/** What a figure was, what moved it, what it is: an exact sum. */
export function Change({ change }: { readonly change: AnyChange }): ReactNode {
  const to = useAddresses();
  const moves = movesOf(change);
  return (
    <>
      <p className="row">
        <span>
          <Amount value={change.beforeUsd} /> at log size {showCount(change.size)}
        </span>
        <span aria-hidden="true">→</span>
        <strong>
          <Amount value={change.afterUsd} />
        </strong>
        <span>
          (<Amount value={change.differenceUsd} />)
        </span>
      </p>
      <DataTable
        caption="What moved it"
        isCaptionHidden
        file="explain-change"
        rows={moves}
        keyOf={({ what }) => what}
        columns={[
          { title: 'What', cell: ({ what }) => what, csv: ({ what }) => what },
          {
            title: 'Transactions or items',
            align: 'end',
            cell: ({ code, count }) =>
              code === null ? count : <Link href={to.transactions({ code })}>{count}</Link>,
            csv: ({ count }) => count,
          },
          {
            title: 'Amount (USD)',
            align: 'end',
            cell: ({ amount }) => <Amount value={amount} />,
            csv: ({ amount }) => amount,
          },
          {
            title: 'Causes of the largest',
            isProse: true,
            cell: ({ causes }) =>
              causes.map((cause) => (
                <div key={cause}>
                  <Link href={to.transactions({ cause })}>
                    <code>{cause}</code>
                  </Link>
                </div>
              )),
            csv: ({ causes }) => causes.join(' '),
          },
        ]}
        empty={<Empty title="Nothing moved it">The figure is what it was then.</Empty>}
      />
      <SumLine
        parts={[change.beforeUsd, ...moves.map(({ amount }) => amount)]}
        figure={change.afterUsd}
        what="terms, the earlier figure first,"
        isWhole
      />
    </>
  );
}

function movesOf(change: AnyChange): Move[] {
  const codes = change.codes.map(({ code, amountUsd, transactions, causes }): Move => ({
    what: `${code}: ${meaningOf(code)}`,
    amount: amountUsd,
    code,
    count: showCount(transactions),
    causes,
  }));
  const items =
    'entered' in change
      ? [
          plain('Work items that came into the figure', change.entered.amountUsd, change.entered.items),
          plain('Work items that left it', negative(change.left.amountUsd), change.left.items),
        ]
      : [];
  return [...codes, ...items, plain('Moved from or to other rows', change.betweenGroupsUsd, null)].filter(
    ({ amount, count }) => compareDecimals(amount, '0') !== 0 || !['0', '–'].includes(count),
  );
}

const plain = (what: string, amount: string, count: number | null): Move => ({
  what,
  amount,
  code: null,
  count: showCount(count),
  causes: [],
});

const negative = (amount: string): string =>
  amount.startsWith('-') ? amount.slice(1) : compareDecimals(amount, '0') === 0 ? amount : `-${amount}`;
