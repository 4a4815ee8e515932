import type { MigrationInterface, QueryRunner } from 'typeorm';
import { VIEWS_OF_OUTCOMES } from './20261124050000-views-of-outcomes.ts';
import { VIEWS_OF_SPEND } from './20261124050000-views-of-spend.ts';

/**
 * The schema `analytics`: documented views for SQL tools, read by logins of which each sees one tenant (docs/adr/030).
 * The views belong to a role of their own that row-level security holds to the tenant of the session's login, so a view
 * that forgot the tenant would still show nothing of others.
 */
export class AnalyticsViews20261124050000 implements MigrationInterface {
  readonly name = 'AnalyticsViews20261124050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LOGINS);
    await runner.query(ROLES);
    await runner.query(POLICIES);
    for (const { name, query, comment, columns } of [...VIEWS_OF_OUTCOMES, ...VIEWS_OF_SPEND]) {
      await runner.query(`CREATE VIEW analytics.${name} (${Object.keys(columns).join(', ')}) AS ${query}`);
      await runner.query(`ALTER VIEW analytics.${name} OWNER TO outcome_ledger_views`);
      const comments = Object.entries(columns).map(
        ([column, text]) => `COMMENT ON COLUMN analytics.${name}.${column} IS ${quoted(text)};`,
      );
      await runner.query(`SET LOCAL ROLE outcome_ledger_views;
COMMENT ON VIEW analytics.${name} IS ${quoted(comment)};
${comments.join('\n')}
GRANT SELECT ON analytics.${name} TO outcome_ledger_analytics;
RESET ROLE;`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP SCHEMA analytics CASCADE;
${READ.map((table) => `DROP POLICY ${table}_analytics ON ${table}; REVOKE SELECT ON ${table} FROM outcome_ledger_views;`).join('\n')}
DROP TABLE analytics_logins;`);
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const LOGINS = `
CREATE TABLE analytics_logins (                          -- L, setting: which tenant a login of PostgreSQL sees in the views
  tenant_id  bigint NOT NULL,
  login      text NOT NULL,                              -- a role of the server
  connections integer NOT NULL,                          -- it may have at once
  timeout_ms integer NOT NULL,                           -- of one statement
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,                                -- it sees nothing from then on
  PRIMARY KEY (tenant_id, login),
  CONSTRAINT analytics_logins_login_key UNIQUE (login)
);
ALTER TABLE analytics_logins ENABLE ROW LEVEL SECURITY;
CREATE POLICY analytics_logins_tenant ON analytics_logins TO outcome_ledger_api
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::bigint);
GRANT SELECT ON analytics_logins TO outcome_ledger_api;
`;

/** Roles belong to the server, not to this database: another one may have made them. */
const role = (name: string): string => `
DO $$ BEGIN
  CREATE ROLE ${name} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;`;

const ROLES = `
${role('outcome_ledger_views')}
${role('outcome_ledger_analytics')}
DO $$ BEGIN
  EXECUTE format('GRANT outcome_ledger_views TO %I', current_user);
EXCEPTION WHEN OTHERS THEN NULL;                         -- already granted by another database of this cluster
END $$;
CREATE SCHEMA IF NOT EXISTS analytics;
GRANT USAGE ON SCHEMA public TO outcome_ledger_views;
GRANT USAGE, CREATE ON SCHEMA analytics TO outcome_ledger_views;
GRANT USAGE ON SCHEMA analytics TO outcome_ledger_analytics;
CREATE OR REPLACE FUNCTION analytics.tenant() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT tenant_id FROM public.analytics_logins WHERE login = session_user AND revoked_at IS NULL
  $$;
COMMENT ON FUNCTION analytics.tenant() IS 'The tenant of this login; null = it sees nothing';
REVOKE ALL ON FUNCTION analytics.tenant() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.tenant() TO outcome_ledger_views, outcome_ledger_analytics;
`;

/** What the views read. The tenant is looked up once for a query, not once for a row. */
const READ = [
  'attempts',
  'baselines',
  'checkpoints',
  'cost_lines',
  'item_positions',
  'ledger_entries',
  'ledger_transactions',
  'outcome_events',
  'positions',
  'set_aside',
  'work_items',
];
const POLICIES = READ.map(
  (table) => `
CREATE POLICY ${table}_analytics ON ${table} FOR SELECT TO outcome_ledger_views USING (tenant_id = (SELECT analytics.tenant()));
GRANT SELECT ON ${table} TO outcome_ledger_views;`,
).join('');
