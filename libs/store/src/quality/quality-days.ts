import type { Queryable } from '../connection/database.ts';

/** How a count of one emitter on one UTC day moves. */
export interface QualityMove {
  readonly day: string;
  readonly emitterId: string;
  readonly measure: string;
  readonly by: number;
}

export const QUALITY_SHARDS = 16;

/**
 * Moves the counts of emitters' days. Adds, so that writers in any order end in the same sums; in key order, so that
 * they wait for each other instead of deadlocking. Call it last in a transaction: its rows are the busiest.
 *
 * @param shard 0 to QUALITY_SHARDS - 1: writers at the same time should choose different ones
 */
export async function moveQualityDays(
  db: Queryable,
  tenantId: bigint,
  moves: readonly QualityMove[],
  shard: number,
): Promise<void> {
  if (moves.length === 0) return;
  const sorted = moves.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await db.query({
    name: 'move-quality-days',
    text: `
INSERT INTO quality_days AS q (tenant_id, day, emitter_id, measure, shard, n)
SELECT $1, m.day, m.emitter_id, m.measure, $2, m.by
  FROM unnest($3::date[], $4::uuid[], $5::text[], $6::bigint[]) AS m (day, emitter_id, measure, by)
ON CONFLICT (tenant_id, day, emitter_id, measure, shard) DO UPDATE SET n = q.n + excluded.n`,
    values: [
      tenantId,
      shard,
      sorted.map(({ day }) => day),
      sorted.map(({ emitterId }) => emitterId),
      sorted.map(({ measure }) => measure),
      sorted.map(({ by }) => by),
    ],
  });
}

/** All days of a tenant's emitters, over their shards; zeros are left out. As many as there are days, emitters and measures. */
export async function readQualityDaySums(db: Queryable, tenantId: bigint): Promise<QualityMove[]> {
  const { rows } = await db.query<{ day: string; emitter_id: string; measure: string; n: string }>(
    `SELECT day::text AS day, emitter_id, measure, sum(n)::text AS n FROM quality_days WHERE tenant_id = $1
      GROUP BY 1, 2, 3 HAVING sum(n) <> 0`,
    [tenantId],
  );
  return rows.map((row) => ({
    day: row.day,
    emitterId: row.emitter_id,
    measure: row.measure,
    by: Number(row.n),
  }));
}

const keyOf = ({ day, emitterId, measure }: QualityMove): string => `${day} ${emitterId} ${measure}`;

/** A measure of an emitter over a period. */
export interface QualityCount {
  readonly emitterId: string;
  readonly measure: string;
  readonly count: bigint;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** The counts of emitters over [fromDay, toDay), by emitter and measure; zeros are left out. */
export async function readQualityCounts(
  db: Queryable,
  tenantId: bigint,
  emitterIds: readonly string[],
  fromDay: string,
  toDay: string,
): Promise<QualityCount[]> {
  if (emitterIds.length === 0) return [];
  const { rows } = await db.query<{
    emitter_id: string;
    measure: string;
    n: bigint;
    first_day: string;
    last_day: string;
  }>(
    `
SELECT emitter_id, measure, sum(n)::bigint AS n, min(day) AS first_day, max(day) AS last_day
  FROM (SELECT emitter_id, measure, day, sum(n) AS n FROM quality_days
         WHERE tenant_id = $1 AND day >= $3::date AND day < $4::date AND emitter_id = ANY ($2::uuid[])
         GROUP BY emitter_id, measure, day HAVING sum(n) <> 0) AS d
 GROUP BY emitter_id, measure ORDER BY emitter_id, measure COLLATE "C"`,
    [tenantId, emitterIds, fromDay, toDay],
  );
  return rows.map((row) => ({
    emitterId: row.emitter_id,
    measure: row.measure,
    count: row.n,
    firstDay: row.first_day,
    lastDay: row.last_day,
  }));
}

/** Findings of all tenants over the last days, for the metrics of a process: code -> spans. */
export async function readFindingTotals(db: Queryable, fromDay: string): Promise<Map<string, number>> {
  const { rows } = await db.query<{ code: string; n: bigint }>(
    `SELECT substr(measure, 7) AS code, sum(n)::bigint AS n FROM quality_days
      WHERE day >= $1::date AND measure LIKE 'found:%' GROUP BY 1 ORDER BY 1`,
    [fromDay],
  );
  return new Map(rows.map(({ code, n }) => [code, Number(n)]));
}
