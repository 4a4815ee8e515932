import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * By default a table is analysed when a tenth of it has changed. A tenant that came since then is unknown to the planner,
 * which joins its rows as if there were one. A hundredth is soon enough, and an ANALYZE reads a sample of fixed size.
 */
export class AnalyzeSooner20261125120000 implements MigrationInterface {
  readonly name = 'AnalyzeSooner20261125120000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(`ALTER TABLE ${table} SET (autovacuum_analyze_scale_factor = 0.01)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(`ALTER TABLE ${table} RESET (autovacuum_analyze_scale_factor)`);
  }
}

const TABLES = [
  'attempts',
  'leaves',
  'ledger_entries',
  'ledger_transactions',
  'links',
  'outcome_events',
  'positions',
  'postings',
  'steps',
  'trace_refs',
  'traces',
  'work_items',
];
