import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { toPosition } from '../../format/decimal.ts';
import { Amounts } from './amounts.tsx';
import { describeEntry, type Entry, type Reading } from './describe-entry.ts';
import { moveThrough, rowsInView } from './move-through.ts';
import { nextFlagged, wasteMarks, type StepWaste, type TrailWaste } from './waste-of.ts';

const ROW_HEIGHT = 46;

/**
 * The entries of a trail as a list that one steps through with the keyboard. Only the rows in view are in the page, so
 * thousands are as quick as ten.
 */
export function EntryList(props: {
  readonly entries: readonly Entry[];
  readonly readings: ReadonlyMap<number, Reading>;
  readonly waste: TrailWaste['steps'];
  /** What the whole trail cost in the currency the bars are drawn in. */
  readonly total: { readonly currency: string; readonly amount: string } | null;
  readonly chosen: number | null;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  const { entries, chosen } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const at = entries.findIndex(({ n }) => n === chosen);
  useEffect(() => {
    const element = box.current;
    if (element !== null) setView({ top: element.scrollTop, height: element.clientHeight });
  }, [entries.length]);
  useEffect(() => {
    const element = box.current;
    if (element === null || at < 0) return;
    const top = at * ROW_HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW_HEIGHT - element.clientHeight;
  }, [at]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = leadsTo(event.key, at, props);
    if (next === null) return;
    event.preventDefault();
    props.onChoose(next);
  };
  const { from, to } = rowsInView(view.top, view.height, ROW_HEIGHT, entries.length);
  return (
    <div
      ref={box}
      className="entries"
      role="listbox"
      tabIndex={0}
      aria-label="Steps of the trail"
      aria-activedescendant={at < 0 ? undefined : `${id}-${chosen}`}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) =>
        setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })
      }
    >
      <div role="presentation" style={{ height: from * ROW_HEIGHT }} />
      {entries.slice(from, to).map((entry, index) => (
        <EntryRow
          key={entry.n}
          id={`${id}-${entry.n}`}
          entry={entry}
          reading={props.readings.get(entry.n)}
          waste={props.waste.get(entry.n)}
          place={from + index + 1}
          count={entries.length}
          total={props.total}
          isChosen={entry.n === chosen}
          onChoose={() => props.onChoose(entry.n)}
        />
      ))}
      <div role="presentation" style={{ height: (entries.length - to) * ROW_HEIGHT }} />
    </div>
  );
}

/** The entry that a key leads to from row `at`; null for a key that leads nowhere. */
function leadsTo(
  key: string,
  at: number,
  { entries, waste, chosen }: Parameters<typeof EntryList>[0],
): number | null {
  if (key === 'w') return nextFlagged(entries, waste, chosen, 1);
  if (key === 'W') return nextFlagged(entries, waste, chosen, -1);
  const row = moveThrough(key, at, entries.length);
  return row === null ? null : entries[row]!.n;
}

function EntryRow(props: {
  readonly id: string;
  readonly entry: Entry;
  readonly reading: Reading | undefined;
  readonly waste: StepWaste | undefined;
  readonly place: number;
  readonly count: number;
  readonly total: { readonly currency: string; readonly amount: string } | null;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactNode {
  const { entry, total } = props;
  const { kind, title, marks } = describeEntry(entry, props.reading);
  const soFar = total === null ? undefined : entry.cost.cumulative[total.currency];
  const share =
    soFar === undefined || total === null ? 0 : toPosition(soFar) / Math.max(toPosition(total.amount), 1e-12);
  return (
    // Keys are the list's: the rows of a listbox have none of their own.
    <div
      id={props.id}
      className="entry"
      role="option"
      aria-selected={props.isChosen}
      aria-posinset={props.place}
      aria-setsize={props.count}
      onClick={props.onChoose}
    >
      <span className="entry-n">{entry.n}</span>
      <span className={`entry-kind ${entry.type}`}>{kind}</span>
      <span className="entry-title">
        <span className="entry-name">{title}</span>
        {[...marks, ...wasteMarks(props.waste)].map(({ text, tone, title: long }) => (
          <span key={text + long} className={`mark ${tone}`} title={long}>
            {text}
          </span>
        ))}
      </span>
      <span className="entry-attempt" title="Attempt">
        {entry.attempt === null ? '' : `#${entry.attempt}`}
      </span>
      <span className="entry-cost">
        {entry.cost.direct === null ? '' : <Amounts of={entry.cost.direct} />}
      </span>
      <span className="entry-sum" aria-hidden="true" title="Cost up to here">
        <span style={{ inlineSize: `${Math.round(Math.min(share, 1) * 100)}%` }} />
      </span>
    </div>
  );
}
