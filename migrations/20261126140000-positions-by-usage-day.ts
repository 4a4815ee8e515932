import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Positions are kept by usage day, so that what was metered in a period is read from them: tying a report out read every
 * entry of the period before, twelve for each position at five million spans (docs/adr/039). They are made from the
 * entries again. What invoices brought has few entries; a partial index finds them.
 */
export class PositionsByUsageDay20261126140000 implements MigrationInterface {
  readonly name = 'PositionsByUsageDay20261126140000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`TRUNCATE positions`);
    await runner.query(`
      ALTER TABLE positions DROP CONSTRAINT positions_pkey, ADD COLUMN usage_day date NOT NULL,
        ADD CONSTRAINT positions_pkey PRIMARY KEY (tenant_id, posting_id, attempt_id, account, asset, usage_day)`);
    await runner.query(`
      INSERT INTO positions (tenant_id, posting_id, attempt_id, account, asset, usage_day, amount)
      SELECT ${KEY}, usage_day, sum(amount) FROM ledger_entries GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`);
    await runner.query(`
      CREATE INDEX ledger_entries_billed_idx ON ledger_entries (tenant_id, usage_day)
       WHERE call_model = 'invoice' OR account LIKE '2900:fx:%'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ledger_entries_billed_idx`);
    await runner.query(`TRUNCATE positions`);
    await runner.query(`
      ALTER TABLE positions DROP CONSTRAINT positions_pkey, DROP COLUMN usage_day,
        ADD CONSTRAINT positions_pkey PRIMARY KEY (tenant_id, posting_id, attempt_id, account, asset)`);
    await runner.query(`
      INSERT INTO positions (tenant_id, posting_id, attempt_id, account, asset, amount)
      SELECT ${KEY}, sum(amount) FROM ledger_entries GROUP BY 1, 2, 3, 4, 5`);
  }
}

const KEY = `tenant_id, posting_id, coalesce(attempt_id, '00000000-0000-0000-0000-000000000000'), account, asset`;
