import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A usage report under a random id, and a salt over what its leaf commits to: its own id is text that a system made, of a
 * business key perhaps. Reports of before keep their derived ids and open leaves (docs/privacy.md).
 */
export class UsageReportSalts20261127110000 implements MigrationInterface {
  readonly name = 'UsageReportSalts20261127110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_reports ADD COLUMN surrogate_id uuid, ADD COLUMN salt bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_reports DROP COLUMN surrogate_id, DROP COLUMN salt');
  }
}
