import type { Config } from '#config';
import { migrateJobs } from '#jobs';
import { migrate } from '#store';

/** Our schema, and BullMQ's where the queues are on PostgreSQL. @returns the migrations of ours that were applied */
export async function migrateAll(connection: string, config: Config): Promise<string[]> {
  const applied = await migrate(connection);
  if (config.redisUrl === null) await migrateJobs(connection);
  return applied;
}
