import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What would be moved by a rule that is not recorded (docs/adr/017): the rule as it is asked about, what was summed of
 * it so far, and who approved it. The lease, the cursor and the sums by account stand in `causes` and `cause_deltas`,
 * under the same id.
 */
export class Previews20261123040000 implements MigrationInterface {
  readonly name = 'Previews20261123040000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DELETE FROM cause_deltas d USING causes c
 WHERE c.tenant_id = d.tenant_id AND c.cause_id = d.cause_id AND c.mode = 'preview';
DELETE FROM causes WHERE mode = 'preview';
DROP TABLE preview_namings, preview_marks, preview_decisions, previews;`);
  }
}

const TABLES = `
CREATE TABLE previews (                                  -- L, record; what is summed moves on until it is done
  tenant_id    bigint NOT NULL,
  preview_id   uuid NOT NULL,
  kind         text NOT NULL,
  digest       bytea NOT NULL,                           -- SHA-256 of the canonical request: who records gives the same
  body         jsonb NOT NULL,                           -- the request, for people; a price list without its rows
  rule         jsonb NOT NULL,                           -- what would be recorded
  requested_at timestamptz NOT NULL,
  requested_by uuid NOT NULL,
  key_id       uuid NOT NULL,
  from_size    bigint NOT NULL,                          -- of the log when it was asked for
  to_size      bigint,                                   -- of the log when the last page was done
  traces_known bigint NOT NULL,                          -- of the tenant when it was asked for
  summary      jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, preview_id)
);
CREATE TABLE preview_decisions (                         -- L, record: by another principal than the request
  tenant_id  bigint NOT NULL,
  preview_id uuid NOT NULL,
  decision   text NOT NULL CHECK (decision IN ('approved', 'declined')),
  decided_at timestamptz NOT NULL,
  decided_by uuid NOT NULL,
  PRIMARY KEY (tenant_id, preview_id)
);
CREATE TABLE preview_marks (                             -- L, work: what an earlier page has worked already
  tenant_id  bigint NOT NULL,
  preview_id uuid NOT NULL,
  mark       text NOT NULL,
  PRIMARY KEY (tenant_id, preview_id, mark)
);
CREATE TABLE preview_namings (                           -- L, work: keys that traces would have under the rule
  tenant_id  bigint NOT NULL,
  preview_id uuid NOT NULL,
  ref        text NOT NULL,
  trace_id   uuid NOT NULL,
  PRIMARY KEY (tenant_id, preview_id, ref, trace_id)
);
CREATE INDEX preview_namings_trace_idx ON preview_namings (tenant_id, preview_id, trace_id);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = `${['previews', 'preview_decisions', 'preview_marks', 'preview_namings']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('')}
GRANT INSERT ON previews, preview_decisions TO outcome_ledger_api;
`;
