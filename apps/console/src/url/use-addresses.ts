import { useMemo } from 'react';
import { useSession } from '../api/session.ts';
import { addressesOf, type Addresses } from './addresses.ts';

export type { Addresses };

/** Addresses of the tenant that is signed in to. */
export function useAddresses(): Addresses {
  const { me } = useSession();
  return useMemo(() => addressesOf(me.tenant), [me.tenant]);
}
