import { encodeLeaf } from '#evidence';
import { RejectedInput } from '#model';
import type { Client, Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { insertEvidence } from '../posting/evidence-rows.ts';

/** A role of the server that reads the views of schema `analytics` for one tenant. */
export interface AnalyticsLogin {
  readonly tenantId: bigint;
  readonly login: string;
  /** At once. */
  readonly connections: number;
  /** Of one statement. */
  readonly timeoutMs: number;
}

/** Nobody else's role is touched: of this server, and not beginning like the ones that PostgreSQL keeps for itself. */
const LOGIN = /^(?!pg_|outcome_ledger)[a-z][a-z0-9_]{2,62}$/;

/**
 * Makes the login, or gives one that the tenant has a new password and limits, also after it was revoked. It may read the
 * views and nothing else, sees its tenant alone, and writes nothing. A `key` leaf says so, by a random id of the login.
 *
 * @param verifier of its password, from `scramVerifier`
 * @throws RejectedInput `invalid` for a name that breaks the rule, `conflict` for a role that is somebody else's
 */
export async function grantAnalyticsLogin(
  client: Client,
  { tenantId, login, connections, timeoutMs }: AnalyticsLogin,
  verifier: string,
  nowUs: bigint,
): Promise<void> {
  if (!LOGIN.test(login))
    throw new RejectedInput(
      'invalid',
      'a login is 3 to 63 of a-z, 0-9 and "_", begins with a letter, and not with pg_ or outcome_ledger',
      'login',
    );
  const { rowCount: own } = await client.query(
    `SELECT FROM analytics_logins WHERE tenant_id = $1 AND login = $2 FOR UPDATE`,
    [tenantId, login],
  );
  const { rowCount: roles } = await client.query(`SELECT FROM pg_roles WHERE rolname = $1`, [login]);
  if (own === 0 && roles !== 0)
    throw new RejectedInput('conflict', `the server has a role ${login} already`, 'login');
  const { rows } = await client.query<{ login_id: string }>(
    `INSERT INTO analytics_logins (tenant_id, login, connections, timeout_ms, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, login) DO UPDATE
       SET connections = excluded.connections, timeout_ms = excluded.timeout_ms, revoked_at = NULL
     RETURNING login_id`,
    [tenantId, login, connections, timeoutMs, timestampFromUs(nowUs)],
  );
  await noteLogin(client, tenantId, rows[0]!.login_id, nowUs, { state: 'made', connections, timeoutMs });
  const statements = [
    ...(roles === 0 ? [`CREATE ROLE %1$I`] : []),
    `ALTER ROLE %1$I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT CONNECTION LIMIT %2$s PASSWORD %4$L`,
    `GRANT outcome_ledger_analytics TO %1$I`,
    `ALTER ROLE %1$I SET statement_timeout = %3$L`,
    `ALTER ROLE %1$I SET default_transaction_read_only = on`,
    `ALTER ROLE %1$I SET idle_in_transaction_session_timeout = '60s'`,
    `ALTER ROLE %1$I SET search_path = analytics`,
    `ALTER ROLE %1$I SET timezone = 'UTC'`,
    `ALTER ROLE %1$I SET jit = off`,
  ];
  await execute(client, statements, [login, String(connections), `${timeoutMs}ms`, verifier]);
}

/**
 * Ends a login, with its leaf: it sees nothing from the commit on, also in sessions that are open, and cannot log in
 * again.
 *
 * @returns false where the tenant has no such login
 */
export async function revokeAnalyticsLogin(
  client: Client,
  tenantId: bigint,
  login: string,
  nowUs: bigint,
): Promise<boolean> {
  const { rows } = await client.query<{ login_id: string }>(
    `UPDATE analytics_logins SET revoked_at = $3 WHERE tenant_id = $1 AND login = $2 AND revoked_at IS NULL
     RETURNING login_id`,
    [tenantId, login, timestampFromUs(nowUs)],
  );
  if (rows[0] === undefined) return false;
  await noteLogin(client, tenantId, rows[0].login_id, nowUs, { state: 'revoked' });
  await execute(
    client,
    [`ALTER ROLE %1$I NOLOGIN PASSWORD NULL`, `REVOKE outcome_ledger_analytics FROM %1$I`],
    [login],
  );
  return true;
}

/** Since when somebody may read the tenant's figures by a login of the server; made by the operator, so by nobody's key. */
async function noteLogin(
  client: Client,
  tenantId: bigint,
  loginId: string,
  nowUs: bigint,
  fields: Readonly<Record<string, string | number>>,
): Promise<void> {
  const body = encodeLeaf('key', nowUs, { analyticsLogin: loginId, ...fields, by: null });
  await insertEvidence(client, tenantId, [{ kind: 'key', subjectId: loginId, body }], nowUs);
}

/** The logins of a tenant that were not revoked, by name. */
export async function listAnalyticsLogins(db: Queryable, tenantId: bigint): Promise<AnalyticsLogin[]> {
  const { rows } = await db.query<{ login: string; connections: number; timeout_ms: number }>(
    `SELECT login, connections, timeout_ms FROM analytics_logins WHERE tenant_id = $1 AND revoked_at IS NULL ORDER BY login`,
    [tenantId],
  );
  return rows.map(({ login, connections, timeout_ms: timeoutMs }) => ({
    tenantId,
    login,
    connections,
    timeoutMs,
  }));
}

/** Statements about roles take no parameters: the server quotes their names and texts. */
async function execute(
  client: Client,
  statements: readonly string[],
  values: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `SELECT format(statement, VARIADIC $2::text[]) AS statement FROM unnest($1::text[]) WITH ORDINALITY AS s (statement, n) ORDER BY n`,
    [statements, values],
  );
  for (const { statement } of rows) await client.query(statement);
}
