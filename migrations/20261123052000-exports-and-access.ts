import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Evidence bundles; who may read content and who did, as a Merkle log of its own beside the evidence log; what witnesses
 * signed and to whom checkpoints were delivered (docs/adr/023). All local tables (group L).
 */
export class ExportsAndAccess20261123052000 implements MigrationInterface {
  readonly name = 'ExportsAndAccess20261123052000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [EXPORTS, ACCESS, WITNESSES, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE checkpoint_deliveries, cosignatures, access_checkpoints, access_heads, access_nodes,
      access_leaves, access_inbox, access_log, grants, export_chunks, exports;`);
  }
}

const EXPORTS = `
CREATE TABLE exports (                                   -- L, record: bundles that were asked for
  tenant_id     bigint NOT NULL,
  export_id     uuid NOT NULL,
  request       jsonb NOT NULL,                          -- scope, since, content, purpose, grant: what the bundle follows from
  size          bigint NOT NULL,                         -- settled size of the log it is made at
  requested_at  timestamptz NOT NULL,
  requested_by  uuid NOT NULL,
  key_id        uuid NOT NULL,
  state         text NOT NULL CHECK (state IN ('waiting', 'building', 'ready', 'failed', 'dropped')),
  stage         text NOT NULL DEFAULT '',                -- what is being read
  done          integer NOT NULL DEFAULT 0,
  total         integer NOT NULL DEFAULT 0,
  error         text,
  leased_until  timestamptz,
  built_at      timestamptz,
  expires_at    timestamptz,                             -- the archive is dropped then; it can be made again
  archive_bytes bigint,
  archive_hash  bytea,                                   -- SHA-256
  manifest_hash bytea,                                   -- SHA-256 of the signed statement, as the export leaf says
  PRIMARY KEY (tenant_id, export_id)
);
CREATE INDEX exports_open_idx ON exports (requested_at) WHERE state IN ('waiting', 'building');
CREATE TABLE export_chunks (                             -- L, work: the archive, until it expires; holds opened content
  tenant_id bigint NOT NULL,
  export_id uuid NOT NULL,
  n         integer NOT NULL,
  bytes     bytea NOT NULL,
  PRIMARY KEY (tenant_id, export_id, n)
);
ALTER TABLE export_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
`;

const ACCESS = `
CREATE TABLE grants (                                    -- L, setting: leave to read content, by two principals
  tenant_id    bigint NOT NULL,
  grant_id     uuid NOT NULL,
  principal_id uuid NOT NULL,                            -- who may read
  scope        jsonb NOT NULL,
  purpose      text NOT NULL,
  valid_until  timestamptz NOT NULL,
  requested_at timestamptz NOT NULL,
  requested_by uuid NOT NULL,
  decision     text CHECK (decision IN ('approved', 'declined', 'revoked')),
  decided_at   timestamptz,
  decided_by   uuid,                                     -- never who asked, never who reads
  PRIMARY KEY (tenant_id, grant_id)
);
CREATE INDEX grants_principal_idx ON grants (tenant_id, principal_id);
CREATE TABLE access_log (                                -- L, record: every read of content, before it was answered
  tenant_id    bigint NOT NULL,
  access_id    uuid NOT NULL,
  read_at      timestamptz NOT NULL,
  principal_id uuid NOT NULL,
  key_id       uuid NOT NULL,
  grant_id     uuid,                                     -- null: the reader's role needs none
  route        text NOT NULL,
  subject      text NOT NULL,                            -- what was read, as ticket:8123
  salt         bytea NOT NULL,                           -- of the commitment to subject in the leaf
  leaf_index   bigint,                                   -- in the access log, once it is sealed
  PRIMARY KEY (tenant_id, access_id)
);
CREATE INDEX access_log_read_at_idx ON access_log (tenant_id, read_at);
CREATE TABLE access_inbox (                              -- L, work: as evidence_inbox, of the access log
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   bigint NOT NULL,
  kind        text NOT NULL,
  subject_id  text NOT NULL,
  body        bytea NOT NULL,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX access_inbox_tenant_idx ON access_inbox (tenant_id, seq);
CREATE TABLE access_leaves (                             -- L, record: as leaves
  tenant_id  bigint NOT NULL,
  idx        bigint NOT NULL,
  kind       text NOT NULL,
  subject_id text NOT NULL,
  entry      bytea NOT NULL,
  leaf_hash  bytea NOT NULL,
  PRIMARY KEY (tenant_id, idx)
);
CREATE INDEX access_leaves_subject_idx ON access_leaves (tenant_id, subject_id, idx);
CREATE TABLE access_nodes (                              -- L, record: as tree_nodes
  tenant_id bigint NOT NULL,
  level     smallint NOT NULL CHECK (level >= 1),
  idx       bigint NOT NULL,
  hash      bytea NOT NULL,
  PRIMARY KEY (tenant_id, level, idx)
);
CREATE TABLE access_heads (                              -- L, record: as log_heads
  tenant_id bigint PRIMARY KEY,
  origin    text NOT NULL,
  vkeys     text[] NOT NULL,
  size      bigint NOT NULL,
  root      bytea NOT NULL,
  edge      bytea NOT NULL,
  sealed_at timestamptz
) WITH (fillfactor = 50);
CREATE TABLE access_checkpoints (                        -- L, record: as checkpoints
  tenant_id bigint NOT NULL,
  size      bigint NOT NULL,
  root      bytea NOT NULL,
  note      text NOT NULL,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, size)
);
`;

const WITNESSES = `
CREATE TABLE cosignatures (                              -- L, record: what witnesses signed
  tenant_id bigint NOT NULL,
  log       text NOT NULL CHECK (log IN ('evidence', 'access')),
  size      bigint NOT NULL,
  witness   text NOT NULL,                               -- vkey
  line      text NOT NULL,                               -- signature line, as it stands under the checkpoint
  signed_at timestamptz NOT NULL,                        -- the witness's clock
  PRIMARY KEY (tenant_id, log, size, witness)
);
CREATE TABLE checkpoint_deliveries (                     -- L, record: checkpoints in other hands
  tenant_id    bigint NOT NULL,
  log          text NOT NULL CHECK (log IN ('evidence', 'access')),
  recipient    text NOT NULL,                            -- as the settings name it
  size         bigint NOT NULL,
  delivered_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, log, recipient, size)
);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const TABLES = [
  'exports',
  'export_chunks',
  'grants',
  'access_log',
  'access_inbox',
  'access_leaves',
  'access_nodes',
  'access_heads',
  'access_checkpoints',
  'cosignatures',
  'checkpoint_deliveries',
];
const ROLES = `${TABLES.map(
  (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
).join('')}
GRANT INSERT ON exports, grants, access_log, access_inbox TO outcome_ledger_api;
GRANT UPDATE (decision, decided_at, decided_by) ON grants TO outcome_ledger_api;
`;
