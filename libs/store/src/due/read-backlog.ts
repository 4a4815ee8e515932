import type { Queryable } from '../connection/database.ts';

/** What waits for the workers, over all tenants. */
export interface Backlog {
  readonly dueTraces: number;
  readonly oldestDueSeconds: number;
  /** Facts that were not looked at, and rules that are not worked through. */
  readonly waitingFacts: number;
  /** How long the oldest of them has been known. */
  readonly oldestFactSeconds: number;
}

export async function readBacklog(db: Queryable): Promise<Backlog> {
  const { rows } = await db.query<{ due: bigint; due_s: number; facts: bigint; fact_s: number }>(`
SELECT (SELECT count(*) FROM due_traces WHERE due_at <= clock_timestamp()) AS due,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0)::double precision
          FROM due_traces WHERE due_at <= clock_timestamp()) AS due_s,
       (SELECT count(*) FROM fact_inbox) + (SELECT count(*) FROM causes WHERE done_at IS NULL AND mode = 'post') AS facts,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(known_at)), 0)::double precision
          FROM (SELECT min(recorded_at) AS known_at FROM fact_inbox
                 UNION ALL SELECT min(opened_at) FROM causes WHERE done_at IS NULL AND mode = 'post') AS known) AS fact_s`);
  const row = rows[0]!;
  return {
    dueTraces: Number(row.due),
    oldestDueSeconds: row.due_s,
    waitingFacts: Number(row.facts),
    oldestFactSeconds: row.fact_s,
  };
}
