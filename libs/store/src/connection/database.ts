import { Pool, type ClientBase, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { asUnavailable } from './unavailable.ts';
import { valueTypes } from './value-types.ts';

/** A connection inside a transaction. */
export type Client = ClientBase;

/** What a query file needs: a database (its own transaction) or a client (the caller's). */
export interface Queryable {
  query<Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

/** One pool of connections as the owner of the tables. Values arrive as `value-types.ts` says. */
export interface Database extends Queryable {
  readonly pool: Pool;
  /** The PostgreSQL URL it was opened with; holds the password. */
  readonly connection: string;
  /** Set inside `inRolledBackTransaction`: transactions of this database are savepoints of that one. */
  readonly outer?: Client;
  /** Ends idle connections now and busy ones when they are released. Idempotent. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly maxConnections: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/**
 * Opens a pool and checks that the server answers.
 *
 * @param connection `postgresql://user:password@host:port/database`; a unix socket's directory is the
 *   percent-encoded host
 * @throws Unavailable where the server cannot be reached
 */
export async function openDatabase(connection: string, options: DatabaseOptions): Promise<Database> {
  const pool = new Pool({
    connectionString: connection,
    max: options.maxConnections,
    application_name: options.applicationName,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types: valueTypes,
    options: '-c DateStyle=ISO -c TimeZone=UTC -c search_path=public -c client_encoding=UTF8',
  });
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  const query: Queryable['query'] = async <Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: readonly unknown[],
  ) => {
    try {
      return await pool.query<Row>(statement, values === undefined ? undefined : [...values]);
    } catch (error) {
      throw asUnavailable(error);
    }
  };
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= pool.end());
  try {
    await query('SELECT 1');
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, connection, query, close };
}
