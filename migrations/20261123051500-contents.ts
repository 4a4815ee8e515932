import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Content apart from the records: encrypted under the keys of those it is about, which are kept elsewhere, and erased
 * with them (docs/adr/022). Who erases acts as a role of its own: nobody else may change a record.
 */
export class Contents20261123051500 implements MigrationInterface {
  readonly name = 'Contents20261123051500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${TABLES}${ROLES}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE spans DROP COLUMN cut_at;
ALTER TABLE batches DROP COLUMN redaction;
DROP TABLE erasures, content_progress, content_subjects, contents;`);
  }
}

const TABLES = `
ALTER TABLE batches ADD COLUMN redaction text;           -- policy by which content was taken out before it was hashed
ALTER TABLE spans ADD COLUMN cut_at timestamptz;         -- since when its content is cut; what was received is longer
CREATE TABLE contents (                                  -- T, record, erasable: what steps said and saw
  tenant_id   bigint NOT NULL,
  trace_id    uuid NOT NULL,
  span_id     bigint NOT NULL,
  started_at  timestamptz NOT NULL,
  part        text NOT NULL,                             -- class of content
  subject_id  uuid NOT NULL,                             -- whose key it is encrypted with
  media_type  text NOT NULL,
  sources     text[] NOT NULL,                           -- names of the attributes and events it stood in
  sealed      bytea NOT NULL,                            -- nonce, ciphertext, tag (AES-256-GCM)
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, span_id, started_at, part)
);
ALTER TABLE contents ALTER COLUMN sealed SET STORAGE EXTERNAL;   -- ciphertext does not compress
CREATE INDEX contents_recorded_at_idx ON contents USING brin (recorded_at);
CREATE TABLE content_subjects (                          -- R, record, erasable: the random id of a work item's content
  tenant_id  bigint NOT NULL,
  ref        text NOT NULL,
  subject_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, ref)
);
CREATE TABLE content_progress (                          -- L, work: how far received bytes were cut
  tenant_id   bigint PRIMARY KEY,
  cut_through timestamptz NOT NULL                       -- traces that received nothing since are cut
);
CREATE TABLE erasures (                                  -- L, record: what was to be erased, and what became of it
  tenant_id           bigint NOT NULL,
  erasure_id          uuid NOT NULL,
  scope               jsonb NOT NULL,                    -- as asked; once it is done only random ids are left of it
  basis               text NOT NULL,
  reason              text NOT NULL,
  requested_at        timestamptz NOT NULL,
  requested_by        uuid NOT NULL,
  decision            text CHECK (decision IN ('approved', 'refused')),
  decided_at          timestamptz,
  decided_by          uuid,                              -- never who asked
  decided_reason      text,
  subjects            uuid[] NOT NULL DEFAULT '{}',      -- whose keys were destroyed; a key store from before learns it here
  surrogates          uuid[] NOT NULL DEFAULT '{}',      -- work items, by their random ids
  counts              jsonb,
  done_at             timestamptz,
  backups_clear_after timestamptz,
  PRIMARY KEY (tenant_id, erasure_id)
);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
const ROLES = `
${['contents', 'content_subjects', 'content_progress', 'erasures']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON ${table} TO outcome_ledger_api;`,
  )
  .join('')}
GRANT INSERT, UPDATE (decision, decided_reason, decided_at, decided_by) ON erasures TO outcome_ledger_api;
`;
