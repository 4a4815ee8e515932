import { runMigrations } from 'bullmq';
import { Client } from 'pg';

/** Makes BullMQ's own schema `bullmq`, or brings it up to date, in one transaction. Idempotent, safe concurrently. */
export async function migrateJobs(connection: string): Promise<void> {
  const client = new Client({ connectionString: connection, application_name: 'outcome-ledger migrate' });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}
