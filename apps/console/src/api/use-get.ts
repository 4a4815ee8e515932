import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Answer, GetPath, Question } from './client.ts';
import { useSession } from './session.ts';
import type { Gets } from './wire-types.ts';

export interface GetOptions {
  /** false = not asked yet, because something that the question needs is not known. */
  readonly enabled?: boolean;
  /** Asks again after so many milliseconds. */
  readonly refetchInterval?: number | false;
}

/** What the API answers to a question; asked again when the question changes, kept for half a minute. */
export function useGet<Path extends GetPath>(
  path: Path,
  question: Question<Gets[Path]>,
  options: GetOptions = {},
): UseQueryResult<Answer<Gets[Path]>> {
  const { client, me } = useSession();
  return useQuery({
    queryKey: [me.tenant, me.keyId, path, question],
    queryFn: ({ signal }) => client.get(path, question, signal),
    ...options,
  });
}
