import { useMemo, type ReactNode } from 'react';
import type { Answer } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import type { Gets } from '../../api/wire-types.ts';
import { Field, FilterBar } from '../../layout/filter-bar.tsx';
import { Page, Section } from '../../layout/page.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { cellText } from './cell-text.ts';
import { Change } from './change.tsx';
import { ExplainSegment } from './explain-segment.tsx';
import { FigureItems } from './figure-items.tsx';
import { PeriodCharges } from './period-charges.tsx';

type Explained = Answer<Gets['/v1/explain']>;

/** What is behind a figure of a report: the items of a segment, or those of a row and why it has changed. */
export function ExplainPage(): ReactNode {
  const [segment] = useSearchValue('segment');
  return segment === null ? <ExplainRow /> : <ExplainSegment segment={segment} />;
}

function ExplainRow(): ReactNode {
  const [filters] = useFilters();
  const [groupBy] = useSearchValue('group_by');
  const [cell] = useSearchValue('cell');
  const [against, setAgainst] = useSearchValue('against');
  const question = useMemo(() => {
    const { workflow: _workflow, currency: _currency, ...query } = filters;
    return {
      query: {
        ...query,
        ...(groupBy === null ? {} : { group_by: groupBy }),
        ...(cell === null ? {} : { cell }),
        ...(against === null
          ? {}
          : /^\d+$/.test(against)
            ? { against_size: against }
            : { against_as_of: against }),
        limit: '1000',
      },
    };
  }, [filters, groupBy, cell, against]);
  const pages = usePages('/v1/explain', question);
  return (
    <Page
      title="Explain a figure"
      lead="Down from any figure: to work items, calls, price rows, links, rules, events and postings, and back up by exact sums."
    >
      <FilterBar />
      <p className="row">
        <span className="soft">The figure:</span> <strong>{cellText(groupBy, cell)}</strong>
        {filters.currency !== undefined && (
          <span className="soft">
            in USD, as it was charged; {filters.currency} is made of it by the dated rates
          </span>
        )}
      </p>
      <Paged pages={pages} what="of it">
        {(all) => <Parts all={all} hasMore={pages.hasMore} />}
      </Paged>
      <Section
        title="Why it differs from before"
        lead="The difference to what was known then, by the kind of transaction that moved it; what came into the figure and what left it."
        actions={
          <Field label="Known on (day), or at log size">
            {(id) => (
              <input
                id={id}
                placeholder="2026-10-31 or 240"
                pattern="\d{4}-\d\d-\d\d|[1-9]\d*"
                defaultValue={against ?? ''}
                onBlur={({ target }) => setAgainst(target.validity.valid ? target.value : null)}
                onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
              />
            )}
          </Field>
        }
      >
        {pages.pages[0]?.change == null ? (
          against === null && (
            <Empty title="Compared with when?">
              Name a day or a size of the log: what was known then is read again from the same books.
            </Empty>
          )
        ) : (
          <Change change={pages.pages[0].change} />
        )}
      </Section>
    </Page>
  );
}

function Parts({
  all,
  hasMore,
}: {
  readonly all: readonly Explained[];
  readonly hasMore: boolean;
}): ReactNode {
  const [first] = all;
  if (first?.view === 'period')
    return (
      <PeriodCharges
        first={first}
        charges={all.flatMap((page) => ('charges' in page ? page.charges : []))}
        hasMore={hasMore}
      />
    );
  if (first === undefined) return null;
  return (
    <FigureItems
      first={first}
      items={all.flatMap((page) => ('items' in page ? page.items : []))}
      hasMore={hasMore}
    />
  );
}
