import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the checker has come that posts again what is posted, and finds nothing. */
export class CheckWalks20261124010100 implements MigrationInterface {
  readonly name = 'CheckWalks20261124010100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE check_walks (                               -- L, work: a walk over all traces, then all work items, again and again
  tenant_id bigint NOT NULL,
  cursor    text NOT NULL,                               -- 'trace <id>' or 'item <ref>' of the last one; '' = from the first trace
  looked_at timestamptz NOT NULL,
  walks     integer NOT NULL DEFAULT 0,                  -- that came to their end
  PRIMARY KEY (tenant_id)
);
ALTER TABLE check_walks ENABLE ROW LEVEL SECURITY;
CREATE POLICY check_walks_tenant ON check_walks TO outcome_ledger_api
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::bigint)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::bigint);
GRANT SELECT ON check_walks TO outcome_ledger_api;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE check_walks');
  }
}
