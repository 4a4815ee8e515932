import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the ids of a work item's posting, attempts and usages are derived from, instead of its key: random, and made anew by
 * an erasure, so that nobody can confirm a key by them (docs/adr/037). Items of before have none: their ids stay.
 */
export class ItemIdSeeds20261126110000 implements MigrationInterface {
  readonly name = 'ItemIdSeeds20261126110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE work_items ADD COLUMN id_seed uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE work_items DROP COLUMN id_seed');
  }
}
