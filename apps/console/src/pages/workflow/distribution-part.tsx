import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { Range } from '../../charts/range.tsx';
import { toPosition } from '../../format/decimal.ts';
import { showCount, showShare } from '../../format/number.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import type { WorkItemName } from '../../url/addresses.ts';
import { reportQuery } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { rowOf, rowsOf } from './row-of.ts';
import type { PartProps } from './summary-part.tsx';

interface Line {
  readonly name: string;
  readonly costUsd: string;
  readonly lowUsd: string | null;
  readonly highUsd: string | null;
  readonly note: string;
  /** Where the item stands whose cost it is, and those of the bounds. */
  readonly href: string | undefined;
  readonly lowHref: string | null;
  readonly highHref: string | null;
}

/** How the cost of work items is spread, and how much of it the dearest of them are. */
export function DistributionPart({ workflow, type, filters }: PartProps): ReactNode {
  const to = useAddresses();
  const report = useReport('/v1/reports/tails', {
    query: { ...reportQuery(filters), outcome_type: undefined, group_by: 'workflow,outcome_type' },
  });
  return (
    <Section
      title="How cost is spread"
      lead="In calls of models. Most items are near the median; what decides is often the tail. Intervals assume no distribution."
    >
      <Answered query={report} what="the distribution">
        {({ rows, formula, tieOut }) => {
          const row = rowOf(rowsOf(rows, workflow), type);
          if (row === undefined) return <Nothing />;
          const isPast = [filters.as_of, filters.size, filters.basis].some((each) => each !== undefined);
          const size = isPast ? tieOut.size : null;
          const lines = toLines(row, (item) => to.itemAt(item, size));
          const top = Math.max(...lines.map(({ costUsd, highUsd }) => toPosition(highUsd ?? costUsd)));
          return (
            <>
              <Dearest row={row} />
              <DataTable
                caption="Cost of one work item"
                file={`cost-spread-${type ?? 'all'}`}
                rows={lines}
                keyOf={({ name }) => name}
                columns={columnsTo(top)}
                empty={<Nothing />}
              />
              <p className="hint">{formula}</p>
            </>
          );
        }}
      </Answered>
    </Section>
  );
}

const Nothing = (): ReactNode => (
  <Empty title="No item has a cost yet">
    The spread stands here once work items with priced calls are settled.
  </Empty>
);

function toLines(row: Schemas['TailsRow'], hrefOf: (item: WorkItemName) => string): Line[] {
  const names = { '0.5': 'Half cost at most', '0.9': '9 of 10', '0.95': '19 of 20', '0.99': '99 of 100' };
  return [
    ...row.quantiles.map(({ probability, costUsd, item, interval, fewestItems }) => ({
      name: names[probability],
      costUsd,
      lowUsd: interval?.lowUsd ?? null,
      highUsd: interval?.highUsd ?? null,
      note: interval === null ? `no interval below ${fewestItems} items` : '',
      href: hrefOf(item),
      lowHref: interval && hrefOf(interval.lowItem),
      highHref: interval && hrefOf(interval.highItem),
    })),
    ...(row.maximumUsd === null
      ? []
      : [
          {
            name: 'The dearest',
            costUsd: row.maximumUsd,
            lowUsd: null,
            highUsd: null,
            note: '',
            href: row.maximumItem === null ? undefined : hrefOf(row.maximumItem),
            lowHref: null,
            highHref: null,
          },
        ]),
  ];
}

const columnsTo = (top: number): Column<Line>[] => [
  { title: 'Share of items', cell: ({ name }) => name, csv: ({ name }) => name },
  {
    title: 'Cost',
    align: 'end',
    cell: ({ costUsd, href }) => <Amount value={costUsd} href={href} />,
    csv: ({ costUsd }) => costUsd,
  },
  {
    title: '95 % interval',
    align: 'end',
    hint: 'Each bound is the cost of an item, too',
    cell: ({ lowUsd, highUsd, lowHref, highHref, note }) =>
      lowUsd === null || lowHref === null || highHref === null ? (
        <span className="soft">{note === '' ? '–' : note}</span>
      ) : (
        <>
          <Amount value={lowUsd} href={lowHref} /> to <Amount value={highUsd} href={highHref} />
        </>
      ),
    csv: ({ lowUsd, highUsd }) => (lowUsd === null ? null : `${lowUsd} to ${highUsd ?? ''}`),
  },
  {
    title: 'Drawn',
    cell: ({ costUsd, lowUsd, highUsd }) => (
      <Range
        value={toPosition(costUsd)}
        low={lowUsd === null ? null : toPosition(lowUsd)}
        high={highUsd === null ? null : toPosition(highUsd)}
        top={top}
      />
    ),
  },
];

function Dearest({ row }: { readonly row: Schemas['TailsRow'] }): ReactNode {
  const { dearest, gini, meanCostUsd } = row;
  return (
    <p>
      {dearest !== null && (
        <>
          The dearest {showCount(dearest.items)} of {showCount(row.itemsWithSpend)} items make up{' '}
          <strong>{showShare(dearest.share)}</strong> of the cost,{' '}
          <Amount value={dearest.costUsd} figure="dearest_tenth" />.{' '}
        </>
      )}
      The mean is <Amount value={meanCostUsd} figure="mean" />
      {gini !== null && (
        <>
          {' '}
          and the <abbr title="0: all cost the same; towards 1: one costs all">Gini coefficient</abbr>{' '}
          {gini.slice(0, 4)}
        </>
      )}
      .
    </p>
  );
}
