/** What the caller should do about a refusal; the HTTP filter maps each to its status. */
export type RejectionCode =
  | 'invalid' // 400: the input breaks a rule; sending it again fails again
  | 'unprocessable' // 422: well-formed, but the question has no single answer
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'not_found' // 404
  | 'conflict' // 409: the same key was used for other content
  | 'too_large'; // 413

/**
 * The same input will be refused again: count it, keep it with its reason, never retry it.
 * `field` is the path of the offending field where there is one.
 */
export class RejectedInput extends Error {
  override readonly name = 'RejectedInput';
  constructor(
    readonly code: RejectionCode,
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/** Nothing is wrong with the input: the sender should try again after `retryAfterMs`. Nothing was stored. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    message: string,
    readonly retryAfterMs: number,
    readonly reason: 'overloaded' | 'unreachable' = 'unreachable',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
