import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What rules say about the cost of each run (docs/adr/028): read-only analysis beside the books, made again whenever its
 * trace is posted. What content said that rules need outlives the content, without its words.
 */
export class Waste20261124030000 implements MigrationInterface {
  readonly name = 'Waste20261124030000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, DUE, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE waste_due, waste_findings, run_waste, trace_readings;');
  }
}

const TABLES = `
CREATE TABLE trace_readings (                            -- T, record: what the content of a trace says, without words
  tenant_id bigint NOT NULL,
  trace_id  uuid NOT NULL,
  revision  integer NOT NULL,                            -- of the trace, when its content was read
  reading   text NOT NULL,                               -- JSON: by span its sizes, which texts are equal, what was used
  PRIMARY KEY (tenant_id, trace_id)
) WITH (fillfactor = 85);
CREATE TABLE run_waste (                                 -- T, projection: the verdict over an attempt in a trace
  tenant_id        bigint NOT NULL,
  trace_id         uuid NOT NULL,
  attempt_id       uuid NOT NULL,                        -- the nil uuid: what is linked to no attempt
  total            numeric NOT NULL,                     -- what stood posted, USD pico; another sum now: it is judged again
  essential        numeric NOT NULL,
  waste            numeric NOT NULL,                     -- sum over waste_findings
  with_content     numeric NOT NULL,                     -- cost of calls whose whole content was read
  after_warning    numeric,                              -- null: there was no warning
  billed_input     bigint NOT NULL,                      -- tokens
  unique_input     bigint NOT NULL,
  cache_read       bigint NOT NULL,
  essential_spans  bigint[] NOT NULL,
  offered          jsonb,                                -- tools by name, where their definitions were read
  output_steps     text[] NOT NULL,                      -- agent and model of outputs, one of each list
  output_tokens    bigint[] NOT NULL,
  output_pico      numeric[] NOT NULL,
  rules            text NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, attempt_id)
) WITH (fillfactor = 85);
CREATE INDEX run_waste_offered_idx ON run_waste (tenant_id) WHERE offered IS NOT NULL;
CREATE TABLE waste_findings (                            -- T, projection: a rule that flags a step
  tenant_id  bigint NOT NULL,
  trace_id   uuid NOT NULL,
  attempt_id uuid NOT NULL,
  span_id    bigint NOT NULL,
  rule       text NOT NULL,
  state      text NOT NULL,                              -- proven, suspected
  reason     text NOT NULL,
  because    bigint[] NOT NULL,                          -- spans
  cost_of    bigint[] NOT NULL,                          -- spans
  found      numeric,                                    -- null: the cost is not known
  waste      numeric NOT NULL,                           -- what it takes of the run's cost
  started_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, attempt_id, span_id, rule)
);
CREATE INDEX waste_findings_rule_idx ON waste_findings (tenant_id, rule, started_at);
`;

// Runs of before these tables existed are judged once.
const DUE = `
CREATE TABLE waste_due (                                 -- L, work
  tenant_id    bigint NOT NULL,
  trace_id     uuid NOT NULL,
  version      bigint NOT NULL,                          -- of the posting; a later one keeps the trace due
  leased_until timestamptz,
  failures     integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, trace_id)
) WITH (fillfactor = 70);
INSERT INTO waste_due (tenant_id, trace_id, version)
SELECT t.tenant_id, t.trace_id, p.version
  FROM traces t JOIN postings p ON p.tenant_id = t.tenant_id AND p.posting_id = t.trace_id WHERE t.revision > 0;
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = ['trace_readings', 'run_waste', 'waste_findings', 'waste_due']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('');
