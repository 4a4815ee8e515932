import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Totals that run on over an agent's life gather under one ref: those next to a time are found without reading all. */
export class RunningTotals20261123061000 implements MigrationInterface {
  readonly name = 'RunningTotals20261123061000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE INDEX trace_refs_running_totals_idx ON trace_refs (tenant_id, ref, started_at, trace_id)
 WHERE split_part(ref, ':', 1) = 'running_total'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX trace_refs_running_totals_idx');
  }
}
