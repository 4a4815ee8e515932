import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { sumDecimals } from '../../format/decimal.ts';
import { showCount } from '../../format/number.ts';
import { showDay, showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { LINK_COLUMNS } from './link-columns.ts';
import { meaningOf } from './transaction-codes.ts';

type Line = Schemas['CostExplanation']['lines'][number];

/** One charge: how its price came about, why it is this work item's, what was posted. */
export function LineDetail({ line }: { readonly line: Line }): ReactNode {
  const { charge, step, currency } = line;
  const to = useAddresses();
  return (
    <Section title={`Charge of ${step?.name ?? charge.callModel}`} lead={step?.usageRule?.words}>
      <dl className="facts card">
        <Fact name="This work item’s part">
          <Amount value={line.amount} currency={currency} />
          {line.amount !== charge.amount && (
            <>
              {' '}
              of a charge of <Amount value={charge.amount} currency={currency} />
            </>
          )}
        </Fact>
        <Fact name="Sits on">
          <code>{line.account}</code>
        </Fact>
        <Fact name="Trace and span">
          <Link href={to.transactions({ trace: line.traceId })}>{line.traceId}</Link>{' '}
          <code>{line.spanId}</code>
        </Fact>
        {charge.prices.map((price) => (
          <Fact key={price.priceId} name={`Price row of ${price.book} ${price.version}`}>
            {price.model} ({price.provider}),{' '}
            {price.validFrom === null ? 'from the beginning' : `from ${showDay(price.validFrom)}`}
            {price.validTo !== null && ` to ${showDay(price.validTo)}`} <code>{price.priceId}</code>
          </Fact>
        ))}
        {step !== null && <Fact name="Billed because">{step.roleReason}</Fact>}
        {step?.doubts.map((doubt) => (
          <Fact key={JSON.stringify(doubt)} name="Doubt">
            {typeof doubt === 'string' ? doubt : JSON.stringify(doubt)}
          </Fact>
        ))}
        {charge.estimates.length > 0 && <Fact name="Estimated">{charge.estimates.join(', ')}</Fact>}
      </dl>
      <PricedClasses line={line} />
      <Links line={line} />
      <Postings line={line} />
    </Section>
  );
}

function PricedClasses({ line: { charge, currency } }: { readonly line: Line }): ReactNode {
  if (charge.lines === null)
    return (
      <p className="notice warn">
        The price rows that are stored do not give this amount again; the posting is what counts.
      </p>
    );
  return (
    <>
      <DataTable
        caption="Quantity times price"
        file="charge-classes"
        rows={charge.lines}
        keyOf={(row) => `${row.class} ${row.priceId}`}
        columns={[
          { title: 'Class', cell: (row) => row.class.replaceAll('_', ' '), csv: (row) => row.class },
          {
            title: 'Quantity',
            align: 'end',
            cell: ({ quantity }) => showCount(quantity),
            csv: ({ quantity }) => quantity,
          },
          { title: 'Price of one', align: 'end', cell: ({ price }) => price, csv: ({ price }) => price },
          {
            title: 'Amount',
            align: 'end',
            cell: ({ amount }) => <Amount value={amount} currency={currency} />,
            csv: ({ amount }) => amount,
          },
          {
            title: 'Price row',
            cell: ({ priceId }) => <code>{priceId.slice(0, 8)}</code>,
            csv: ({ priceId }) => priceId,
          },
        ]}
        empty={<Empty title="No token class">The call was charged by something other than tokens.</Empty>}
      />
      <SumLine
        parts={charge.lines.map(({ amount }) => amount)}
        figure={charge.amount}
        currency={currency}
        what="classes"
        isWhole
      />
    </>
  );
}

function Links({ line }: { readonly line: Line }): ReactNode {
  return (
    <DataTable
      caption="Why it is this work item’s"
      file="charge-links"
      rows={line.links}
      keyOf={({ linkId }) => linkId}
      columns={[
        ...LINK_COLUMNS,
        {
          title: 'Named by',
          cell: ({ spanId, scope }) => <code>{spanId ?? `the whole ${scope}`}</code>,
          csv: ({ spanId }) => spanId,
        },
      ]}
      empty={<Empty title="No link is booked">Another fact put it here: see its postings.</Empty>}
    />
  );
}

function Postings({ line }: { readonly line: Line }): ReactNode {
  const to = useAddresses();
  const here = line.postings.filter(({ account }) => account === line.account);
  return (
    <>
      <DataTable
        caption="What was posted, oldest first"
        file="charge-postings"
        rows={line.postings}
        keyOf={({ transactionId, account }, index) => `${transactionId} ${account} ${index}`}
        columns={[
          {
            title: 'Recorded',
            cell: ({ recordedAt }) => showTime(recordedAt),
            csv: ({ recordedAt }) => recordedAt,
          },
          {
            title: 'Code',
            cell: ({ code }) => <span title={meaningOf(code)}>{`${code}: ${meaningOf(code)}`}</span>,
            csv: ({ code }) => code,
          },
          { title: 'Account', cell: ({ account }) => <code>{account}</code>, csv: ({ account }) => account },
          {
            title: 'Amount',
            align: 'end',
            cell: ({ amount }) => <Amount value={amount} currency={line.currency} />,
            csv: ({ amount }) => amount,
          },
          {
            title: 'Cause',
            cell: ({ cause }) => (
              <Link href={to.transactions({ cause })}>
                <code>{cause}</code>
              </Link>
            ),
            csv: ({ cause }) => cause,
          },
        ]}
        empty={<Empty title="Nothing was posted">The line would not stand here.</Empty>}
      />
      {here.length > 0 && (
        <p className="hint">
          Postings to <code>{line.account}</code> sum to{' '}
          <code>{sumDecimals(here.map(({ amount }) => amount))}</code>.
        </p>
      )}
    </>
  );
}
