import type { ReactNode } from 'react';
import { may, useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount, showShare } from '../../format/number.ts';
import { showDay, showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { useAddresses, type Addresses } from '../../url/use-addresses.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { BillForm } from './bill-form.tsx';

type Reconciled = Schemas['Reconciliations']['items'][number];
type Comparison = Reconciled['comparisons'][number];

const KINDS: Readonly<Record<string, string>> = {
  coverage: 'tokens that only one side has, at the bill’s price',
  rate: 'the tokens both have, at another price',
  fx: 'the same amount at another rate',
  tax: 'tax on the bill',
  credit: 'credits on the bill',
  minimum: 'minimum fees and purchases',
  rounding: 'the total less its lines',
  unexplained: 'what the bill says too little about',
};

/** Bills that were sent, and what each differs from the charges by. */
export function Bills(): ReactNode {
  const reconciled = useGet('/v1/reconciliation', {});
  const invoices = usePages('/v1/invoices', { query: { limit: '100' } });
  const session = useSession();
  const to = useAddresses();
  return (
    <>
      <Section
        title="Bills against charges"
        lead="Compared by provider, day, model, token class and tier. The kinds of variance sum to billed less charged."
      >
        <Answered query={reconciled} what="comparisons">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Not reconciled">
                <p>
                  No bill was sent yet: figures are metered, counted tokens times a price, and nobody has
                  confirmed them. Send the provider’s usage report, cost report or invoice below, or to{' '}
                  <code>POST /v1/invoices</code>.
                </p>
              </Empty>
            ) : (
              items.map((item) => <Reconciliation key={`${item.provider} ${item.period}`} item={item} />)
            )
          }
        </Answered>
      </Section>
      <Section id="bills" title="Bills that were sent">
        {may(session, 'admin') && <BillForm />}
        <Paged pages={invoices} what="bills">
          {(all) => (
            <DataTable
              caption="Bills"
              isPaged
              isCaptionHidden
              file="invoices"
              rows={all.flatMap(({ items }) => items)}
              keyOf={({ invoiceId }) => invoiceId}
              columns={billColumns(to)}
              empty={
                <Empty title="No bill was sent">
                  Without one, every report says that it is not reconciled.
                </Empty>
              }
            />
          )}
        </Paged>
      </Section>
    </>
  );
}

function Reconciliation({ item }: { readonly item: Reconciled }): ReactNode {
  return (
    <div className="card">
      <h3>
        {item.provider}, {showDay(item.period)}
        {item.isBooked ? ', booked' : ', a report: nothing is booked'}
        {item.isDue && ', being compared again'}
      </h3>
      {item.comparisons.map((comparison) => (
        <Compared
          key={comparison.currency}
          comparison={comparison}
          provider={item.provider}
          period={item.period}
        />
      ))}
      {item.notCompared.map(({ number, currency, reason }) => (
        <p key={`${number} ${currency}`} className="notice warn">
          {number ?? 'A report'} in {currency} is not compared: {reason.replaceAll('_', ' ')}.
        </p>
      ))}
    </div>
  );
}

function Compared({
  comparison,
  provider,
  period,
}: {
  readonly comparison: Comparison;
  readonly provider: string;
  readonly period: string;
}): ReactNode {
  const to = useAddresses();
  const { currency, billed, charged, difference, variance, models } = comparison;
  const charges = {
    filters: { view: 'period', from: `${period}-01`, to: monthAfter(period) },
    groupBy: ['provider'],
    cell: [provider],
  } as const;
  const kinds = Object.entries(variance);
  return (
    <Figures of={to.transactions({ period })}>
      <dl className="facts">
        <Fact name="Billed">
          <Amount value={billed} currency={currency} href={`${to.periods()}#bills`} />
        </Fact>
        <Fact name="Charged from spans">
          <Figures of={currency === 'USD' ? charges : to.transactions({ period })}>
            <Amount value={charged} currency={currency} figure="cost" />
          </Figures>
        </Fact>
        {kinds.map(([kind, amount]) => (
          <Fact key={kind} name={`${kind}: ${KINDS[kind] ?? ''}`}>
            <Amount value={amount} currency={currency} />
          </Fact>
        ))}
      </dl>
      <SumLine
        parts={kinds.map(([, amount]) => amount)}
        figure={difference}
        currency={currency}
        what="kinds of variance"
        isWhole
      />
      <DataTable
        caption={`Models on the bill in ${currency}`}
        file={`reconciliation-${provider}-${period}-${currency}`}
        rows={models}
        keyOf={({ model }) => model ?? 'none'}
        columns={modelColumns(currency)}
        empty={<Empty title="No model is on it">The bill tells no lines.</Empty>}
      />
    </Figures>
  );
}

/** The first day of the month after. */
const monthAfter = (period: string): string =>
  new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5, 7)), 1)).toISOString().slice(0, 10);

const billColumns = (to: Addresses): readonly Column<Schemas['Invoice']>[] => [
  { title: 'Provider', cell: ({ provider }) => provider, csv: ({ provider }) => provider },
  { title: 'Month', cell: ({ period }) => showDay(period), csv: ({ period }) => period },
  { title: 'Number', cell: ({ number }) => number ?? 'a report', csv: ({ number }) => number },
  {
    title: 'Form',
    cell: ({ format, version }) => `${format.replaceAll('_', ' ')}, version ${version}`,
    csv: ({ format }) => format,
  },
  {
    title: 'Total',
    align: 'end',
    cell: ({ total, currency, period }) => (
      <Amount value={total} currency={currency} href={to.transactions({ period })} />
    ),
    csv: ({ total }) => total,
  },
  {
    title: 'Lines',
    align: 'end',
    cell: ({ lines }) => showCount(lines),
    csv: ({ lines }) => lines,
  },
  {
    title: 'Sent',
    cell: ({ recordedAt }) => showTime(recordedAt),
    csv: ({ recordedAt }) => recordedAt,
  },
  {
    title: 'Stands',
    cell: ({ isSuperseded }) => (isSuperseded ? 'a later version does' : 'yes'),
    csv: ({ isSuperseded }) => !isSuperseded,
  },
];

const modelColumns = (currency: string): readonly Column<Comparison['models'][number]>[] => [
  { title: 'Model', cell: ({ model }) => model ?? 'not told', csv: ({ model }) => model },
  {
    title: 'Billed',
    align: 'end',
    cell: (row) => <Amount value={row.billed} currency={currency} />,
    csv: (row) => row.billed,
  },
  {
    title: 'Charged',
    align: 'end',
    cell: (row) => <Amount value={row.charged} currency={currency} />,
    csv: (row) => row.charged,
  },
  {
    title: 'Tokens billed',
    align: 'end',
    cell: ({ billedTokens }) => showCount(billedTokens),
    csv: ({ billedTokens }) => billedTokens,
  },
  {
    title: 'Tokens traced',
    align: 'end',
    cell: ({ tracedTokens }) => showCount(tracedTokens),
    csv: ({ tracedTokens }) => tracedTokens,
  },
  {
    title: 'Covered',
    align: 'end',
    cell: ({ coverage }) => showShare(coverage),
    csv: ({ coverage }) => coverage,
  },
  {
    title: 'Is',
    cell: ({ verdict, labels }) => [verdict, ...labels].map((each) => each.replaceAll('_', ' ')).join(', '),
    csv: ({ verdict, labels }) => [verdict, ...labels].join(' '),
  },
];
