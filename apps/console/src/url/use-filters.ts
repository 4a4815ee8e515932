import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { readFilters, withFilters, type Filters } from './filters.ts';

/** The filters of the address, and how to change some of them; null takes one away. */
export function useFilters(): readonly [
  Filters,
  (change: { readonly [Name in keyof Filters]?: Filters[Name] | null }) => void,
] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const filters = useMemo(() => readFilters(new URLSearchParams(search)), [search]);
  return [
    filters,
    (change) => {
      const changed = withFilters(new URLSearchParams(search), change).toString();
      navigate(changed === '' ? path : `${path}?${changed}`);
    },
  ];
}

/** One more value of the address that belongs to a page alone: a tab, a sort, what is compared. */
export function useSearchValue(name: string): readonly [string | null, (value: string | null) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const value = new URLSearchParams(search).get(name);
  return [
    value,
    (next) => {
      const changed = new URLSearchParams(search);
      if (next === null || next === '') changed.delete(name);
      else changed.set(name, next);
      const text = changed.toString();
      navigate(text === '' ? path : `${path}?${text}`, { replace: true });
    },
  ];
}
