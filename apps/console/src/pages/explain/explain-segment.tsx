import { useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { Answer } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import type { Gets } from '../../api/wire-types.ts';
import { divideDecimal } from '../../format/decimal.ts';
import { exactMoney, showMoney } from '../../format/money.ts';
import { showCount } from '../../format/number.ts';
import { Page, Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import type { Addresses } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { cellText } from './cell-text.ts';

type Explained = Answer<Gets['/v1/explain/segment']>;
type Item = Explained['items'][number];

/** The work items that the figures of a segment are of, and those figures worked out from them. */
export function ExplainSegment({ segment }: { readonly segment: string }): ReactNode {
  const [filters] = useFilters();
  const [groupBy] = useSearchValue('group_by');
  const [cell] = useSearchValue('cell');
  const [side, setSide] = useSearchValue('side');
  const isOutside = side === 'outside';
  const question = useMemo(() => {
    const { workflow: _workflow, currency: _currency, view, ...query } = filters;
    return {
      query: {
        ...query,
        ...(view === 'cohort' ? { view } : {}),
        ...(groupBy === null ? {} : { group_by: groupBy }),
        ...(cell === null ? {} : { cell }),
        segment,
        side: isOutside ? ('outside' as const) : ('inside' as const),
        limit: '1000',
      },
    };
  }, [filters, groupBy, cell, segment, isOutside]);
  const pages = usePages('/v1/explain/segment', question);
  return (
    <Page
      title="Explain a segment"
      lead="The work items its figures are of: those of the half in which it was not looked for. Each leads on to its calls."
    >
      <p className="row">
        <span className="soft">Of</span> <strong>{cellText(groupBy, cell)}</strong>
        <button type="button" aria-pressed={!isOutside} onClick={() => setSide(null)}>
          In the segment
        </button>
        <button type="button" aria-pressed={isOutside} onClick={() => setSide('outside')}>
          Elsewhere
        </button>
      </p>
      <Paged pages={pages} what="work items">
        {(all) => <Whole all={all} hasMore={pages.hasMore} />}
      </Paged>
    </Page>
  );
}

function Whole({
  all,
  hasMore,
}: {
  readonly all: readonly Explained[];
  readonly hasMore: boolean;
}): ReactNode {
  const to = useAddresses();
  const [first] = all;
  if (first === undefined) return null;
  const items = all.flatMap((page) => page.items);
  const each = divideDecimal(first.loadedCostUsd, first.outcomes, PLACES);
  const name = first.conditions.map(({ attribute, value }) => `${attribute} = ${value}`).join(' and ');
  return (
    <>
      <p className="notice good explained" role="status">
        <strong>
          <data className="explained-figure" value={each ?? ''} title={exactMoney(each)}>
            {showMoney(each)}
          </data>
        </strong>
        <span>
          per outcome {first.side === 'inside' ? 'where' : 'outside of'} {name}, people, tools and overhead
          included: {showMoney(first.loadedCostUsd)} of {showCount(first.workItems)} work items over{' '}
          {showCount(first.outcomes)} outcomes make exactly <code>{each ?? 'unknown'}</code>.
        </span>
      </p>
      <Section title="Work items behind it" lead="The dearest first.">
        <DataTable
          caption="Work items of the segment"
          isCaptionHidden
          isPaged
          file="segment-work-items"
          rows={items}
          keyOf={({ kind, key }) => `${kind}:${key}`}
          columns={columnsOf(to, first.size)}
          empty={<Empty title="No work item">The segment holds none in this half.</Empty>}
        />
        <SumLine
          parts={items.map(({ loadedCostUsd }) => loadedCostUsd)}
          figure={first.loadedCostUsd}
          what="work items"
          isWhole={!hasMore}
        />
      </Section>
    </>
  );
}

/** As many as the API tells: a pico. */
const PLACES = 12;

/** @param size of the log that the segment was told at; null = as the books stand */
const columnsOf = (to: Addresses, size: number | null): readonly Column<Item>[] => [
  {
    title: 'Work item',
    cell: (item) => (
      <Link href={to.itemAt(item, size)}>
        {item.kind}:{item.key}
      </Link>
    ),
    csv: ({ kind, key }) => `${kind}:${key}`,
  },
  {
    title: 'Achieved',
    cell: ({ isAchieved }) => (isAchieved ? 'yes' : 'no'),
    csv: ({ isAchieved }) => isAchieved,
  },
  {
    title: 'Attempts',
    align: 'end',
    cell: ({ attempts }) => showCount(attempts),
    csv: ({ attempts }) => attempts,
  },
  {
    title: 'Calls of models (USD)',
    align: 'end',
    cell: (item) => <Amount value={item.callsCostUsd} href={to.itemAt(item, size)} />,
    csv: ({ callsCostUsd }) => callsCostUsd,
  },
  {
    title: 'With people, tools, overhead (USD)',
    align: 'end',
    cell: ({ loadedCostUsd }) => <Amount value={loadedCostUsd} />,
    csv: ({ loadedCostUsd }) => loadedCostUsd,
  },
  { title: 'Trail', cell: (item) => <Link href={to.workItem(item, { size })}>step by step</Link> },
];
