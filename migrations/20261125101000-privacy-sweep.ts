import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the sweep that cuts received bytes finds its traces by: they lie in about the order they came in. BRIN, because a
 * B-tree on a time that changes with every span would end the cheap (HOT) updates of `traces`. And random ids that name
 * analysts' logins in leaves, where their names may not stand.
 */
export class PrivacySweep20261125101000 implements MigrationInterface {
  readonly name = 'PrivacySweep20261125101000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE INDEX traces_last_received_at_idx ON traces USING brin (last_received_at) WITH (pages_per_range = 32);
ALTER TABLE analytics_logins ADD COLUMN login_id uuid NOT NULL DEFAULT gen_random_uuid();`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE analytics_logins DROP COLUMN login_id;
DROP INDEX traces_last_received_at_idx;`);
  }
}
