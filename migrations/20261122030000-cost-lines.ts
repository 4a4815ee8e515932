import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is paid for work items beside the calls of agents: cost lines, the ledger's positions by work item, dated
 * exchange rates, estimates for calls whose usage is unknown, and what needs a second principal.
 */
export class CostLines20261122030000 implements MigrationInterface {
  readonly name = 'CostLines20261122030000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [LINES, RATES, ADJUSTMENTS, PROJECTIONS, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE item_positions, reversals, adjustment_approvals, adjustment_requests, usage_reports, fx_rates,
        cost_line_receipts, cost_lines;
      ALTER TABLE attempts DROP COLUMN retrievals, DROP COLUMN human_ms;
      ALTER TABLE work_items DROP COLUMN cost_lines, DROP COLUMN unpriced_lines, DROP COLUMN human_ms,
        DROP COLUMN assumed_lines;`);
  }
}

const LINES = `
CREATE TABLE cost_lines (                                -- R, record
  tenant_id    bigint NOT NULL,
  ref          text NOT NULL,                            -- of the work item
  source       text NOT NULL,
  line_id      text NOT NULL,
  line_kind    text NOT NULL,                            -- human | tool_fee | bpo_handoff | platform_fee | infrastructure
  occurred_at  timestamptz NOT NULL,
  supersedes   text,                                     -- line_id of the same source and work item that it replaces
  body         jsonb NOT NULL,                           -- quantity, unit, role, rate, amount, biller, attempt, trace
  surrogate_id uuid NOT NULL,                            -- names the line in leaves
  salt         bytea,                                    -- of the leaf's commitment to the content; erasable
  received_at  timestamptz NOT NULL,
  received_by  uuid NOT NULL,
  PRIMARY KEY (tenant_id, ref, source, line_id)
);
CREATE INDEX cost_lines_received_at_idx ON cost_lines (tenant_id, received_at, surrogate_id);
CREATE INDEX cost_lines_occurred_at_idx ON cost_lines (tenant_id, occurred_at);
CREATE TABLE cost_line_receipts (                        -- L, record: idempotency by (source, id)
  tenant_id bigint NOT NULL, source text NOT NULL, line_id text NOT NULL,
  content_hash bytea NOT NULL, ref text NOT NULL, received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, source, line_id)
);
CREATE TABLE usage_reports (                             -- T, record: what is said of calls whose usage is unknown
  tenant_id    bigint NOT NULL,
  trace_id     uuid NOT NULL,
  span_id      bigint NOT NULL,
  source       text NOT NULL,
  report_id    text NOT NULL,
  says         text NOT NULL CHECK (says IN ('estimate', 'actual', 'not_billed')),
  amount       numeric,                                  -- pico; null for not_billed
  asset        text,
  sequence     bigint NOT NULL,                          -- of what one source says of one call the greatest counts
  content_hash bytea NOT NULL,
  recorded_at  timestamptz NOT NULL,
  recorded_by  uuid NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, span_id, source, report_id)
);
`;

const RATES = `
CREATE TABLE fx_rates (                                  -- reference, setting: dated exchange rates
  tenant_id  bigint NOT NULL,
  base       text NOT NULL,
  quote      text NOT NULL,
  day        date NOT NULL,                              -- UTC day from which it is the rate
  source     text NOT NULL,
  version    integer NOT NULL,                           -- the greatest of a day and source is in force
  rate       text NOT NULL,                              -- units of quote for one of base, as it was told
  told_at    timestamptz,                                -- by the source
  created_at timestamptz NOT NULL,
  created_by uuid NOT NULL,
  PRIMARY KEY (tenant_id, base, quote, day, source, version)
);
`;

const ADJUSTMENTS = `
CREATE TABLE adjustment_requests (                       -- L, record: what needs a second principal
  tenant_id     bigint NOT NULL,
  adjustment_id uuid NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('write_off', 'reversal')),
  body          jsonb NOT NULL,
  reason        text NOT NULL,
  requested_at  timestamptz NOT NULL,
  requested_by  uuid NOT NULL,
  PRIMARY KEY (tenant_id, adjustment_id)
);
CREATE TABLE adjustment_approvals (                      -- L, record: by another principal than the request
  tenant_id     bigint NOT NULL,
  adjustment_id uuid NOT NULL,
  decision      text NOT NULL CHECK (decision IN ('approved', 'declined')),
  decided_at    timestamptz NOT NULL,
  decided_by    uuid NOT NULL,
  PRIMARY KEY (tenant_id, adjustment_id)
);
CREATE TABLE reversals (                                 -- T (posting_id), record: approved; part of the posting's target
  tenant_id     bigint NOT NULL,
  posting_id    uuid NOT NULL,
  txn_id        uuid NOT NULL,                           -- the transaction it takes back
  adjustment_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, posting_id, txn_id)
);
`;

const PROJECTIONS = `
CREATE TABLE item_positions (                            -- R, projection: sum of the entries of cost lines and pools, by work item
  tenant_id  bigint NOT NULL,
  ref        text NOT NULL,
  posting_id uuid NOT NULL,
  account    text NOT NULL,
  asset      text NOT NULL,
  amount     numeric NOT NULL,
  PRIMARY KEY (tenant_id, ref, posting_id, account, asset)
) WITH (fillfactor = 80);
ALTER TABLE work_items
  ADD COLUMN cost_lines     integer NOT NULL DEFAULT 0,  -- that count
  ADD COLUMN unpriced_lines integer NOT NULL DEFAULT 0,
  ADD COLUMN assumed_lines  integer NOT NULL DEFAULT 0,  -- priced by a rate that the customer put in
  ADD COLUMN human_ms       bigint NOT NULL DEFAULT 0;   -- human time, priced or not
ALTER TABLE attempts
  ADD COLUMN retrievals integer NOT NULL DEFAULT 0,
  ADD COLUMN human_ms   bigint NOT NULL DEFAULT 0;       -- of human steps
-- Outcomes that were achieved before they were counted in the ledger: their items are saved once more.
INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
SELECT tenant_id, 'cost.line', 'upgrade:outcome-counts', jsonb_build_object('ref', ref), clock_timestamp()
  FROM work_items WHERE phase = 'achieved';
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const WRITTEN_BY_API = [
  'cost_lines',
  'cost_line_receipts',
  'usage_reports',
  'fx_rates',
  'adjustment_requests',
  'adjustment_approvals',
  'reversals',
];
const ROLES = [...WRITTEN_BY_API, 'item_positions']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT${table === 'item_positions' ? '' : ', INSERT'} ON ${table} TO outcome_ledger_api;`,
  )
  .join('');
