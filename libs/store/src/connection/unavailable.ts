import { isNativeError } from 'node:util/types';
import { Unavailable } from '#model';

/** Node's names of a connection that could not be made or was cut. */
const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT', // the unix socket of a server that is not running
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** pg reports these without a code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** SQLSTATE of an error of PostgreSQL, or null. */
export function sqlState(error: unknown): string | null {
  if (!isNativeError(error) || !('code' in error)) return null;
  // EPIPE looks like one and is none.
  if (typeof error.code !== 'string' || SOCKET_ERRORS.has(error.code)) return null;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/**
 * Turns an error of the connection or of an exhausted server into `Unavailable`; anything else comes back as it is.
 * After a lost connection it is unknown whether a COMMIT took place: the caller repeats what is idempotent.
 */
export function asUnavailable(error: unknown): unknown {
  if (!isNativeError(error) || error instanceof Unavailable) return error;
  const state = sqlState(error);
  if (state?.startsWith('53') === true)
    // too many connections, disk full, out of memory
    return new Unavailable('the database has no room left', 5_000, 'overloaded', { cause: error });
  if (isLostConnection(error, state))
    return new Unavailable('the database cannot be reached', 1_000, 'unreachable', { cause: error });
  return error;
}

function isLostConnection(error: Error, state: string | null): boolean {
  // 08: connection exception; 57P01 to 57P03: shutting down, crashed, starting up; 25006: a standby after a fail-over
  if (state !== null) return state.startsWith('08') || /^(57P0[123]|25006)$/.test(state);
  if ('code' in error && typeof error.code === 'string' && SOCKET_ERRORS.has(error.code)) return true;
  return MESSAGES.test(error.message);
}
