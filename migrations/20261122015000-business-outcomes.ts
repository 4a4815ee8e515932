import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Outcomes as they happen in business: tiers and quality, items merged and split, events corrected and withdrawn,
 * deadlines that this service watches, control totals of sources, and audits of what was claimed.
 */
export class BusinessOutcomes20261122015000 implements MigrationInterface {
  readonly name = 'BusinessOutcomes20261122015000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [EVENTS_AND_ITEMS, TABLES, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE outcome_audit_verdicts, outcome_audit_items, outcome_audits, outcome_controls, work_item_relations;
      DROP INDEX work_items_deadline_at_idx;
      ALTER TABLE work_items DROP COLUMN tier, DROP COLUMN quality, DROP COLUMN merged_into, DROP COLUMN split_from,
        DROP COLUMN split_weight, DROP COLUMN deadline_verb, DROP COLUMN deadline_at;
      ALTER TABLE outcome_events DROP COLUMN tier, DROP COLUMN quality, DROP COLUMN refers_to;`);
  }
}

const EVENTS_AND_ITEMS = `
ALTER TABLE outcome_events
  ADD COLUMN tier      text,                             -- confirmed | assumed | contained | assisted, as the event states it
  ADD COLUMN quality   text,                             -- a label, or a number as decimal text
  ADD COLUMN refers_to jsonb;                            -- what it merges into, is split from, corrects or supersedes
ALTER TABLE work_items
  ADD COLUMN tier          text,                         -- of the standing outcome
  ADD COLUMN quality       text,
  ADD COLUMN merged_into   text,                         -- ref of the item its cost follows; set where that stands
  ADD COLUMN split_from    text,                         -- ref of the item it bears a part of; set where that stands
  ADD COLUMN split_weight  bigint,
  ADD COLUMN deadline_verb text,                         -- what this service records of it at deadline_at
  ADD COLUMN deadline_at   timestamptz;
CREATE INDEX work_items_deadline_at_idx ON work_items (deadline_at) WHERE deadline_at IS NOT NULL;
`;

const TABLES = `
CREATE TABLE work_item_relations (                       -- R, record: which items may send cost to which (docs/adr/010)
  tenant_id bigint NOT NULL,
  ref       text NOT NULL,
  relation  text NOT NULL CHECK (relation IN ('merged_into', 'merged_from', 'split_into', 'split_from')),
  other_ref text NOT NULL,
  PRIMARY KEY (tenant_id, ref, relation, other_ref)
);
CREATE TABLE outcome_controls (                          -- L, record: what a source says it sent
  tenant_id    bigint NOT NULL,
  source       text NOT NULL,
  period       text NOT NULL,                            -- UTC day (2026-10-01) or month (2026-10) of the events' time
  type         text NOT NULL,                            -- <kind>.<verb>
  version      integer NOT NULL,
  event_count  bigint NOT NULL,
  value_amount numeric,
  value_asset  text,
  recorded_at  timestamptz NOT NULL,
  recorded_by  uuid NOT NULL,
  PRIMARY KEY (tenant_id, source, period, type, version)
);
CREATE TABLE outcome_audits (                            -- L, record: a sample of claimed outcomes
  tenant_id  bigint NOT NULL,
  audit_id   uuid NOT NULL,
  population jsonb NOT NULL,                             -- what was asked for
  seed       text NOT NULL,
  strata     jsonb NOT NULL,                             -- key, claimed, sampled, cost of each
  recorded_at timestamptz NOT NULL,
  recorded_by uuid NOT NULL,
  PRIMARY KEY (tenant_id, audit_id)
);
CREATE TABLE outcome_audit_items (                       -- L, record: what was drawn
  tenant_id bigint NOT NULL,
  audit_id  uuid NOT NULL,
  ref       text NOT NULL,
  stratum   integer NOT NULL,
  place     integer NOT NULL,                            -- in the order of drawing
  PRIMARY KEY (tenant_id, audit_id, ref)
);
CREATE TABLE outcome_audit_verdicts (                    -- L, record: the newest version of each counts
  tenant_id   bigint NOT NULL,
  audit_id    uuid NOT NULL,
  ref         text NOT NULL,
  version     integer NOT NULL,
  is_valid    boolean NOT NULL,
  note        text,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid NOT NULL,
  PRIMARY KEY (tenant_id, audit_id, ref, version)
);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const TENANT_TABLES = [
  'work_item_relations',
  'outcome_controls',
  'outcome_audits',
  'outcome_audit_items',
  'outcome_audit_verdicts',
];

const ROLES = `
${TENANT_TABLES.map(
  (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});`,
).join('')}
GRANT SELECT, INSERT ON ${TENANT_TABLES.join(', ')} TO outcome_ledger_api;
`;
