import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import type { Addresses } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';

type Group = Schemas['SetAsidePage']['groups'][number];

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  unknown_model: ['no price row is of this model', 'state its price, or say which model the name means'],
  no_price_at_time: ['no price row is valid at the time of the call', 'state the price of that time'],
  missing_usage: ['the call did not say what it used', 'have the sender record usage'],
};

/** Calls that have no price, by model; the cost of what they are in is a lower bound until it is stated. */
export function Unpriced(): ReactNode {
  const to = useAddresses();
  const queue = usePages('/v1/set-aside', { query: { kind: 'unpriced', limit: '100' } });
  return (
    <Section
      title="Calls without a price"
      lead="Unknown is not zero: every figure that holds such a call says that it is a lower bound. A price that is stated later is posted for them."
    >
      <Paged pages={queue} what="unpriced calls">
        {(all) => (
          <>
            <DataTable
              caption="Unpriced calls by model"
              isCaptionHidden
              file="unpriced"
              rows={all[0]?.groups ?? []}
              keyOf={({ reason, provider, model }) => `${reason} ${provider} ${model}`}
              columns={columnsOf(to)}
              empty={<Empty title="Every call has a price">Nothing to do here.</Empty>}
            />
            {all.some(({ items }) => items.length > 0) && (
              <DataTable
                caption="The traces concerned"
                isPaged
                file="unpriced-traces"
                rows={all.flatMap(({ items }) => items)}
                keyOf={({ id }) => id}
                columns={[
                  {
                    title: 'Trace',
                    cell: ({ subject }) => (
                      <Link href={to.transactions({ trace: subject })}>
                        <code>{subject}</code>
                      </Link>
                    ),
                    csv: ({ subject }) => subject,
                  },
                  {
                    title: 'Why',
                    cell: ({ reason }) => REASONS[reason]?.[0] ?? reason,
                    csv: ({ reason }) => reason,
                  },
                  { title: 'Since', cell: ({ since }) => showTime(since), csv: ({ since }) => since },
                ]}
                empty={null}
              />
            )}
          </>
        )}
      </Paged>
    </Section>
  );
}

function columnsOf(to: Addresses): readonly Column<Group>[] {
  return [
    { title: 'Model', cell: ({ model }) => model ?? '–', csv: ({ model }) => model },
    { title: 'Provider', cell: ({ provider }) => provider ?? '–', csv: ({ provider }) => provider },
    {
      title: 'Why',
      cell: ({ reason }) => REASONS[reason]?.[0] ?? reason.replaceAll('_', ' '),
      csv: ({ reason }) => reason,
    },
    {
      title: 'Traces',
      align: 'end',
      cell: ({ entries }) => showCount(entries),
      csv: ({ entries }) => entries,
    },
    { title: 'Calls', align: 'end', cell: ({ calls }) => showCount(calls), csv: ({ calls }) => calls },
    { title: 'Since', cell: ({ since }) => showTime(since), csv: ({ since }) => since },
    {
      title: 'What to do',
      cell: ({ reason, provider, model }) => (
        <Link href={to.settings('prices', { provider, model })}>
          {REASONS[reason]?.[1] ?? 'look at the prices'}
          <span className="visually-hidden"> of {model}</span>
        </Link>
      ),
    },
  ];
}
