import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What may belong to a work item is kept as it stood at each size of the log, like the attempts: the posting commit that
 * made the candidates of a trace, and the sets it replaced. Of what stood before, nobody knows since when.
 */
export class LinkCandidateHistory20261124010200 implements MigrationInterface {
  readonly name = 'LinkCandidateHistory20261124010200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE tenants ADD COLUMN candidates_from bigint NOT NULL DEFAULT 0; -- smallest size of the log with a known band
UPDATE tenants t
   SET candidates_from = coalesce((SELECT h.size FROM log_heads h WHERE h.tenant_id = t.tenant_id), 0)
                       + (SELECT count(*) FROM evidence_inbox i WHERE i.tenant_id = t.tenant_id)
 WHERE EXISTS (SELECT FROM postings p WHERE p.tenant_id = t.tenant_id);
ALTER TABLE link_candidates ADD COLUMN since_batch uuid DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE link_candidates ALTER COLUMN since_batch DROP DEFAULT; -- the posting commit that wrote the trace's candidates
CREATE TABLE link_candidate_history (                    -- T, record: candidates of traces that were replaced
  tenant_id  bigint NOT NULL,
  trace_id   uuid NOT NULL,
  from_batch uuid NOT NULL,                              -- posting commit that wrote them; all zero where there were none
  to_batch   uuid NOT NULL,                              -- posting commit that replaced them
  was        jsonb NOT NULL,                             -- the rows, an array
  PRIMARY KEY (tenant_id, trace_id, to_batch)
);
ALTER TABLE link_candidate_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY link_candidate_history_tenant ON link_candidate_history TO outcome_ledger_api
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::bigint);
GRANT SELECT ON link_candidate_history TO outcome_ledger_api;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP TABLE link_candidate_history;
ALTER TABLE link_candidates DROP COLUMN since_batch;
ALTER TABLE tenants DROP COLUMN candidates_from;`);
  }
}
