import { createContext, type ReactNode } from 'react';
import type { Pages } from '../api/use-pages.ts';
import { showCount } from '../format/number.ts';
import { Failure, Loading } from './states.tsx';

/** Of the pages that a part of the page shows: whether there are more, and how to have all of them. */
export interface RestOfPages {
  readonly hasMore: boolean;
  /** Why the last of them is not there. */
  readonly error: Error | null;
  readonly all: () => void;
}
export const RestContext = createContext<RestOfPages | null>(null);

/** What a question in pages leads to: waiting, refusal, or what there is so far with buttons for more and for all. */
export function Paged<Page>(props: {
  readonly pages: Pages<Page>;
  /** Completes "Loading ..." and "More ...". */
  readonly what: string;
  readonly children: (pages: readonly Page[]) => ReactNode;
}): ReactNode {
  const { pages, what } = props;
  if (pages.isPending) return <Loading what={what} />;
  if (pages.pages.length === 0) return <Failure error={pages.error} retry={pages.retry} />;
  return (
    <RestContext value={pages}>
      {props.children(pages.pages)}
      {pages.error !== null && <Failure error={pages.error} retry={pages.more} />}
      {pages.hasMore && (
        <div className="row">
          <button type="button" disabled={pages.isAsking} onClick={pages.more}>
            {pages.isAsking ? 'Loading …' : `More ${what}`}
          </button>
          <button type="button" className="quiet" disabled={pages.isAsking} onClick={pages.all}>
            All of them
          </button>
        </div>
      )}
    </RestContext>
  );
}

/** Says of a report whose groups were more than are asked for by themselves that they are not all here. */
export function NotAllGroups(props: { readonly rows: number; readonly next: string | null }): ReactNode {
  return props.next === null ? null : (
    <p className="notice warn" role="status">
      The first {showCount(props.rows)} groups are here and in the file, there are more. Choose a shorter
      period, or ask the API for the rest.
    </p>
  );
}
