// Goal: a full disk loses nothing that was acknowledged, is told of, and is over once there is room again. Method: the
// data of PostgreSQL on a file system in memory that is too small, then made larger; the three real processes under load.
// Needs root, to mount it; else it is skipped, loudly.
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateJobs } from '#jobs';
import { migrate, openDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from '#store';
import { recordFault, stopwatch } from '../support/fault-record.ts';
import { isAlive } from '../support/is-alive.ts';
import { until } from '../support/until.ts';
import { APPS, WholeService } from '../support/whole-service.ts';

const MIB = 1024 * 1024;
/** Takes minutes: where FAULT_SECONDS is set, as the nightly run does. */
const nightly = process.env['FAULT_SECONDS'] === undefined ? describe.skip : describe;

function mountSmallDisk(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=0755', 'tmpfs', directory], {
      stdio: 'pipe',
    });
    return true;
  } catch (error) {
    process.stderr.write(
      `SKIPPED: no file system could be mounted, so a full disk was not tried: ${String(error)}\n`,
    );
    return false;
  }
}

nightly('what takes long', () => {
  test('a full disk: senders are asked to come back, and everything acknowledged is posted once there is room', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-disk-'));
    chmodSync(directory, 0o755);
    if (!mountSmallDisk(directory)) {
      rmSync(directory, { recursive: true });
      return;
    }
    const filler = join(directory, 'filler');
    let server: EmbeddedPostgres | null = null;
    let service: WholeService | null = null;
    const start = () =>
      startEmbeddedPostgres({
        directory: join(directory, 'postgresql'),
        database: 'faults',
        settings: { max_wal_size: '64MB', min_wal_size: '32MB', wal_recycle: 'off' },
        ...(server === null ? {} : { address: server.address }),
      });
    try {
      mkdirSync(join(directory, 'postgresql'));
      server = await start();
      await migrate(server.connection);
      await migrateJobs(server.connection);
      const db = await openDatabase(server.connection, { maxConnections: 4, applicationName: 'test' });
      service = await WholeService.start({ DATABASE_URL: server.connection });
      const { tenant, load } = await service.load(db);
      await load.progress(20);
      const pids = service.pids();
      const { bsize, bavail } = statfsSync(directory);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bsize * bavail - 2 * MIB)));
      // As long as it goes on it may: what it writes fills the rest.
      let acknowledged = -1;
      await until(
        'nothing to be acknowledged any more',
        async () => {
          const before = load.acknowledged;
          await new Promise((resolve) => setTimeout(resolve, 1500));
          acknowledged = load.acknowledged;
          return acknowledged === before;
        },
        120_000,
      );
      // On a busy machine nothing is acknowledged for a while before the disk is full, too.
      const warnings = (): string =>
        APPS.flatMap((app) => service!.app(app).lines())
          .filter(({ level }) => level === 'warn' || level === 'error')
          .map((line) => JSON.stringify(line))
          .join('\n');
      await until(
        'a process to say that there is no room',
        () => /No space left|no room left|cannot be reached/.test(warnings()),
        120_000,
      );
      const watch = stopwatch();
      unlinkSync(filler);
      // Where it could not even write its log of changes, PostgreSQL has ended; who supervises it starts it again.
      if (!isAlive(server.pid)) server = await start();
      await load.progress(1);
      const recoverySeconds = watch.seconds();
      await service.ready();
      await service.expectNothingLost(db, tenant, load);
      expect(service.pids()).toEqual(pids);
      await db.close();
      recordFault({
        fault: 'disk full',
        done: 'the disk of PostgreSQL filled to the last block under load, then freed',
        times: 1,
        lost: 0,
        recoverySeconds,
        told: '429 or 503 with Retry-After, log',
      });
    } finally {
      await service?.stop();
      await server?.stop();
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true, force: true });
    }
  }, 600_000);
});
