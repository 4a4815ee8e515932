import type { AppendSession } from './append-session.ts';
import type { Batch } from './batch.ts';
import { pointKey, type CounterRow } from './counter-row.ts';
import { timestampOfUs } from './trace-summary.ts';

const INSERT = `
INSERT INTO counter_points (tenant_id, series_id, started_at, at, value, batch_id)
SELECT $1, series_id, ${timestampOfUs('started_at')}, ${timestampOfUs('at')}, value, $2
  FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::numeric[]) AS p (series_id, started_at, at, value)
ON CONFLICT (tenant_id, series_id, started_at, at) DO NOTHING
RETURNING series_id, started_at, at`;

/** @returns the keys (`pointKey`) of the points that were stored by this call; of equal ones the first stands */
export async function insertCounterPoints(
  session: Pick<AppendSession, 'query'>,
  batch: Batch,
  rows: readonly CounterRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const stored = await session.query<{ series_id: string; started_at: bigint; at: bigint }>(
    'insert_counter_points',
    INSERT,
    [batch.tenantId, batch.batchId, ...columns(rows)],
  );
  return new Set(
    stored.rows.map(({ series_id: seriesId, started_at: startedAtUs, at: atUs }) =>
      pointKey({ startedAtUs, atUs }, seriesId),
    ),
  );
}

const COMPARE = `
SELECT c.value = p.value AS same
  FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::numeric[]) WITH ORDINALITY
       AS p (series_id, started_at, at, value, n)
  JOIN counter_points c ON c.tenant_id = $1 AND c.series_id = p.series_id
   AND c.started_at = ${timestampOfUs('p.started_at')} AND c.at = ${timestampOfUs('p.at')}
 ORDER BY p.n`;

/** @returns of each point, in order, whether the value that stands under its key is its own */
export async function readCounterValues(
  session: Pick<AppendSession, 'query'>,
  tenantId: bigint,
  rows: readonly CounterRow[],
): Promise<boolean[]> {
  const { rows: compared } = await session.query<{ same: boolean }>('read_counter_values', COMPARE, [
    tenantId,
    ...columns(rows),
  ]);
  return compared.map(({ same }) => same);
}

function columns(rows: readonly CounterRow[]): unknown[] {
  return [
    rows.map((row) => row.series.seriesId),
    rows.map((row) => row.startedAtUs),
    rows.map((row) => row.atUs),
    rows.map((row) => row.value),
  ];
}
