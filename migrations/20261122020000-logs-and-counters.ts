import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Log records stand in `spans` beside the spans (docs/adr/007); the counters that metrics report stand by themselves,
 * because they are compared with what is billed and never are money. All local tables (group L): ingest writes them,
 * one report reads them.
 */
export class LogsAndCounters20261122020000 implements MigrationInterface {
  readonly name = 'LogsAndCounters20261122020000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [SIGNAL, COUNTERS, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE counter_points, counter_series; ALTER TABLE spans DROP COLUMN signal;`);
  }
}

// A constant default costs no rewrite of the rows that stand: they are spans.
const SIGNAL = `
ALTER TABLE spans ADD COLUMN signal smallint NOT NULL DEFAULT 0;   -- 0 = span, 1 = log record: what bytes holds
`;

const COUNTERS = `
CREATE TABLE counter_series (                            -- L, record: one time series of a known token or cost metric
  tenant_id   bigint NOT NULL,
  series_id   uuid NOT NULL,                             -- UUIDv8 of all that identifies the series, its start apart
  metric      text NOT NULL,
  temporality text NOT NULL CHECK (temporality IN ('delta', 'cumulative')),
  quantity    text NOT NULL CHECK (quantity IN ('tokens', 'cost_usd')),
  token_class text NOT NULL,                             -- as the metric calls it; cost for an amount of money
  buckets     text[] NOT NULL,                           -- token buckets of the steps that it sums up
  service     text NOT NULL,
  model       text NOT NULL,
  session     text,
  attributes  jsonb NOT NULL,                            -- of the data points, as received
  PRIMARY KEY (tenant_id, series_id)
);
CREATE TABLE counter_points (                            -- L, record
  tenant_id   bigint NOT NULL,
  series_id   uuid NOT NULL,
  started_at  timestamptz NOT NULL,                      -- start_time_unix_nano: a counter that starts anew counts from 0
  at          timestamptz NOT NULL,
  value       numeric NOT NULL CHECK (value >= 0),
  batch_id    uuid NOT NULL,
  PRIMARY KEY (tenant_id, series_id, started_at, at)
);
CREATE INDEX counter_points_at_idx ON counter_points (tenant_id, at);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = ['counter_series', 'counter_points']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('');
