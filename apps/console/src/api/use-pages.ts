import { useInfiniteQuery } from '@tanstack/react-query';
import type { Answer, GetPath, Question } from './client.ts';
import { useSession } from './session.ts';
import type { Gets } from './wire-types.ts';

/** Paths whose answers are pages: each names the cursor of the next, or null. */
type PagedPath = {
  [Path in GetPath]: Gets[Path] extends { answer: { readonly next: string | null } } ? Path : never;
}[GetPath];

const FIRST: string | null = null;

export interface Pages<Page> {
  /** Those that were asked for so far, the first first; empty while the first is awaited. */
  readonly pages: readonly Page[];
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isAsking: boolean;
  readonly more: () => void;
  /** Asks for page after page until there is no other. */
  readonly all: () => void;
  readonly retry: () => void;
}

/** The answer to a question that comes in pages, as many of them as are asked for. */
export function usePages<Path extends PagedPath>(
  path: Path,
  question: Question<Gets[Path]>,
): Pages<Answer<Gets[Path]>> {
  const { client, me } = useSession();
  const query = useInfiniteQuery({
    queryKey: [me.tenant, me.keyId, path, question, 'pages'],
    initialPageParam: FIRST,
    queryFn: ({ pageParam, signal }) => client.get(path, withCursor(question, pageParam), signal),
    getNextPageParam: ({ next }) => next,
  });
  return {
    pages: query.data?.pages ?? [],
    isPending: query.isPending,
    error: query.error,
    hasMore: query.hasNextPage,
    isAsking: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    all: () =>
      void (async () => {
        let result = await query.fetchNextPage();
        while (result.hasNextPage && !result.isError) result = await result.fetchNextPage();
      })(),
    retry: () => void query.refetch(),
  };
}

/** The same question from a later page on; every path that has pages takes a cursor. */
const withCursor = <Asked extends { readonly query?: object }>(
  question: Asked,
  cursor: string | null,
): Asked => (cursor === null ? question : { ...question, query: { ...question.query, cursor } });
