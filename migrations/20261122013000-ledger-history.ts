import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What reading the books at an earlier size of the log needs (docs/adr/012): the place of every posting commit in the
 * log, the posting commit that made each row of a projection, and the rows it replaced. And what working a rule
 * through a long history needs: how far its cause has come.
 */
export class LedgerHistory20261122013000 implements MigrationInterface {
  readonly name = 'LedgerHistory20261122013000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [HISTORY, CAUSES, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP TABLE cause_deltas, ledger_batches, work_item_history, attempt_history;
ALTER TABLE causes DROP COLUMN mode, DROP COLUMN detail, DROP COLUMN is_worked, DROP COLUMN opened_index,
  DROP COLUMN done_index, DROP COLUMN cursor, DROP COLUMN traces_done, DROP COLUMN traces_failed,
  DROP COLUMN leased_until, DROP COLUMN advanced_at, DROP COLUMN error, DROP COLUMN expires_at;
DROP INDEX ledger_transactions_batch_idx;
ALTER TABLE work_items DROP COLUMN since_batch;
ALTER TABLE attempts DROP COLUMN since_batch;
ALTER TABLE tenants DROP COLUMN history_from;`);
  }
}

// The zero batch is "before the first size that can be read": rows that stood when this migration came. A constant
// default is no rewrite of the table.
const HISTORY = `
ALTER TABLE tenants ADD COLUMN history_from bigint NOT NULL DEFAULT 0; -- smallest size of the log the books can be read at
UPDATE tenants t
   SET history_from = coalesce((SELECT h.size FROM log_heads h WHERE h.tenant_id = t.tenant_id), 0)
                    + (SELECT count(*) FROM evidence_inbox i WHERE i.tenant_id = t.tenant_id)
 WHERE EXISTS (SELECT FROM postings p WHERE p.tenant_id = t.tenant_id)
    OR EXISTS (SELECT FROM work_items w WHERE w.tenant_id = t.tenant_id);
ALTER TABLE attempts ADD COLUMN since_batch uuid DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE attempts ALTER COLUMN since_batch DROP DEFAULT;  -- the posting commit that wrote the row
ALTER TABLE work_items ADD COLUMN since_batch uuid DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE work_items ALTER COLUMN since_batch DROP DEFAULT;
CREATE TABLE attempt_history (                           -- T, record: rows of attempts that were replaced
  tenant_id  bigint NOT NULL,
  trace_id   uuid NOT NULL,
  attempt_id uuid NOT NULL,
  from_batch uuid NOT NULL,                              -- posting commit that wrote the row
  to_batch   uuid NOT NULL,                              -- posting commit that replaced or removed it
  was        jsonb NOT NULL,                             -- the row
  PRIMARY KEY (tenant_id, trace_id, attempt_id, to_batch)
);
CREATE TABLE work_item_history (                         -- R, record: rows of work_items that were replaced
  tenant_id  bigint NOT NULL,
  ref        text NOT NULL,
  from_batch uuid NOT NULL,
  to_batch   uuid NOT NULL,
  was        jsonb NOT NULL,
  PRIMARY KEY (tenant_id, ref, to_batch)
);
CREATE TABLE ledger_batches (                            -- L, record: places of the ledger.batch leaves, by the sealer
  tenant_id  bigint NOT NULL,
  leaf_index bigint NOT NULL,
  batch_id   uuid NOT NULL,
  PRIMARY KEY (tenant_id, leaf_index),
  CONSTRAINT ledger_batches_batch_key UNIQUE (tenant_id, batch_id)
);
INSERT INTO ledger_batches (tenant_id, leaf_index, batch_id)
SELECT tenant_id, idx, subject_id::uuid FROM leaves WHERE kind = 'ledger.batch';
CREATE INDEX ledger_transactions_batch_idx ON ledger_transactions (tenant_id, batch_id);
`;

const CAUSES = `
ALTER TABLE causes
  ADD COLUMN mode text NOT NULL DEFAULT 'post' CHECK (mode IN ('post', 'preview')), -- a preview is worked through and rolled back
  ADD COLUMN detail jsonb NOT NULL DEFAULT '{}',         -- of a preview the rule that is not in force
  ADD COLUMN is_worked boolean NOT NULL DEFAULT false,   -- the last page is out
  ADD COLUMN opened_index bigint,                        -- of its cause.open leaf
  ADD COLUMN done_index bigint,                          -- of its cause.done leaf
  ADD COLUMN cursor text NOT NULL DEFAULT '',            -- of the last page that was committed
  ADD COLUMN traces_done integer NOT NULL DEFAULT 0,
  ADD COLUMN traces_failed integer NOT NULL DEFAULT 0,
  ADD COLUMN leased_until timestamptz,
  ADD COLUMN advanced_at timestamptz,
  ADD COLUMN error text,
  ADD COLUMN expires_at timestamptz;                     -- of a preview
CREATE INDEX causes_open_idx ON causes (opened_at) WHERE done_at IS NULL;
CREATE TABLE cause_deltas (                              -- L, record: what a cause has moved, summed page by page
  tenant_id bigint NOT NULL,
  cause_id  text NOT NULL,
  asset     text NOT NULL,
  code      text NOT NULL,
  period    text NOT NULL,
  account   text NOT NULL,
  workflow  text NOT NULL,                               -- '' where the cost belongs to no attempt
  amount    numeric NOT NULL,
  entries   bigint NOT NULL,
  PRIMARY KEY (tenant_id, cause_id, asset, code, period, account, workflow)
);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = `${['attempt_history', 'work_item_history', 'ledger_batches', 'cause_deltas']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('')}
`;
