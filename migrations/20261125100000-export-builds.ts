import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which building of an export may add to its archive: one that was taken away no longer can. */
export class ExportBuilds20261125100000 implements MigrationInterface {
  readonly name = 'ExportBuilds20261125100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE exports ADD COLUMN build_id uuid;            -- new for each claim by a worker; null = nobody builds it
UPDATE exports SET state = 'waiting', leased_until = NULL WHERE state = 'building';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE exports DROP COLUMN build_id;');
  }
}
