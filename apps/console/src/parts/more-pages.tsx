import type { ReactNode } from 'react';
import type { Pages } from '../api/use-pages.ts';
import { Failure, Loading } from './states.tsx';

/** What a question in pages leads to: waiting, refusal, or what there is so far with a button for more. */
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
    <>
      {props.children(pages.pages)}
      {pages.error !== null && <Failure error={pages.error} retry={pages.more} />}
      {pages.hasMore && (
        <div className="row">
          <button type="button" disabled={pages.isAsking} onClick={pages.more}>
            {pages.isAsking ? 'Loading …' : `More ${what}`}
          </button>
        </div>
      )}
    </>
  );
}
