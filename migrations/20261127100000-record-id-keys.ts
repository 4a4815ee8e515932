import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which keys the ids of log records follow from, by the time of the record (docs/adr/040). The keys themselves are in the
 * key directory; this knows them by a value that only they can make. `begins_at` NULL = of every record: the first key
 * of an installation that had received no log record by then.
 */
export class RecordIdKeys20261127100000 implements MigrationInterface {
  readonly name = 'RecordIdKeys20261127100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE record_id_keys (
        key_check bytea PRIMARY KEY CHECK (octet_length(key_check) = 8),
        begins_at timestamptz,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await runner.query(
      'CREATE UNIQUE INDEX record_id_keys_begins_at ON record_id_keys (begins_at) NULLS NOT DISTINCT',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE record_id_keys');
  }
}
