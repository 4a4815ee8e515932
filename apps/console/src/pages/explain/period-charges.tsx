import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { showDay } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { Addresses } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';

type Charge = Schemas['PeriodExplanation']['charges'][number];

const PLACES: Readonly<Record<string, string>> = {
  outcome: 'Attempts that achieved an outcome',
  retry: 'Other attempts of achieved items',
  noOutcome: 'Items that ended without an outcome',
  inProgress: 'Items still open',
  overhead: 'Overhead',
  unattributed: 'Linked to no work item',
  writtenOff: 'Written off',
};

/** The charges of a period, call by call, as on the bill. */
export function PeriodCharges(props: {
  readonly first: Schemas['PeriodExplanation'];
  readonly charges: readonly Charge[];
  readonly hasMore: boolean;
}): ReactNode {
  const { first, charges } = props;
  const to = useAddresses();
  return (
    <>
      <dl className="facts card">
        <Fact name="Charged">
          <strong className="headline">
            <data className="explained-figure" value={first.costUsd}>
              <Amount value={first.costUsd} />
            </data>
          </strong>
        </Fact>
        {Object.entries(first.byPlace).map(([place, amount]) => (
          <Fact key={place} name={PLACES[place] ?? place}>
            <Amount value={amount} />
          </Fact>
        ))}
      </dl>
      <SumLine parts={Object.values(first.byPlace)} figure={first.costUsd} what="places" isWhole />
      <Section title="Charges behind it" lead="Call by call, the dearest first.">
        <DataTable
          caption="Charges behind the figure"
          isPaged
          isCaptionHidden
          file="explain-charges"
          rows={charges}
          keyOf={({ traceId, spanId, account, workItem }) =>
            `${traceId} ${spanId} ${account} ${workItem?.key}`
          }
          columns={columnsOf(to, first.size)}
          empty={<Empty title="Nothing was charged">No priced call began in this period.</Empty>}
        />
        {charges.length > 0 && (
          <SumLine
            parts={charges.map(({ costUsd }) => costUsd)}
            figure={first.costUsd}
            what="charges"
            isWhole={!props.hasMore}
          />
        )}
      </Section>
    </>
  );
}

/** @param size of the log that the charges were read at; null = as the books stand */
function columnsOf(to: Addresses, size: number | null): readonly Column<Charge>[] {
  return [
    { title: 'Day', cell: ({ day }) => showDay(day), csv: ({ day }) => day },
    { title: 'Model', cell: ({ model, provider }) => `${model} (${provider})`, csv: ({ model }) => model },
    { title: 'Sits on', cell: ({ account }) => <code>{account}</code>, csv: ({ account }) => account },
    {
      title: 'Work item',
      cell: ({ workItem, spanId }) =>
        workItem === null ? (
          'none'
        ) : (
          <Link href={to.itemAt(workItem, size, { span: spanId })}>
            {workItem.kind}:{workItem.key}
          </Link>
        ),
      csv: ({ workItem }) => (workItem === null ? null : `${workItem.kind}:${workItem.key}`),
    },
    {
      title: 'Postings',
      cell: ({ traceId }) => (
        <Link href={to.transactions({ trace: traceId, size })}>
          <code>{traceId.slice(0, 8)}…</code>
        </Link>
      ),
      csv: ({ traceId, spanId }) => `${traceId} ${spanId}`,
    },
    {
      title: 'Price rows',
      cell: ({ priceIds }) => <code>{priceIds.map((id) => id.slice(0, 8)).join(' ')}</code>,
      csv: ({ priceIds }) => priceIds.join(' '),
    },
    {
      title: 'Cost (USD)',
      align: 'end',
      cell: ({ costUsd }) => <Amount value={costUsd} />,
      csv: ({ costUsd }) => costUsd,
    },
  ];
}
