import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the positions of an attempt's part sum to, beside what else reports read of it. Joined and summed anew in each
 * report they were two thirds of its time at five million spans.
 */
export class AttemptCosts20261126130000 implements MigrationInterface {
  readonly name = 'AttemptCosts20261126130000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE attempts
        ADD COLUMN cost numeric NOT NULL DEFAULT 0,
        ADD COLUMN direct_cost numeric NOT NULL DEFAULT 0,
        ADD COLUMN has_other_assets boolean NOT NULL DEFAULT false`);
    await runner.query(`
      UPDATE attempts a SET cost = p.cost, direct_cost = p.direct_cost, has_other_assets = p.has_other_assets
        FROM (SELECT tenant_id, posting_id, attempt_id,
                     coalesce(sum(amount) FILTER (WHERE asset = 'USD/12'), 0) AS cost,
                     coalesce(sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5200:outcome'), 0) AS direct_cost,
                     bool_or(asset <> 'USD/12') AS has_other_assets
                FROM positions WHERE account >= '5100' AND account < '5400' GROUP BY 1, 2, 3) p
       WHERE a.tenant_id = p.tenant_id AND a.trace_id = p.posting_id AND a.attempt_id = p.attempt_id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE attempts DROP COLUMN cost, DROP COLUMN direct_cost, DROP COLUMN has_other_assets',
    );
  }
}
