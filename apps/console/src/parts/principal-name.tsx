import type { ReactNode } from 'react';
import { useGet } from '../api/use-get.ts';

/** Who did something: the name of the principal where it is known, else the id. */
export function PrincipalName({ id }: { readonly id: string }): ReactNode {
  const { data } = useGet('/v1/principals', {});
  const principal = data?.items.find(({ principalId }) => principalId === id);
  return principal === undefined ? <code>{id}</code> : <span title={id}>{principal.name}</span>;
}
