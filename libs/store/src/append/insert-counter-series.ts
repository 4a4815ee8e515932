import type { AppendSession } from './append-session.ts';
import type { CounterRow } from './counter-row.ts';

const SQL = `
INSERT INTO counter_series (tenant_id, series_id, metric, temporality, quantity, token_class, buckets, service, model,
                            session, attributes)
SELECT $1, series_id, metric, temporality, quantity, token_class,
       ARRAY(SELECT jsonb_array_elements_text(buckets)), service, model, session, attributes
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::text[], $9::text[],
              $10::text[], $11::jsonb[])
       AS s (series_id, metric, temporality, quantity, token_class, buckets, service, model, session, attributes)
ON CONFLICT (tenant_id, series_id) DO NOTHING`;

/** Stores the series of the points that may be new. Idempotent; the rows come sorted by series. */
export async function insertCounterSeries(
  session: Pick<AppendSession, 'query'>,
  tenantId: bigint,
  rows: readonly CounterRow[],
): Promise<void> {
  const series = [...new Map(rows.map((row) => [row.series.seriesId, row.series])).values()];
  if (series.length === 0) return;
  await session.query('insert_counter_series', SQL, [
    tenantId,
    series.map((one) => one.seriesId),
    series.map((one) => one.metric),
    series.map((one) => one.temporality),
    series.map((one) => one.quantity),
    series.map((one) => one.tokenClass),
    series.map((one) => JSON.stringify(one.buckets)),
    series.map((one) => one.service),
    series.map((one) => one.model),
    series.map((one) => one.session),
    series.map((one) => JSON.stringify(one.attributes)),
  ]);
}
