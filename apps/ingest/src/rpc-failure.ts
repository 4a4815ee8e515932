import { status as Code } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { Unavailable } from '#model';
import type { RpcStatus } from '#otlp';
import { toProblem, type ProcessLogger } from '#server';

/** google.rpc.Code by HTTP status; a client retries 429 and 503, and 8 (with RetryInfo) and 14, and nothing else. */
const CODES: Record<number, Code> = {
  400: Code.INVALID_ARGUMENT,
  401: Code.UNAUTHENTICATED,
  403: Code.PERMISSION_DENIED,
  413: Code.INVALID_ARGUMENT,
  415: Code.INVALID_ARGUMENT,
  429: Code.RESOURCE_EXHAUSTED,
  503: Code.UNAVAILABLE,
};

export interface RpcFailure {
  readonly httpStatus: number;
  readonly grpcCode: Code;
  readonly status: RpcStatus;
}

/** The answer to an error, for both protocols. Errors of ours are logged, and only named by an id. */
export function toRpcFailure(error: unknown, logger: ProcessLogger): RpcFailure {
  const instance = `urn:uuid:${randomUUID()}`;
  const problem = toProblem(error, instance);
  if (problem.status === 500) logger.error('export request failed', { instance, error });
  const retryAfterMs =
    error instanceof Unavailable ? error.retryAfterMs : (problem.retryAfterSeconds ?? 0) * 1000;
  const grpcCode = CODES[problem.status] ?? Code.INTERNAL;
  return {
    httpStatus: problem.status,
    grpcCode,
    status: {
      code: grpcCode,
      message: problem.instance === undefined ? problem.detail : `${problem.detail}: ${instance}`,
      ...(retryAfterMs === 0 ? {} : { retryAfterMs }),
    },
  };
}
