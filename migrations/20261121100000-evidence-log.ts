import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The evidence log of each tenant: leaves, the hashes that tiles are made of, the head and the signed checkpoints.
 * All local tables (group L): one sealer per tenant writes them, in the order of the log.
 */
export class EvidenceLog20261121100000 implements MigrationInterface {
  readonly name = 'EvidenceLog20261121100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, INBOX, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX evidence_inbox_tenant_idx; ALTER TABLE batches RESET (fillfactor);
      DROP TABLE checkpoints, log_heads, tree_nodes, leaves, log_identity;`);
  }
}

const TABLES = `
CREATE TABLE log_identity (                              -- L, setting: fixed at the first start
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  origin     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE leaves (                                    -- L, record
  tenant_id  bigint NOT NULL,
  idx        bigint NOT NULL,                            -- place in the log, from 0 without gaps
  kind       text NOT NULL,
  subject_id text NOT NULL,                              -- batch, trace, posting batch or event the leaf is about
  entry      bytea NOT NULL,                             -- RFC 8785 JSON: the bytes that are hashed and served
  leaf_hash  bytea NOT NULL,                             -- tile level 0
  PRIMARY KEY (tenant_id, idx)
);
CREATE INDEX leaves_subject_idx ON leaves (tenant_id, subject_id, idx);
CREATE TABLE tree_nodes (                                -- L, record: roots of full tiles
  tenant_id bigint NOT NULL,
  level     smallint NOT NULL CHECK (level >= 1),        -- tile level the hash belongs to: root of a full tile of level - 1
  idx       bigint NOT NULL,
  hash      bytea NOT NULL,
  PRIMARY KEY (tenant_id, level, idx)
);
CREATE TABLE log_heads (                                 -- L, record: the one row that serialises sealing
  tenant_id bigint PRIMARY KEY,
  origin    text NOT NULL,                               -- name of the log and of its keys
  vkeys     text[] NOT NULL,                             -- keys that sign; two during a rotation
  size      bigint NOT NULL,
  root      bytea NOT NULL,
  edge      bytea NOT NULL,                              -- roots of the perfect subtrees that size is the sum of
  sealed_at timestamptz,                                 -- sealedAt of the newest leaf: never goes back
  CONSTRAINT log_heads_origin_key UNIQUE (origin)
) WITH (fillfactor = 50);
CREATE TABLE checkpoints (                               -- L, record
  tenant_id bigint NOT NULL,
  size      bigint NOT NULL,
  root      bytea NOT NULL,
  note      text NOT NULL,                               -- the signed note, as it is served
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, size)
);
`;

// The seal takes the oldest rows of one tenant, and sets leaf_index on the batches it sealed.
const INBOX = `
CREATE INDEX evidence_inbox_tenant_idx ON evidence_inbox (tenant_id, seq);
ALTER TABLE batches SET (fillfactor = 85);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = ['leaves', 'tree_nodes', 'log_heads', 'checkpoints']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('');
