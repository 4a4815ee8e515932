import type { ReactNode } from 'react';
import type { Schemas } from '../../api/wire-types.ts';

/** What the figures of a sentence about segments are of: not all items, as the headline is. */
export const ByKindOfCase = ({
  told,
}: {
  readonly told: Pick<Schemas['SentenceRow'], 'segments'> | undefined;
}): ReactNode =>
  told === undefined || told.segments.length === 0 ? null : (
    <p className="hint">By kind of case, from half of the items; people, tools and overhead included:</p>
  );
