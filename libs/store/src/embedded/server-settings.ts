import { totalmem } from 'node:os';

const MIB = 1024 * 1024;

/**
 * Settings of the embedded server: fsync, synchronous_commit and autovacuum stay on; memory follows the machine (or
 * the container's limit), modestly, because ingest, worker and api live beside it. The benchmarks run on these.
 */
export function serverSettings(): Readonly<Record<string, string>> {
  const constrained = process.constrainedMemory?.() ?? 0;
  const memoryMiB = Math.floor((constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()) / MIB);
  return {
    max_connections: '100',
    shared_buffers: `${clamp(memoryMiB / 16, 128, 1024)}MB`,
    effective_cache_size: `${clamp(memoryMiB / 2, 256, 65_536)}MB`,
    work_mem: `${clamp(memoryMiB / 256, 8, 64)}MB`,
    maintenance_work_mem: `${clamp(memoryMiB / 64, 64, 512)}MB`,
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'pglz',
    // A trace is read over all day partitions, and each takes a few locks.
    max_locks_per_transaction: '512',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // Whoever sent a statement is told of its error; a repeated span would fill the log with them.
    log_min_messages: 'log',
    // A forgotten transaction would keep vacuum from cleaning the work tables.
    idle_in_transaction_session_timeout: '10min',
  };
}

function clamp(value: number, minimum: number, maximum: number): number {
  return Math.max(minimum, Math.min(maximum, Math.floor(value)));
}
