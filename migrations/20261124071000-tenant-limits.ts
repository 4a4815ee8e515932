import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the operator lets a tenant send, and an index by which the worker finds what is due of one tenant, so that
 * tenants take turns.
 */
export class TenantLimits20261124071000 implements MigrationInterface {
  readonly name = 'TenantLimits20261124071000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE tenant_limits (                             -- L, setting: by the operator; a tenant without a row has none
  tenant_id           bigint PRIMARY KEY,
  bytes_per_second    bigint CHECK (bytes_per_second > 0),
  requests_per_second integer CHECK (requests_per_second > 0),
  changed_at          timestamptz NOT NULL
);
ALTER TABLE tenant_limits ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_limits_tenant ON tenant_limits TO outcome_ledger_api
  USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT ON tenant_limits TO outcome_ledger_api;
CREATE INDEX due_traces_tenant_due_at_idx ON due_traces (tenant_id, due_at);
DROP INDEX due_traces_due_at_idx;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE INDEX due_traces_due_at_idx ON due_traces (due_at);
DROP INDEX due_traces_tenant_due_at_idx;
DROP TABLE tenant_limits;`);
  }
}

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;
