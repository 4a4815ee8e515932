import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { Addresses } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { readFigureKind } from '../../url/figure-kinds.ts';
import { useSearchValue } from '../../url/use-filters.ts';
import { ExplainedFigure } from './explained-figure.tsx';

type Item = Schemas['Explanation']['items'][number];

/** The work items that sum to a figure, and its parts. */
export function FigureItems(props: {
  readonly first: Schemas['Explanation'];
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}): ReactNode {
  const { first, items } = props;
  const to = useAddresses();
  const [figure] = useSearchValue('figure');
  const kind = readFigureKind(figure);
  return (
    <>
      {kind !== null && (
        <ExplainedFigure
          kind={kind}
          explanation={first}
          items={items}
          isWhole={!props.hasMore}
          partly={items.filter(isPartly).length}
        />
      )}
      <Parts of={first} isLowerBound={items.some(isPartly)} />
      <SumLine
        parts={[first.directCostUsd, first.failedAttemptCostUsd, first.noOutcomeCostUsd]}
        figure={first.costUsd}
        what="parts"
        isWhole
      />
      <Section
        title="Work items behind it"
        lead={
          first.size === null
            ? 'The costliest first; each leads on to its calls.'
            : 'The costliest first; each leads on to its calls as they were known at this size of the log.'
        }
      >
        <DataTable
          caption="Work items behind the figure"
          isPaged
          isCaptionHidden
          file="explain-work-items"
          rows={items}
          keyOf={({ kind, key }) => `${kind}:${key}`}
          columns={columnsOf(to, first.size)}
          empty={
            <Empty title="No work item is in this figure">
              Settled work is counted by the day it was settled. Widen the period, or count by the first
              attempt.
            </Empty>
          }
        />
        {items.length > 0 && (
          <SumLine
            parts={items.map(({ costUsd }) => costUsd)}
            figure={first.costUsd}
            what="work items"
            isWhole={!props.hasMore}
          />
        )}
      </Section>
    </>
  );
}

/** Whether part of its cost is not known. */
const isPartly = ({ unpricedCalls, callsWithoutUsage }: Item): boolean =>
  unpricedCalls + callsWithoutUsage > 0;

function Parts(props: { readonly of: Schemas['Explanation']; readonly isLowerBound: boolean }): ReactNode {
  const { of: first, isLowerBound } = props;
  return (
    <dl className="facts card">
      <Fact name="Cost">
        <strong className="headline">
          <Amount value={first.costUsd} isLowerBound={isLowerBound} />
        </strong>
      </Fact>
      <Fact name="Work items, outcomes">
        {showCount(first.workItems)}, {showCount(first.outcomes)}
      </Fact>
      <Fact name="Attempts that achieved the outcome">
        <Amount value={first.directCostUsd} />
      </Fact>
      <Fact name="Other attempts of the same items">
        <Amount value={first.failedAttemptCostUsd} />
      </Fact>
      <Fact name="Items that ended without an outcome">
        <Amount value={first.noOutcomeCostUsd} />
      </Fact>
      <Fact name="Read at log size">
        {first.size === null ? 'as the books stand' : showCount(first.size)}
      </Fact>
    </dl>
  );
}

/** @param size of the log that the figure was read at: each item leads to what it was then */
function columnsOf(to: Addresses, size: number | null): readonly Column<Item>[] {
  return [
    {
      title: 'Work item',
      cell: (item) => (
        <Link href={to.itemAt(item, size)}>
          {item.kind}:{item.key}
        </Link>
      ),
      csv: ({ kind, key }) => `${kind}:${key}`,
    },
    { title: 'Became', cell: ({ phase }) => phase, csv: ({ phase }) => phase },
    {
      title: 'Attempts',
      align: 'end',
      cell: ({ attempts }) => showCount(attempts),
      csv: ({ attempts }) => attempts,
    },
    { title: 'Calls', align: 'end', cell: ({ calls }) => showCount(calls), csv: ({ calls }) => calls },
    {
      title: 'Unknown',
      hint: 'Calls without a price, calls that did not say what they used',
      align: 'end',
      cell: ({ unpricedCalls, callsWithoutUsage }) => showCount(unpricedCalls + callsWithoutUsage),
      csv: ({ unpricedCalls, callsWithoutUsage }) => unpricedCalls + callsWithoutUsage,
    },
    {
      title: 'Cost (USD)',
      align: 'end',
      cell: (item) => <Amount value={item.costUsd} isLowerBound={isPartly(item)} />,
      csv: ({ costUsd }) => costUsd,
    },
    {
      title: 'Of it direct (USD)',
      align: 'end',
      cell: ({ directCostUsd }) => <Amount value={directCostUsd} />,
      csv: ({ directCostUsd }) => directCostUsd,
    },
    {
      title: 'Trail',
      cell: (item) => <Link href={to.workItem(item, { size })}>step by step</Link>,
    },
  ];
}
