import { useId, type ReactNode } from 'react';
import { shiftDay, showPeriod } from '../format/time.ts';
import type { Filters } from '../url/filters.ts';
import { useFilters } from '../url/use-filters.ts';

const VIEWS = {
  settled: 'Settled work',
  cohort: 'By first attempt',
  period: 'As on the bill',
} as const;
export type View = keyof typeof VIEWS;
const VIEW_NAMES: readonly View[] = ['settled', 'cohort', 'period'];

/** The period, the population, the currency and the books that the figures of a page are of; all in the address. */
export function FilterBar(props: {
  readonly views?: readonly View[];
  readonly children?: ReactNode;
}): ReactNode {
  const [filters, change] = useFilters();
  const { views = VIEW_NAMES } = props;
  return (
    <form className="filters" role="search" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Field label="From">
        {(id) => (
          <input
            id={id}
            type="date"
            value={filters.from ?? ''}
            onChange={(event) => change({ from: event.target.value })}
          />
        )}
      </Field>
      <Field label="Through">
        {(id) => (
          <input
            id={id}
            type="date"
            value={filters.to === undefined ? '' : shiftDay(filters.to, -1)}
            onChange={({ target }) => change({ to: target.value === '' ? null : shiftDay(target.value, 1) })}
          />
        )}
      </Field>
      {views.length > 1 && (
        <Field label="Counting">
          {(id) => (
            <select
              id={id}
              value={filters.view ?? 'settled'}
              onChange={({ target }) =>
                change({ view: target.value === 'cohort' || target.value === 'period' ? target.value : null })
              }
            >
              {views.map((view) => (
                <option key={view} value={view}>
                  {VIEWS[view]}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {props.children}
      <details className="more-filters">
        <summary>{booksOf(filters)}</summary>
        <Books filters={filters} change={change} />
      </details>
      <span className="filters-say" aria-live="polite">
        {showPeriod(filters.from, filters.to)}
      </span>
      {Object.keys(filters).some((name) => name !== 'workflow') && (
        <button type="button" className="quiet" onClick={() => change(NOTHING)}>
          Clear
        </button>
      )}
    </form>
  );
}

type Change = ReturnType<typeof useFilters>[1];

/** As of when the figures are, and in which currency. */
function Books({ filters, change }: { readonly filters: Filters; readonly change: Change }): ReactNode {
  return (
    <div className="more-filters-body">
      <Field label="As it was known on">
        {(id) => (
          <input
            id={id}
            type="date"
            value={filters.as_of?.slice(0, 10) ?? ''}
            onChange={({ target }) => change({ as_of: target.value, size: null, basis: null })}
          />
        )}
      </Field>
      <Field label="At log size">
        {(id) => (
          <input
            id={id}
            inputMode="numeric"
            placeholder="newest"
            defaultValue={filters.size ?? ''}
            onBlur={({ target }) => change({ size: target.value, as_of: null, basis: null })}
          />
        )}
      </Field>
      <Field label="Books">
        {(id) => (
          <select
            id={id}
            value={filters.basis ?? 'restated'}
            onChange={({ target }) =>
              change({ basis: target.value === 'reported' ? 'reported' : null, as_of: null, size: null })
            }
          >
            <option value="restated">Restated: as known now</option>
            <option value="reported">Reported: as closed</option>
          </select>
        )}
      </Field>
      <Field label="Also in">
        {(id) => (
          <input
            id={id}
            placeholder="EUR"
            maxLength={3}
            size={5}
            defaultValue={filters.currency ?? ''}
            onBlur={({ target }) => change({ currency: target.value.toUpperCase() })}
          />
        )}
      </Field>
    </div>
  );
}

const NOTHING = {
  from: null,
  to: null,
  view: null,
  outcome_type: null,
  currency: null,
  basis: null,
  as_of: null,
  size: null,
};

function booksOf({ as_of: asOf, size, basis, currency }: Filters): string {
  const books =
    asOf !== undefined
      ? `Known on ${asOf.slice(0, 10)}`
      : size !== undefined
        ? `Log size ${size}`
        : basis === 'reported'
          ? 'As reported'
          : 'Books: now';
  return currency === undefined ? books : `${books}, also in ${currency}`;
}

export function Field(props: {
  readonly label: string;
  readonly children: (id: string) => ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
    </div>
  );
}
