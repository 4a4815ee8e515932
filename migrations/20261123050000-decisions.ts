import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Decisions told after the fact: rules, exceptions and precedents that were applied, and overrides by people
 * (docs/adr/021). And a way from the id that names a work item in leaves to the work item.
 */
export class Decisions20261123050000 implements MigrationInterface {
  readonly name = 'Decisions20261123050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${TABLE}${ROLES}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP INDEX work_items_surrogate_idx;
DROP TABLE decisions;`);
  }
}

const TABLE = `
CREATE TABLE decisions (                                 -- R, record: appended, never changed
  tenant_id    bigint NOT NULL,
  ref          text NOT NULL,                            -- the work item it is about
  decision_id  uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('rule', 'exception', 'precedent', 'override', 'handoff', 'verdict', 'document')),
  subject      text NOT NULL,                            -- id of the rule, exception, precedent or document; what it was overridden to
  version      text,
  result       text,
  from_value   text,                                     -- of an override: what stood before
  reason_code  text,
  note         text,                                     -- free text; erasable with its salt
  salt         bytea,
  trace_id     uuid,                                     -- the step it is about; null: the trail as a whole
  span_id      bigint,
  occurred_at  timestamptz NOT NULL,
  content_hash bytea NOT NULL,                           -- tells a repetition from another decision under its id
  recorded_at  timestamptz NOT NULL,
  recorded_by  uuid NOT NULL,
  PRIMARY KEY (tenant_id, ref, decision_id)
);
CREATE INDEX work_items_surrogate_idx ON work_items (tenant_id, surrogate_id);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = `
ALTER TABLE decisions ENABLE ROW LEVEL SECURITY;
CREATE POLICY decisions_tenant ON decisions TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT, INSERT ON decisions TO outcome_ledger_api;
`;
