import type { BinaryRows } from './binary-rows.ts';
import { CopyRows } from './copy-rows.ts';
import type { Client } from './database.ts';
import { sqlState } from './unavailable.ts';

const UNIQUE_VIOLATION = '23505';

/**
 * Adds rows to a table by COPY, in the transaction of the client.
 *
 * @param target the table and its columns: `steps (tenant_id, trace_id)`
 * @throws the server's error, 23505 where a row of the same key stands; the transaction has failed then
 */
export function copyIn(client: Client, target: string, rows: BinaryRows): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null | undefined) =>
      error === null || error === undefined ? resolve() : reject(error);
    client.query(new CopyRows(`COPY ${target} FROM STDIN (FORMAT binary)`, rows.finish(), settle));
  });
}

/**
 * Adds rows that are new, as they nearly always are; where one of their keys stands already, does `otherwise` instead,
 * as if nothing had been tried.
 */
export async function copyNew(
  client: Client,
  target: string,
  rows: BinaryRows,
  otherwise: () => Promise<unknown>,
): Promise<void> {
  await client.query('SAVEPOINT copy_new');
  try {
    await copyIn(client, target, rows);
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
    await client.query('ROLLBACK TO SAVEPOINT copy_new');
    await otherwise();
  }
  await client.query('RELEASE SAVEPOINT copy_new');
}
