import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Closing the books of a month, and what the checker found: a broken invariant stops the posting of its tenant until
 * somebody has looked (docs/adr/013).
 */
export class PeriodsAndHalts20261122180000 implements MigrationInterface {
  readonly name = 'PeriodsAndHalts20261122180000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${TABLES}${ROLES}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP INDEX ledger_transactions_period_idx;
DROP TABLE check_progress, posting_halts, periods;`);
  }
}

const TABLES = `
CREATE TABLE periods (                                   -- L, record: months that are closed, or being closed
  tenant_id       bigint NOT NULL,
  period          text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  requested_at    timestamptz NOT NULL,                  -- nothing is posted to it from here on
  requested_by    uuid NOT NULL,
  key_id          uuid NOT NULL,
  inbox_seq       bigint NOT NULL,                       -- newest leaf that waited then; its last postings are among them
  closed_at       timestamptz,
  size            bigint,                                -- settled size of the log that holds all its postings
  root            bytea,                                 -- of that size
  trial_balance   jsonb,
  rules           jsonb,                                 -- versions in force at that size
  revisions       bigint,                                -- traces with a revision below that size
  revisions_root  bytea,                                 -- over (trace, newest revision, leaf index) sorted by trace
  PRIMARY KEY (tenant_id, period)
);
CREATE INDEX ledger_transactions_period_idx ON ledger_transactions USING brin (period);
CREATE TABLE posting_halts (                             -- L, record: why posting stopped; cleared, never removed
  tenant_id  bigint NOT NULL,
  halt_id    uuid NOT NULL,
  invariant  text NOT NULL,
  subject    text NOT NULL,
  found      text NOT NULL,
  raised_at  timestamptz NOT NULL,
  cleared_at timestamptz,
  cleared_by uuid,
  reason     text,                                       -- of whoever cleared it
  PRIMARY KEY (tenant_id, halt_id)
);
CREATE INDEX posting_halts_open_idx ON posting_halts (tenant_id) WHERE cleared_at IS NULL;
CREATE TABLE check_progress (                            -- L, work: how far the continuous checker has come
  tenant_id  bigint NOT NULL,
  leaf_index bigint NOT NULL,                            -- posting commits below it were held against the log
  checked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id)
);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = `${['periods', 'posting_halts', 'check_progress']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('')}
GRANT INSERT ON periods TO outcome_ledger_api;
GRANT UPDATE (cleared_at, cleared_by, reason) ON posting_halts TO outcome_ledger_api;
`;
