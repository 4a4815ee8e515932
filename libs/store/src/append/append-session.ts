import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { valueTypes } from '../connection/value-types.ts';
import { CopyRows } from '../connection/copy-rows.ts';

/** How long one transaction may take before its connection is given up; its senders are asked to come back. */
const TRANSACTION_LIMIT_MS = 60_000;
const SETTINGS = [
  'DateStyle=ISO',
  'TimeZone=UTC',
  'search_path=public',
  'client_encoding=UTF8',
  // When this process hangs or the network is cut, no lock outlives it for long.
  `statement_timeout=${TRANSACTION_LIMIT_MS}`,
  `idle_in_transaction_session_timeout=${TRANSACTION_LIMIT_MS}`,
];

/** Where a group is written first when some of its spans may be stored already; empty outside a transaction. */
const STAGE = 'CREATE TEMP TABLE spans_stage (LIKE spans) ON COMMIT DELETE ROWS';

/**
 * One connection that appends spans. Statements are sent as they are asked for, without waiting for the answer to
 * the one before (pg's `pipeline`): between two statements of a transaction the server then never waits for us.
 * After an error all statements up to ROLLBACK fail with 25P02.
 */
export class AppendSession {
  private broken = false;

  private constructor(private readonly client: Client) {
    const markBroken = () => (this.broken = true);
    client.on('error', markBroken);
    client.on('end', markBroken);
  }

  /** @throws the error of the connection or of the server */
  static async open(connection: string, applicationName: string): Promise<AppendSession> {
    const client = new Client({
      connectionString: connection,
      application_name: applicationName,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      pipeline: true,
      types: valueTypes,
      options: SETTINGS.map((setting) => `-c ${setting}`).join(' '),
    });
    const session = new AppendSession(client);
    try {
      await client.connect();
      await client.query(STAGE);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Whether it must not be used again. */
  get isBroken(): boolean {
    return this.broken;
  }

  /** Calls once when the connection has ended, whoever ended it. */
  onBroken(listener: () => void): void {
    this.client.once('end', listener);
  }

  /** A statement without parameters. */
  async run(sql: string): Promise<QueryResult> {
    return this.client.query(sql);
  }

  /** A statement that is prepared once per connection under its name. */
  async query<Row extends QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    return this.client.query<Row>({ name, text, values: [...values] });
  }

  /** `sql` ends with a COPY FROM STDIN; the chunks must stay unchanged until the promise is settled. */
  copy(sql: string, chunks: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.query(
        new CopyRows(sql, chunks, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(error);
        }),
      );
    });
  }

  /**
   * Runs the work of one transaction with a limit on its time, and rolls back when it throws. The work begins and
   * commits by itself.
   */
  async transact<Result>(work: () => Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => this.close(), TRANSACTION_LIMIT_MS + 5_000);
    try {
      return await work();
    } catch (error) {
      await this.rollback();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the connection at once. Idempotent. */
  close(): void {
    this.broken = true;
    this.client.connection.stream.destroy();
  }

  private async rollback(): Promise<void> {
    if (this.broken) return;
    try {
      await this.client.query('ROLLBACK');
    } catch {
      this.close();
    }
  }
}

/**
 * Waits for all statements of a pipeline, and throws the error of the first that failed: those behind it fail only
 * because of it.
 */
export async function settled(statements: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(statements);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
