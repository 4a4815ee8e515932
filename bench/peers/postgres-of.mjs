// The PostgreSQL below a peer: this project's own binaries and shipped settings, so that no peer has a better one.
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '#store';

/**
 * @returns what a peer needs of its database; `kill` ends the server by SIGKILL, `restart` starts it on the same files
 *   and at the same address
 */
export async function startPostgresOf(directory, database) {
  const options = { directory: join(directory, 'postgresql'), database, transport: 'tcp' };
  let server = await startEmbeddedPostgres(options);
  const query = async (text, values) => {
    const client = new Client({ connectionString: server.connection });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    connection: () => server.connection,
    query,
    /** Of the database, with indexes and what is stored out of line. */
    bytes: async () => {
      const [{ bytes }] = await query('SELECT pg_database_size(current_database())::float8 AS bytes');
      return bytes;
    },
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    restart: async () => {
      server = await startEmbeddedPostgres({ ...options, address: server.address });
    },
    stop: () => server.stop(),
  };
}
