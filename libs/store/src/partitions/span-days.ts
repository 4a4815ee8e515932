import type { Queryable } from '../connection/database.ts';

/** UTC day, `YYYY-MM-DD`. */
export type Day = string;

/** A partition of `spans`. */
export interface SpanDay {
  readonly day: Day;
  /** As counted by the last vacuum or analyze, and since: near, not exact. */
  readonly spans: number;
  /** With its indexes. */
  readonly bytes: bigint;
  /** It is being taken out of `spans`: nobody sees its rows any more. */
  readonly isDetaching: boolean;
}

/** SQL: the day of the row `p` of `span_places` is no partition any more. Until then its spans are seen in `spans`. */
export const IS_GONE = `NOT EXISTS (
   SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.spans'::regclass AND NOT i.inhdetachpending
      AND c.relname = 'spans_' || to_char(p.day, 'YYYYMMDD'))`;

/** Partitions of `spans`, oldest first. */
export async function readSpanDays(db: Queryable): Promise<SpanDay[]> {
  const { rows } = await db.query<{ name: string; spans: number; bytes: bigint; is_detaching: boolean }>(
    `SELECT c.relname AS name, i.inhdetachpending AS is_detaching, pg_total_relation_size(c.oid) AS bytes,
            greatest(c.reltuples, s.n_live_tup, 0)::double precision AS spans
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
      WHERE i.inhparent = 'public.spans'::regclass AND c.relname ~ '^spans_[0-9]{8}$' ORDER BY c.relname`,
  );
  return rows.map((row) => ({
    day: dayOf(row.name),
    spans: row.spans,
    bytes: row.bytes,
    isDetaching: row.is_detaching,
  }));
}

/** Days whose places are recorded and that are not gone yet: a turn that was broken off is taken up by the next. */
export async function readDaysBeingLetGo(db: Queryable): Promise<Day[]> {
  const { rows } = await db.query<{ day: Day }>(
    `SELECT DISTINCT day::text AS day FROM span_days WHERE dropped_at IS NULL ORDER BY 1`,
  );
  return rows.map(({ day }) => day);
}

/** `2026-11-24` -> `spans_20261124`. @throws RangeError for anything else: names of tables are made of it */
export function partitionOf(day: Day): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new RangeError(`not a day: ${day}`);
  return `spans_${day.replaceAll('-', '')}`;
}

function dayOf(partition: string): Day {
  return partition.replace(/^spans_(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}
