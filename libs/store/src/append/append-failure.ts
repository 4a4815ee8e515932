import { DatabaseError } from 'pg';
import { Unavailable } from '#model';
import { asUnavailable, sqlState } from '../connection/unavailable.ts';

/** What to do about a group that was rolled back. */
export type AppendFailure =
  | 'overlap' // some of its spans are stored already, or another group stores them now: stage it
  | 'partition' // a day partition was removed after it had been seen: make it again
  | 'data' // something in it cannot be stored: try its requests one by one
  | 'away'; // nothing is wrong with it: its senders come back

/** Sorts the error of a group's transaction. */
export function classifyFailure(error: unknown): AppendFailure {
  const state = sqlState(error);
  if (state === null) return 'away';
  if (state === '23505' || state === '40P01' || state === '40001') return 'overlap';
  // PostgreSQL names no constraint when it finds no partition for a row.
  if (state === '23514' && error instanceof DatabaseError && error.constraint === undefined)
    return 'partition';
  // 21 to 23: cardinality, data, integrity; 54: beyond a limit of PostgreSQL; 22P04: bad COPY file format.
  return /^(21|22|23|54)/.test(state) ? 'data' : 'away';
}

/** The answer to the senders of a group that was not stored: they may send it again. */
export function asTryAgain(error: unknown): Unavailable {
  const known = asUnavailable(error);
  if (known instanceof Unavailable) return known;
  return new Unavailable('the spans could not be stored', 5_000, 'unreachable', { cause: error });
}
