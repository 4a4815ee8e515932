import { afterAll, beforeAll } from '@jest/globals';
import { migrateJobs } from '#jobs';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testJobs } from '../support/jobs-battery.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await Promise.all([migrateJobs(database.connection), migrateJobs(database.connection)]);
});
afterAll(() => database.drop());

testJobs({
  urls: () => ({ databaseUrl: database.connection, redisUrl: null }),
  nowhere: { databaseUrl: 'postgresql://postgres@127.0.0.1:1/none', redisUrl: null },
  cut: async () => {
    await database.db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  },
});
