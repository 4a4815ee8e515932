import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/problem.ts';

/** While the API works on an answer. */
export function Loading({ what }: { readonly what: string }): ReactNode {
  return (
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what} …
    </p>
  );
}

/** The API's own words on why there is no answer, with the fields it names. */
export function Failure({
  error,
  retry,
}: {
  readonly error: unknown;
  readonly retry?: () => void;
}): ReactNode {
  const problem = error instanceof ApiProblem ? error.problem : null;
  return (
    <div className="notice bad" role="alert">
      <strong>{problem === null ? 'No answer' : `${problem.title} (${problem.status})`}</strong>
      <p>{problem?.detail ?? 'The service cannot be reached. Is it running?'}</p>
      {problem?.errors !== undefined && (
        <ul>
          {problem.errors.map(({ field, message }) => (
            <li key={field + message}>
              <code>{field}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {problem?.instance !== undefined && (
        <p>
          The service's log names the cause under <code>{problem.instance}</code>.
        </p>
      )}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Ask again
        </button>
      )}
    </div>
  );
}

/** What would stand here, why it does not, and what to do about it. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}

/** What a question leads to: waiting, refusal, or the answer. */
export function Answered<Data>(props: {
  readonly query: UseQueryResult<Data>;
  /** Completes "Loading ...". */
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
}): ReactNode {
  const { query } = props;
  if (query.isPending) return <Loading what={props.what} />;
  if (query.isError && query.data === undefined)
    return <Failure error={query.error} retry={() => void query.refetch()} />;
  return props.children(query.data!);
}
