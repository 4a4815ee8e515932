import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { GetPath } from '../api/client.ts';
import { useSession } from '../api/session.ts';

/** An answer of the API that is text: a checkpoint, a policy file. */
export function useText(path: GetPath, values: Readonly<Record<string, string>>): UseQueryResult<string> {
  const { client, me } = useSession();
  return useQuery({
    queryKey: [me.tenant, me.keyId, path, values, 'text'],
    queryFn: async () => (await client.bytes(path, { path: values })).text(),
  });
}
