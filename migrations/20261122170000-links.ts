import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Links with evidence (docs/adr/011): links that do not book, links that replace others, what people decided about
 * them and what audits found, and what cost might belong where.
 */
export class Links20261122170000 implements MigrationInterface {
  readonly name = 'Links20261122170000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [COLUMNS, TABLES, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP TABLE link_candidates, link_audits, link_decisions;
DROP INDEX links_work_item_idx, work_item_aliases_item_idx;
ALTER TABLE links DROP COLUMN state, DROP COLUMN evidence;
ALTER TABLE trace_refs DROP COLUMN naming, DROP COLUMN is_announced;
ALTER TABLE attempts DROP COLUMN is_allocated, DROP COLUMN below_low, DROP COLUMN doubt_bps;`);
  }
}

// Every key that was found so far stood in an attribute.
const COLUMNS = `
ALTER TABLE links
  ADD COLUMN state    text NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'candidate', 'dangling', 'withdrawn')),
  ADD COLUMN evidence jsonb NOT NULL DEFAULT '[]';       -- tier, source, rule and confidence of each piece
CREATE INDEX links_work_item_idx ON links (tenant_id, work_item_ref);
ALTER TABLE trace_refs
  ADD COLUMN naming       text CHECK (naming IN ('declared', 'found')), -- how the trace names the work item; null = it does not
  ADD COLUMN is_announced boolean NOT NULL DEFAULT true; -- traces that only found the same key know of the declaration
UPDATE trace_refs SET naming = 'declared' WHERE split_part(ref, ':', 1) NOT IN ('conversation', 'response', 'request');
ALTER TABLE attempts
  ADD COLUMN is_allocated boolean NOT NULL DEFAULT false, -- part of its cost was split by a declared rule
  ADD COLUMN below_low    numeric NOT NULL DEFAULT 0,    -- its USD/12 on links of a confidence under 0.95
  ADD COLUMN doubt_bps    numeric NOT NULL DEFAULT 0;    -- sum of USD/12 times (10,000 - confidence in ten-thousandths)
CREATE INDEX work_item_aliases_item_idx ON work_item_aliases (tenant_id, work_item_ref);
`;

const TABLES = `
CREATE TABLE link_decisions (                            -- T, record: what a person said about whose the steps are
  tenant_id     bigint NOT NULL,
  trace_id      uuid NOT NULL,
  decision_id   uuid NOT NULL,
  work_item_ref text NOT NULL,
  action        text NOT NULL CHECK (action IN ('link', 'unlink')),
  span_ids      bigint[],                                -- each with all under it; null = the whole trace
  attempt_id    uuid,                                    -- where an attempt was meant
  reason        text NOT NULL,
  salt          bytea,                                   -- of the leaf's commitment to the reason; erasable
  recorded_at   timestamptz NOT NULL,
  recorded_by   uuid NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, decision_id)
);
CREATE INDEX link_decisions_recorded_at_idx ON link_decisions (tenant_id, recorded_at, decision_id);
CREATE TABLE link_audits (                               -- T, record: whether a link was right; the newest of a link counts
  tenant_id   bigint NOT NULL,
  trace_id    uuid NOT NULL,
  audit_id    uuid NOT NULL,
  link_id     uuid NOT NULL,
  tier        text NOT NULL,
  is_right    boolean NOT NULL,
  note        text,
  salt        bytea,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, audit_id)
);
CREATE TABLE link_candidates (                           -- T, projection: USD/12 of a trace that is on no work item
  tenant_id     bigint NOT NULL,
  trace_id      uuid NOT NULL,
  work_item_ref text NOT NULL,                           -- whose it may be; '' = all of it, whosever it is
  tier          text NOT NULL,
  confidence    numeric(5, 4) NOT NULL,
  state         text NOT NULL CHECK (state IN ('candidate', 'dangling', 'unlinked')),
  amount        numeric NOT NULL,
  expected_bps  numeric NOT NULL,                        -- sum of amount times confidence in ten-thousandths
  started_at    timestamptz NOT NULL,
  workflow      text NOT NULL,
  agent         text,
  model         text,
  provider      text,
  dimensions    jsonb NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, work_item_ref)
);
CREATE INDEX link_candidates_work_item_idx ON link_candidates (tenant_id, work_item_ref);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = `${['link_decisions', 'link_audits', 'link_candidates']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('')}
GRANT INSERT ON link_decisions, link_audits TO outcome_ledger_api;
`;
