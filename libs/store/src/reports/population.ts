/** Which work items a cost-per-outcome report counts (architecture 10). */
export type PopulationView = 'settled' | 'cohort';

/**
 * SQL over the alias `w` of `work_items` with $2 = from and $3 = to (days, to exclusive) and $4 = now: whether an
 * item is settled for good, and whether it is one of the settled or the pending items of the report. An item that
 * waits out its window is pending; one that has neither an attempt nor an event that counts is nothing yet.
 */
export const isFinal = `(w.phase <> 'open' AND w.final_at <= $4::timestamptz)`;

const inRange = (column: string): string =>
  `(${column} >= $2::date::timestamptz AND ${column} < $3::date::timestamptz)`;

export const POPULATIONS: Readonly<
  Record<PopulationView, { readonly settled: string; readonly pending: string }>
> = {
  settled: {
    settled: `(${isFinal} AND ${inRange('w.final_at')})`,
    pending: `(NOT ${isFinal} AND (w.first_attempt_at < $3::date::timestamptz OR (w.first_attempt_at IS NULL AND w.event_count > 0)))`,
  },
  cohort: {
    settled: `(${isFinal} AND ${inRange('w.first_attempt_at')})`,
    pending: `(NOT ${isFinal} AND ${inRange('w.first_attempt_at')})`,
  },
};
