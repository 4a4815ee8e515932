import { useMemo, type ReactNode } from 'react';
import { Link, useSearch } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { Page } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import type { Addresses } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { meaningOf } from './transaction-codes.ts';

type Transaction = Schemas['LedgerTransactions']['items'][number];
/** One entry, with the transaction it is of. */
interface Row {
  readonly transaction: Transaction;
  readonly entry: Transaction['entries'][number];
  readonly n: number;
}

const ASKED = ['trace', 'kind', 'key', 'account', 'code', 'cause', 'period', 'size', 'as_of'] as const;

/** Postings of the ledger, whole transactions with all their entries, by whatever the address names. */
export function TransactionsPage(): ReactNode {
  const search = useSearch();
  const query = useMemo(() => {
    const given = new URLSearchParams(search);
    return Object.fromEntries(
      ASKED.flatMap((name) => (given.get(name) === null ? [] : [[name, given.get(name)!]])),
    );
  }, [search]);
  const pages = usePages('/v1/ledger/transactions', { query: { ...query, limit: '200' } });
  const names = Object.entries(query);
  return (
    <Page
      title="Postings"
      lead="Double entry: each transaction balances, and nothing posted is ever changed."
    >
      <p className="row">
        {names.length === 0 ? (
          <span>All of them.</span>
        ) : (
          names.map(([name, value]) => (
            <span key={name} className="tag">
              {name.replaceAll('_', ' ')} <code>{value}</code>
            </span>
          ))
        )}
      </p>
      <Paged pages={pages} what="postings">
        {(all) => <Entries transactions={all.flatMap(({ items }) => items)} />}
      </Paged>
    </Page>
  );
}

function Entries({ transactions }: { readonly transactions: readonly Transaction[] }): ReactNode {
  const to = useAddresses();
  const rows = transactions.flatMap((transaction) =>
    transaction.entries.map((entry, n): Row => ({ transaction, entry, n })),
  );
  return (
    <DataTable
      caption="Entries"
      isPaged
      isCaptionHidden
      file="postings"
      rows={rows}
      keyOf={({ transaction, n }) => `${transaction.transactionId} ${n}`}
      columns={columnsOf(to)}
      empty={<Empty title="Nothing posted">No transaction fits what the address asks for.</Empty>}
    />
  );
}

function columnsOf(to: Addresses): readonly Column<Row>[] {
  return [
    {
      title: 'Recorded',
      cell: ({ transaction }) => showTime(transaction.recordedAt),
      csv: ({ transaction }) => transaction.recordedAt,
    },
    {
      title: 'Code',
      isProse: true,
      cell: ({ transaction: { code } }) => `${code}: ${meaningOf(code)}`,
      csv: ({ transaction }) => transaction.code,
    },
    {
      title: 'Account',
      cell: ({ entry }) => <code>{entry.account}</code>,
      csv: ({ entry }) => entry.account,
    },
    {
      title: 'Amount',
      hint: '+ debit, − credit',
      align: 'end',
      cell: ({ entry }) => <Amount value={entry.amount} currency={entry.currency} />,
      csv: ({ entry }) => entry.amount,
    },
    { title: 'Currency', cell: ({ entry }) => entry.currency, csv: ({ entry }) => entry.currency },
    {
      title: 'Work item',
      cell: ({ entry: { workItem } }) =>
        workItem === null ? (
          '–'
        ) : (
          <Link href={to.workItemCost(workItem)}>
            {workItem.kind}:{workItem.key}
          </Link>
        ),
      csv: ({ entry: { workItem } }) => (workItem === null ? null : `${workItem.kind}:${workItem.key}`),
    },
    {
      title: 'Usage',
      cell: ({ entry }) => `${entry.usageDay} ${entry.callModel}`,
      csv: ({ entry }) => entry.usageDay,
    },
    {
      title: 'Cause',
      cell: ({ transaction }) => (
        <Link href={to.transactions({ cause: transaction.cause })}>
          <code>{transaction.cause}</code>
        </Link>
      ),
      csv: ({ transaction }) => transaction.cause,
    },
    {
      title: 'Transaction',
      cell: ({ transaction }) => <code>{transaction.transactionId.slice(0, 8)}</code>,
      csv: ({ transaction }) => transaction.transactionId,
    },
  ];
}
