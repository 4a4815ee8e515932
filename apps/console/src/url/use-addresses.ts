import { useMemo } from 'react';
import { useSearch } from 'wouter';
import { useSession } from '../api/session.ts';
import { addressesOf, type Addresses } from './addresses.ts';
import { readFilters } from './filters.ts';

export type { Addresses };

/**
 * Addresses of the tenant that is signed in to.
 *
 * @param books `asked`: what leads to a work item leads to it as the books of this page's address know it; `now`: as
 *   they stand, for what is told of today whatever the address says
 */
export function useAddresses(books: 'asked' | 'now' = 'asked'): Addresses {
  const { me } = useSession();
  const search = useSearch();
  return useMemo(() => {
    const { size, as_of } = readFilters(new URLSearchParams(search));
    if (books === 'now') return addressesOf(me.tenant);
    return addressesOf(me.tenant, size === undefined ? { as_of } : { size });
  }, [me.tenant, search, books]);
}
