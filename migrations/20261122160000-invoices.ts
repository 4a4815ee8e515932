import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Bills of providers: what was sent of them, line by line, and the newest comparison with our own charges. A document
 * is a record; a corrected one is a newer version of the same (provider, period, number, format). The comparison is a
 * projection: it is made again from the documents and the steps.
 */
export class Invoices20261122160000 implements MigrationInterface {
  readonly name = 'Invoices20261122160000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [TABLES, ROLES]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reconciliations, due_reconciliations, invoice_lines, invoices');
  }
}

const TABLES = `
CREATE TABLE invoices (                                  -- L, record: one document of a provider for one usage month
  tenant_id    bigint NOT NULL,
  invoice_id   uuid NOT NULL,
  provider     text NOT NULL,
  period       text NOT NULL,                            -- usage month, YYYY-MM
  number       text NOT NULL,                            -- of the invoice; empty = a report, compared but not booked
  format       text NOT NULL,
  version      integer NOT NULL,
  currency     text NOT NULL,
  total_amount numeric,                                  -- pico-units; null = the sum of its lines
  line_count   integer NOT NULL,
  rounded_lines integer NOT NULL,
  notes        text[] NOT NULL,                          -- what this kind of file never says
  root         bytea NOT NULL,                           -- RFC 6962 root over its canonical lines
  recorded_at  timestamptz NOT NULL,
  recorded_by  uuid,
  PRIMARY KEY (tenant_id, invoice_id),
  CONSTRAINT invoices_version_key UNIQUE (tenant_id, provider, period, number, format, version)
);
CREATE TABLE invoice_lines (                             -- L, record
  tenant_id      bigint NOT NULL,
  invoice_id     uuid NOT NULL,
  n              integer NOT NULL,
  source_line    integer NOT NULL,                       -- where it stands in the file
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL,
  project        text,
  api_key_id     text,
  model          text,
  bill_class     text,
  service_tier   text,
  context_window text,
  region         text,
  quantity       bigint,
  amount         numeric,                                -- pico-units
  category       text NOT NULL,
  description    text,
  PRIMARY KEY (tenant_id, invoice_id, n)
);
CREATE TABLE due_reconciliations (                       -- L, work: bills whose comparison may have changed
  tenant_id    bigint NOT NULL,
  provider     text NOT NULL,
  period       text NOT NULL,
  due_at       timestamptz NOT NULL,
  cause        text NOT NULL,
  version      bigint NOT NULL DEFAULT 1,                -- advanced by every new reason; a claim is deleted only at its version
  leased_until timestamptz,
  failures     integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, provider, period)
);
CREATE TABLE reconciliations (                           -- L, projection: the newest comparison
  tenant_id     bigint NOT NULL,
  provider      text NOT NULL,
  period        text NOT NULL,
  is_booked     boolean NOT NULL,
  result        jsonb NOT NULL,
  reconciled_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, provider, period)
);
`;

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;

const ROLES = `
${['invoices', 'invoice_lines', 'due_reconciliations', 'reconciliations']
  .map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});`,
  )
  .join('')}
GRANT SELECT ON invoices, invoice_lines, due_reconciliations, reconciliations TO outcome_ledger_api;
GRANT INSERT ON invoices, invoice_lines, due_reconciliations TO outcome_ledger_api;
GRANT UPDATE (due_at, cause, version, leased_until, failures) ON due_reconciliations TO outcome_ledger_api;
`;
