import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was understood of each emitter's spans, and what emitters claim their calls cost (docs/adr/009). All of it are
 * projections of the newest steps with their charges and links, written with the posting of their trace.
 */
export class DataQuality20261122014500 implements MigrationInterface {
  readonly name = 'DataQuality20261122014500';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, BACKLOG, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE quality_backlog, cost_claims, quality_days, quality_findings, trace_quality, emitters;',
    );
  }
}

const TABLES = `
CREATE TABLE emitters (                                  -- reference, record: distinct writers of spans
  tenant_id     bigint NOT NULL,
  emitter_id    uuid NOT NULL,                           -- UUIDv5 of the four
  service       text NOT NULL,
  scope         text NOT NULL,
  scope_version text NOT NULL,
  dialect       text NOT NULL,
  PRIMARY KEY (tenant_id, emitter_id)
);
CREATE TABLE trace_quality (                             -- T, projection: what a trace adds to quality_days
  tenant_id bigint NOT NULL,
  trace_id  uuid NOT NULL,
  claims    integer NOT NULL,                            -- rows of the trace in cost_claims
  summary   text NOT NULL,                               -- JSON: per emitter and day its counts and findings, sorted
  PRIMARY KEY (tenant_id, trace_id)
) WITH (fillfactor = 85);
CREATE TABLE quality_findings (                          -- T, projection: where to look
  tenant_id  bigint NOT NULL,
  trace_id   uuid NOT NULL,
  emitter_id uuid NOT NULL,
  day        date NOT NULL,
  code       text NOT NULL,
  spans      integer NOT NULL,
  span_id    bigint NOT NULL,                            -- the first of them
  started_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, emitter_id, day, code)
);
CREATE INDEX quality_findings_code_idx ON quality_findings (tenant_id, emitter_id, code, day, trace_id);
CREATE TABLE quality_days (                              -- L, projection: sum of trace_quality
  tenant_id  bigint NOT NULL,
  day        date NOT NULL,                              -- UTC day of the starts of the steps
  emitter_id uuid NOT NULL,
  measure    text NOT NULL,
  shard      smallint NOT NULL,                          -- writers at the same time seldom wait for one row
  n          bigint NOT NULL,                            -- may be below 0: only the sum over the shards means something
  PRIMARY KEY (tenant_id, day, emitter_id, measure, shard)
) WITH (fillfactor = 50);
CREATE TABLE cost_claims (                               -- T, projection: what spans claim to have cost
  tenant_id      bigint NOT NULL,
  trace_id       uuid NOT NULL,
  span_id        bigint NOT NULL,
  started_at     timestamptz NOT NULL,
  day            date NOT NULL,
  role           text NOT NULL,
  emitter_id     uuid NOT NULL,
  provider       text,
  model          text,
  currency       text,
  source         text,                                   -- of the span's own claim
  own_amount     numeric,                                -- null: the span itself claims nothing
  nearest_amount numeric,                                -- of a leaf: the claim nearest to the bill; null elsewhere
  is_zero        boolean NOT NULL,                       -- it claims 0 beside tokens
  call_trace_id  uuid,                                   -- the billed leaf; null: excluded
  call_span_id   bigint,
  exclusion      text,
  computed_pico  numeric,                                -- of a leaf: the sum of its charges in USD
  uncomputed     text,                                   -- of a leaf: why there is none
  PRIMARY KEY (tenant_id, trace_id, span_id, started_at)
) WITH (fillfactor = 85);
CREATE INDEX cost_claims_day_idx ON cost_claims USING brin (day);
`;

// Traces that were posted before these tables existed; the worker goes through them once.
const BACKLOG = `
CREATE TABLE quality_backlog (                           -- L, work
  tenant_id bigint NOT NULL,
  trace_id  uuid NOT NULL,
  PRIMARY KEY (tenant_id, trace_id)
);
INSERT INTO quality_backlog SELECT tenant_id, trace_id FROM traces WHERE revision > 0;
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = [
  'emitters',
  'trace_quality',
  'quality_findings',
  'quality_days',
  'cost_claims',
  'quality_backlog',
]
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('');
