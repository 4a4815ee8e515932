/** Wake-ups between processes: BullMQ on PostgreSQL or Redis. Queues carry no truth; losing them loses no work. */
export { migrateJobs } from './migrate-jobs.ts';
export { openJobs } from './open-jobs.ts';
export type { Jobs, JobsOptions } from './open-jobs.ts';
export type { QueueName } from './queues.ts';
