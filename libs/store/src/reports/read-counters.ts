import type { Client } from '../connection/database.ts';

export interface CounterPeriod {
  /** UTC days, `to` exclusive. */
  readonly from: string;
  readonly to: string;
}

/** What a metric counted on one day, by what it says of itself. Amounts are decimal text. */
export interface CountedByMetric {
  readonly day: string;
  readonly service: string;
  readonly model: string;
  readonly metric: string;
  readonly quantity: 'tokens' | 'cost_usd';
  readonly tokenClass: string;
  readonly buckets: readonly string[];
  readonly total: string;
  /** Totals that a restored session reported once more, left out of `total`. */
  readonly restored: string;
}

/**
 * What each point adds. A delta adds itself. A running total adds what it exceeds the point before it by, in the same
 * series since the same start; one that fell was started anew without saying so and adds itself. The first point since
 * a start adds itself too, unless it repeats to the last token what the same session, model and class had reached in
 * an earlier process: then the session was restored and nothing was used.
 */
const ADDED = `
WITH points AS (
  SELECT s.*, p.started_at, p.at, p.value, before.value AS before
    FROM counter_points p
    JOIN counter_series s USING (tenant_id, series_id)
    LEFT JOIN LATERAL (
      SELECT b.value FROM counter_points b
       WHERE s.temporality = 'cumulative' AND b.tenant_id = p.tenant_id AND b.series_id = p.series_id
         AND b.started_at = p.started_at AND b.at < p.at
       ORDER BY b.at DESC LIMIT 1) before ON true
   WHERE p.tenant_id = $1 AND p.at >= ($2::timestamp AT TIME ZONE 'UTC') AND p.at < ($3::timestamp AT TIME ZONE 'UTC')
), added AS (
  SELECT points.*,
         CASE WHEN temporality = 'cumulative' AND before IS NULL AND session IS NOT NULL AND value > 0
               AND value = (
                 SELECT e.value FROM counter_series o JOIN counter_points e USING (tenant_id, series_id)
                  WHERE o.tenant_id = points.tenant_id AND o.metric = points.metric AND o.temporality = 'cumulative'
                    AND o.service = points.service AND o.session = points.session AND o.model = points.model
                    AND o.token_class = points.token_class
                    AND e.at < points.at AND e.started_at < points.started_at
                  ORDER BY e.at DESC LIMIT 1)
              THEN value ELSE 0 END AS restored,
         CASE WHEN before IS NULL OR before > value THEN value ELSE value - before END AS gained
    FROM points
)`;

/** Reads what metrics counted, by day of the point, service, model, metric and class, in that order. */
export async function readCounters(
  client: Client,
  tenantId: bigint,
  { from, to }: CounterPeriod,
): Promise<CountedByMetric[]> {
  const { rows } = await client.query<{
    day: string;
    service: string;
    model: string;
    metric: string;
    quantity: 'tokens' | 'cost_usd';
    token_class: string;
    buckets: string[];
    total: string;
    restored: string;
  }>({
    name: 'read-counters',
    text: `${ADDED}
SELECT (at AT TIME ZONE 'UTC')::date::text AS day, service, model, metric, quantity, token_class, buckets,
       trim_scale(sum(gained - restored))::text AS total, trim_scale(sum(restored))::text AS restored
  FROM added GROUP BY 1, 2, 3, 4, 5, 6, 7
 ORDER BY 1, 2, 3, 4, 6`,
    values: [tenantId, from, to],
  });
  return rows.map(({ token_class: tokenClass, ...row }) => ({ ...row, tokenClass }));
}

/** What billed steps of a service used on one day: tokens by bucket, and the cost that their emitters reported. */
export interface CountedBySteps {
  readonly day: string;
  readonly service: string;
  readonly model: string;
  readonly calls: bigint;
  /** Calls whose usage is unknown. */
  readonly callsWithoutUsage: bigint;
  readonly tokens: Readonly<Record<string, string>>;
  /** US dollars; null where no call says. */
  readonly reportedUsd: string | null;
}

/** Reads what spans and log records gave for the services, by UTC day of the call's start, service and model. */
export async function readStepCounts(
  client: Client,
  tenantId: bigint,
  { from, to }: CounterPeriod,
  services: readonly string[],
): Promise<CountedBySteps[]> {
  if (services.length === 0) return [];
  const { rows } = await client.query<{
    day: string;
    service: string;
    model: string;
    calls: bigint;
    calls_without_usage: bigint;
    tokens: Record<string, string> | null;
    reported: string | null;
  }>({
    name: 'read-step-counts',
    text: `
WITH newest AS (
  SELECT DISTINCT ON (trace_id, started_at, span_id) role, started_at, call_model, record::jsonb AS record
    FROM steps
   WHERE tenant_id = $1 AND started_at >= ($2::timestamp AT TIME ZONE 'UTC')
     AND started_at < ($3::timestamp AT TIME ZONE 'UTC')
   ORDER BY trace_id, started_at, span_id, revision DESC
), calls AS (
  SELECT (started_at AT TIME ZONE 'UTC')::date::text AS day, coalesce(record ->> 'serviceName', '') AS service,
         coalesce(call_model, '') AS model, record
    FROM newest WHERE role = 'leaf' AND coalesce(record ->> 'serviceName', '') = ANY ($4::text[])
), buckets AS (
  SELECT day, service, model, bucket, sum(count::numeric)::text AS count
    FROM calls, jsonb_each_text(record #> '{usage,tokens}') AS b (bucket, count)
   WHERE jsonb_typeof(record -> 'usage') = 'object'
   GROUP BY 1, 2, 3, 4
)
SELECT c.day, c.service, c.model, count(*) AS calls,
       count(*) FILTER (WHERE jsonb_typeof(c.record -> 'usage') <> 'object') AS calls_without_usage,
       (SELECT jsonb_object_agg(b.bucket, b.count) FROM buckets b
         WHERE b.day = c.day AND b.service = c.service AND b.model = c.model) AS tokens,
       trim_scale(sum((c.record #>> '{costReported,amount}')::numeric)
         FILTER (WHERE c.record #>> '{costReported,currency}' = 'USD'))::text AS reported
  FROM calls c GROUP BY c.day, c.service, c.model ORDER BY 1, 2, 3`,
    values: [tenantId, from, to, services],
  });
  return rows.map((row) => ({
    day: row.day,
    service: row.service,
    model: row.model,
    calls: row.calls,
    callsWithoutUsage: row.calls_without_usage,
    tokens: row.tokens ?? {},
    reportedUsd: row.reported,
  }));
}
