import { RejectedInput, Unavailable, type RejectionCode } from '#model';
import { z } from 'zod';

/** RFC 9457 problem details, the body of every error answer (`application/problem+json`). */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** `urn:uuid:` that the log line of an internal error carries too. */
  readonly instance?: string;
  /** The offending fields: path (`data.value.amount`) and the rule that was broken. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly retryAfterSeconds?: number;
}

const STATUS: Record<RejectionCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unprocessable: 422,
};
const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
const MAX_FIELD_ERRORS = 50;

/**
 * The answer to an error: our own refusals by their code, zod's issues as fields, Nest's and Fastify's client
 * errors by their status, anything else as a 500 that says nothing of the cause.
 *
 * @param instance a fresh `urn:uuid:`, used for internal errors only
 */
export function toProblem(error: unknown, instance: string): Problem {
  if (error instanceof RejectedInput) {
    const errors = error.field === null ? undefined : [{ field: error.field, message: error.message }];
    return problem(STATUS[error.code], error.message, errors);
  }
  if (error instanceof z.ZodError) return invalidFields(error.issues);
  if (error instanceof Unavailable)
    return unavailable(error.reason === 'overloaded' ? 429 : 503, error.message, error.retryAfterMs);
  const refusal = clientError(error);
  if (refusal !== null) return problem(refusal.status, refusal.message);
  return { ...problem(500, 'an error on our side; our log has its cause under this instance'), instance };
}

/** The 400 for values that break their schema; issues past the fiftieth are counted, not listed. */
export function invalidFields(
  issues: readonly {
    readonly message: string;
    readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  }[],
): Problem {
  const errors = issues.slice(0, MAX_FIELD_ERRORS).map((issue) => ({
    field: fieldPath(issue.path ?? []),
    message: issue.message,
  }));
  const first = errors[0];
  const detail =
    issues.length === 1 && first !== undefined
      ? `${first.field === '' ? '' : `${first.field}: `}${first.message}`
      : `${issues.length} fields break a rule${issues.length > MAX_FIELD_ERRORS ? `; the first ${MAX_FIELD_ERRORS} are listed` : ''}`;
  return problem(400, detail, errors);
}

/** `['data', 0, 'x']` as `data[0].x`. */
export function fieldPath(path: readonly (PropertyKey | { readonly key: PropertyKey })[]): string {
  return path
    .map((part) => (typeof part === 'object' ? part.key : part))
    .reduce<string>(
      (text, part) =>
        typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`,
      '',
    );
}

function problem(status: number, detail: string, errors?: Problem['errors']): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    ...(errors === undefined ? {} : { errors }),
  };
}

function unavailable(status: number, detail: string, retryAfterMs: number): Problem {
  return { ...problem(status, detail), retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) };
}

/** Nest's HttpException has `getStatus()`, Fastify's errors `statusCode`; only 4xx texts are meant for the caller. */
function clientError(error: unknown): { readonly status: number; readonly message: string } | null {
  if (!(error instanceof Error)) return null;
  const status: unknown =
    'getStatus' in error && typeof error.getStatus === 'function'
      ? error.getStatus()
      : 'statusCode' in error
        ? error.statusCode
        : null;
  const isClientError = typeof status === 'number' && status >= 400 && status < 500;
  return isClientError ? { status, message: error.message } : null;
}
