import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Answer, GetPath, Question } from './client.ts';
import { readAllRows } from './read-all-rows.ts';
import { useSession } from './session.ts';
import type { GetOptions } from './use-get.ts';
import type { Gets } from './wire-types.ts';

/** Reports whose groups come in pages. */
type ReportPath = {
  [Path in GetPath]: Gets[Path] extends {
    answer: { readonly rows: readonly unknown[]; readonly next: string | null };
  }
    ? Path
    : never;
}[GetPath];

/** A report with the groups of all of its pages, up to the bound of `readAllRows`: then its `next` is not null. */
export function useReport<Path extends ReportPath>(
  path: Path,
  question: Question<Gets[Path]>,
  options: GetOptions = {},
): UseQueryResult<Answer<Gets[Path]>> {
  const { client, me } = useSession();
  return useQuery({
    queryKey: [me.tenant, me.keyId, path, question, 'all rows'],
    queryFn: ({ signal }) =>
      readAllRows((cursor) =>
        client.get(
          path,
          cursor === null ? question : { ...question, query: { ...question.query, cursor } },
          signal,
        ),
      ),
    ...options,
  });
}
