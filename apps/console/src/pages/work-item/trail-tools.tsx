import type { ReactNode } from 'react';
import { Field } from '../../layout/filter-bar.tsx';
import { useSearchValue } from '../../url/use-filters.ts';
import { SHOWN, type Entry, type Shown } from './describe-entry.ts';

interface StepperProps {
  readonly entries: readonly Entry[];
  readonly chosen: Entry | undefined;
  readonly onChoose: (n: number) => void;
}

/** What is listed, and buttons that step through it; the keys do the same in the list. */
export function TrailTools(props: StepperProps & { readonly narrowed: Shown }): ReactNode {
  const [, setShown] = useSearchValue('show');
  return (
    <>
      <div className="row trail-tools">
        <Field label="Show">
          {(id) => (
            <select
              id={id}
              value={props.narrowed}
              onChange={({ target }) => setShown(target.value === 'all' ? null : target.value)}
            >
              {Object.entries(SHOWN).map(([value, title]) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Stepper {...props} />
      </div>
      <p className="hint">
        In the list: <kbd>↓</kbd> <kbd>↑</kbd> or <kbd>j</kbd> <kbd>k</kbd> step, <kbd>Page Down</kbd>{' '}
        <kbd>Page Up</kbd> leap, <kbd>Home</kbd> <kbd>End</kbd>; <kbd>w</kbd> leads to the next step that a
        rule flags, <kbd>Shift</kbd> <kbd>w</kbd> back.
      </p>
    </>
  );
}

function Stepper({ entries, chosen, onChoose }: StepperProps): ReactNode {
  const at = entries.findIndex(({ n }) => n === chosen?.n);
  const steps = [
    ['First', 0],
    ['Previous', at - 1],
    ['Next', at + 1],
    ['Last', entries.length - 1],
  ] as const;
  return (
    <div className="row stepper" role="group" aria-label="Step through">
      {steps.map(([title, index]) => {
        const entry = entries[index];
        return (
          <button
            key={title}
            type="button"
            disabled={entry === undefined || index === at}
            onClick={() => entry !== undefined && onChoose(entry.n)}
          >
            {title}
          </button>
        );
      })}
      <span className="soft">
        {at + 1} of {entries.length}
      </span>
    </div>
  );
}
