import { errorText } from '#model';

/** Told what went wrong. */
export type Report = (message: string, error: unknown) => void;

/**
 * Passes on what went wrong, and the same trouble again only after a while: fourteen queues that look for a lost database
 * every second, and as many sweeps, would fill the log with one sentence. What was not passed on is counted in the next
 * message of it.
 *
 * @param nowMs a clock that never goes back
 */
export function reportSeldom(report: Report, everyMs: number, nowMs: () => number): Report {
  const told = new Map<string, { atMs: number; since: number }>();
  return (message, error) => {
    const trouble = `${message}\n${errorText(error)}`;
    const last = told.get(trouble);
    const atMs = nowMs();
    if (last !== undefined && atMs - last.atMs < everyMs) {
      last.since += 1;
      return;
    }
    for (const [other, { atMs: before }] of told) if (atMs - before >= 10 * everyMs) told.delete(other);
    told.set(trouble, { atMs, since: 0 });
    const times = last?.since ?? 0;
    report(times === 0 ? message : `${message} (and ${times} times more before)`, error);
  };
}
