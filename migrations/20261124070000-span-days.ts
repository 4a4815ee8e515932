import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Days of received spans can be let go. What proofs, replays and checks need of them stays: which request brought each
 * span, and where it stood in it (docs/adr/033). And tables whose rows come and go are vacuumed by how much of them
 * changed, not by how large they once were.
 */
export class SpanDays20261124070000 implements MigrationInterface {
  readonly name = 'SpanDays20261124070000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${TABLES}${ROLES}${VACUUM}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
${[...QUEUES, ...SUMMARIES].map((table) => `ALTER TABLE ${table} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor);`).join('\n')}
DROP TABLE span_days, span_places;`);
  }
}

const TABLES = `
CREATE TABLE span_places (                               -- T, record: spans whose bytes are not kept any more
  tenant_id  bigint NOT NULL,
  trace_id   uuid NOT NULL,
  day        date NOT NULL,                              -- UTC day of their start
  span_ids   bigint[] NOT NULL,                          -- these four: one element for each span, in order of batch and position
  started_at timestamptz[] NOT NULL,
  batch_ids  uuid[] NOT NULL,
  positions  integer[] NOT NULL,
  last_ended_at timestamptz NOT NULL,                    -- of all of them; these two make the trace's summary again
  root_ended boolean NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, day)
);
CREATE TABLE span_days (                                 -- L, record: days of received spans that were let go
  tenant_id   bigint NOT NULL,
  day         date NOT NULL,
  spans       bigint NOT NULL,
  traces      bigint NOT NULL,
  batches     bigint NOT NULL,                           -- whose leaf can no longer be opened
  keep_days   integer NOT NULL,                          -- SPAN_KEEP_DAYS at that time
  recorded_at timestamptz NOT NULL,
  dropped_at  timestamptz,                               -- null: its places are recorded, the day itself still stands
  PRIMARY KEY (tenant_id, day)
);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = ['span_places', 'span_days']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('');

/** Rows come and go: dead ones must not outnumber the living ones, however many there were yesterday. */
const QUEUES = ['due_traces', 'evidence_inbox', 'fact_inbox', 'due_reconciliations', 'quality_backlog'];
/** Rows that are updated a few times when they are new, and then hardly ever. */
const SUMMARIES = ['traces', 'batches', 'positions', 'postings', 'work_items', 'attempts', 'trace_refs'];
const VACUUM = [
  ...QUEUES.map(
    (table) =>
      `ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.5);`,
  ),
  ...SUMMARIES.map(
    (table) =>
      `ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 10000, autovacuum_analyze_scale_factor = 0.05);`,
  ),
].join('\n');
