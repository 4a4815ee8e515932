import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showDay } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { useAddresses, type Addresses } from '../../url/use-addresses.ts';
import { meaningOf } from '../explain/transaction-codes.ts';

type InCurrency = Schemas['PeriodBridge']['currencies'][number];
type Account = Schemas['PeriodChanges']['accounts'][number];

/** How a month came to what it settled, and what was learnt of it since. */
export function Bridge({ period }: { readonly period: string }): ReactNode {
  const bridge = useGet('/v1/periods/{period}/bridge', { path: { period } });
  const changes = useGet('/v1/periods/{period}/changes', { path: { period } });
  const to = useAddresses();
  return (
    <Figures of={to.transactions({ period })}>
      <Section
        title={`How ${showDay(period)} came about`}
        lead="From the work in progress it began with to what was settled in it."
      >
        <Answered query={bridge} what="the bridge">
          {({ currencies }) => (
            <DataTable
              caption={`Bridge of ${period}`}
              isCaptionHidden
              file={`bridge-${period}`}
              rows={currencies.flatMap(linesOf)}
              keyOf={({ currency, title }) => `${currency} ${title}`}
              columns={[
                { title: 'What', cell: ({ title }) => title, csv: ({ title }) => title },
                {
                  title: 'Amount',
                  align: 'end',
                  cell: ({ amount, currency, account }) => (
                    <Amount
                      value={amount}
                      currency={currency}
                      href={account === null ? undefined : to.transactions({ account, period })}
                    />
                  ),
                  csv: ({ amount }) => amount,
                },
                { title: 'Currency', cell: ({ currency }) => currency, csv: ({ currency }) => currency },
              ]}
              empty={
                <Empty title="Nothing was posted to this month">
                  No charge and no outcome took effect in it.
                </Empty>
              }
            />
          )}
        </Answered>
      </Section>
      <Section
        title="As reported, and as restated since"
        lead="By account: what was closed, what was posted for it later, by code, and what it is now."
      >
        <Answered query={changes} what="changes">
          {({ accounts }) => <Restated accounts={accounts} period={period} />}
        </Answered>
      </Section>
    </Figures>
  );
}

interface Line {
  readonly title: string;
  readonly amount: string;
  readonly currency: string;
  /** null: of several accounts. */
  readonly account: string | null;
}

const linesOf = (each: InCurrency): Line[] =>
  (
    [
      ['Work in progress at the beginning', each.openingWorkInProgress],
      ['Charges for usage of the month', each.charges],
      ['Adjustments of other months', each.adjustments],
      ['Work in progress at the end', each.closingWorkInProgress],
      ['Unattributed', each.unattributed],
      ['Overhead', each.overhead],
      ['Written off', each.writtenOff],
      ['Variance against bills', each.variance],
      ['Settled, net of what was reopened', each.settled],
      ...each.settledByAccount.map(
        ({ account, amount }) => [`of it on ${account}`, amount, account] as const,
      ),
    ] as const
  ).map(([title, amount, account = null]) => ({ title, amount, account, currency: each.currency }));

function Restated({
  accounts,
  period,
}: {
  readonly accounts: readonly Account[];
  readonly period: string;
}): ReactNode {
  const to = useAddresses();
  const changed = accounts.find(({ changes }) => changes.length > 0);
  return (
    <>
      <DataTable
        caption="Accounts of the month"
        isCaptionHidden
        file={`restated-${period}`}
        rows={accounts}
        keyOf={({ account, currency }) => `${account} ${currency}`}
        columns={accountColumns(to, period)}
        empty={<Empty title="No account moved">Nothing was posted to this month.</Empty>}
      />
      {changed !== undefined && (
        <SumLine
          parts={[changed.reported, ...changed.changes.map(({ amount }) => amount)]}
          figure={changed.restated}
          currency={changed.currency}
          what={`terms of ${changed.account}`}
          isWhole
        />
      )}
    </>
  );
}

const accountColumns = (to: Addresses, period: string): readonly Column<Account>[] => [
  {
    title: 'Account',
    cell: ({ account }) => (
      <Link href={to.transactions({ account, period })}>
        <code>{account}</code>
      </Link>
    ),
    csv: ({ account }) => account,
  },
  {
    title: 'As reported',
    align: 'end',
    cell: ({ reported, currency, account }) => (
      <Amount value={reported} currency={currency} href={to.transactions({ account, period })} />
    ),
    csv: ({ reported }) => reported,
  },
  {
    title: 'Since',
    cell: ({ changes, currency, account }) =>
      changes.map(({ code, amount }) => (
        <div key={code} title={meaningOf(code)}>
          {code}{' '}
          <Amount value={amount} currency={currency} href={to.transactions({ account, period, code })} />
        </div>
      )),
    csv: ({ changes }) => changes.map(({ code, amount }) => `${code} ${amount}`).join('; '),
  },
  {
    title: 'As restated',
    align: 'end',
    cell: ({ restated, currency, account }) => (
      <Amount value={restated} currency={currency} href={to.transactions({ account, period })} />
    ),
    csv: ({ restated }) => restated,
  },
  { title: 'Currency', cell: ({ currency }) => currency, csv: ({ currency }) => currency },
];
