import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Invoices in another currency than the charges: which charges they are for, the rate they state, and what could not be
 * compared because nobody told a rate. Bills that are there are compared once more, so that each comparison says
 * whether it is booked.
 */
export class ForeignInvoices20261123043000 implements MigrationInterface {
  readonly name = 'ForeignInvoices20261123043000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE invoices
  ADD COLUMN charged_in text,                            -- currency of the charges it is for; null = it does not say
  ADD COLUMN stated_rate text;                           -- units of its currency for one of charged_in, as it states
ALTER TABLE reconciliations ADD COLUMN not_compared jsonb NOT NULL DEFAULT '[]';
INSERT INTO due_reconciliations (tenant_id, provider, period, due_at, cause)
SELECT tenant_id, provider, period, clock_timestamp(), 'upgrade' FROM reconciliations
ON CONFLICT (tenant_id, provider, period) DO NOTHING;
`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reconciliations DROP COLUMN not_compared');
    await runner.query('ALTER TABLE invoices DROP COLUMN charged_in, DROP COLUMN stated_rate');
  }
}
