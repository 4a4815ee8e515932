import { useState, type ReactNode } from 'react';
import { Field } from '../../layout/filter-bar.tsx';
import { showCount } from '../../format/number.ts';
import { TextField } from '../../parts/text-field.tsx';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';

/** As of when the trail is read, and in which order it is listed; all of it in the address. */
export function KnownAtBar({ size }: { readonly size: number | null }): ReactNode {
  const [filters, change] = useFilters();
  const [order, setOrder] = useSearchValue('order');
  const [text, setText] = useState(filters.size ?? '');
  const isPast = filters.size !== undefined || filters.as_of !== undefined;
  const askSize = (): void => change({ size: text, as_of: null });
  return (
    <form
      className="filters"
      aria-label="As of when"
      onSubmit={(event) => {
        event.preventDefault();
        askSize();
      }}
    >
      <Field label="Order">
        {(id) => (
          <select
            id={id}
            value={order ?? 'recorded'}
            onChange={({ target }) => setOrder(target.value === 'recorded' ? null : target.value)}
          >
            <option value="recorded">As it became known</option>
            <option value="observed">As it happened</option>
          </select>
        )}
      </Field>
      <TextField
        label="As it was known on"
        type="date"
        value={filters.as_of?.slice(0, 10) ?? ''}
        onText={(day) => change({ as_of: day, size: null })}
      />
      <TextField
        label="At log size"
        inputMode="numeric"
        pattern="[1-9][0-9]*"
        placeholder={size === null ? 'newest' : String(size)}
        size={10}
        value={text}
        onText={setText}
        onBlur={askSize}
      />
      {isPast && (
        <button
          type="button"
          className="quiet"
          onClick={() => {
            setText('');
            change({ size: null, as_of: null });
          }}
        >
          Newest
        </button>
      )}
      <span className="filters-say" aria-live="polite">
        {size === null
          ? ''
          : `read at log size ${showCount(size)}${isPast ? '' : ', the newest that is settled'}`}
      </span>
    </form>
  );
}
