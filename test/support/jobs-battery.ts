import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { openJobs, type Jobs, type JobsOptions } from '#jobs';
import { until } from './until.ts';

export interface JobsPlace {
  /** URLs of the running backend. */
  readonly urls: () => Pick<JobsOptions, 'databaseUrl' | 'redisUrl'>;
  /** URLs where nobody listens. */
  readonly nowhere: Pick<JobsOptions, 'databaseUrl' | 'redisUrl'>;
  /** Cuts every connection of the queues; they may come back at once. */
  readonly cut: () => Promise<void>;
}

/** What must hold wherever the queues are: the same cases run on PostgreSQL and on Redis. */
export function testJobs(place: JobsPlace): void {
  const opened: Jobs[] = [];
  const reports: string[] = [];
  const open = (changes: Partial<JobsOptions> = {}): Jobs => {
    const jobs = openJobs({
      ...place.urls(),
      onError: (message) => reports.push(message),
      ...changes,
    });
    opened.push(jobs);
    return jobs;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((jobs) => jobs.close()));
    reports.length = 0;
  });

  test('a wake from one process runs the handler of another, and a burst is at most two runs', async () => {
    const worker = open();
    let runs = 0;
    worker.process('assemble-traces', async () => void (runs += 1), { concurrency: 1 });
    const sender = open();
    await sender.wake('assemble-traces');
    await until('the first run', () => runs >= 1);
    await Promise.all(Array.from({ length: 200 }, () => sender.wake('assemble-traces')));
    await until('a run after the burst', () => runs > 1);
    await sleep(300);
    expect(runs).toBeLessThanOrEqual(4);
    expect(reports).toEqual([]);
  });

  test('a wake during a run makes one more run, because that run may have looked already', async () => {
    const jobs = open();
    let runs = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    jobs.process(
      'work-through-facts',
      async () => {
        runs += 1;
        if (runs === 1) await finished;
      },
      { concurrency: 1 },
    );
    await jobs.wake('work-through-facts');
    await until('the first run', () => runs >= 1);
    await Promise.all([jobs.wake('work-through-facts'), jobs.wake('work-through-facts')]);
    finish();
    await until('the second run', () => runs === 2);
    await sleep(200);
    expect(runs).toBe(2);
  });

  test('a schedule that three processes set is one schedule', async () => {
    const processes = [open(), open(), open()];
    let runs = 0;
    for (const jobs of processes) {
      jobs.process('assemble-traces', async () => void (runs += 1), { concurrency: 1 });
      await jobs.schedule('assemble-traces', 400);
    }
    await until('the schedule', () => runs >= 2);
    const before = runs;
    await sleep(2_000);
    expect(runs - before).toBeGreaterThanOrEqual(3);
    expect(runs - before).toBeLessThanOrEqual(7);
  });

  test('a handler that is swept runs by itself, never more often at once than it may, and again after it failed', async () => {
    const jobs = open();
    let runs = 0;
    let atOnce = 0;
    let most = 0;
    const handler = async () => {
      runs += 1;
      most = Math.max(most, (atOnce += 1));
      await sleep(250);
      atOnce -= 1;
      if (runs === 1) throw new Error('no luck');
    };
    jobs.process('judge-waste', handler, { concurrency: 1, sweepMs: 100 });
    await until('the third run', async () => {
      await jobs.wake('judge-waste');
      return runs >= 3;
    });
    expect(most).toBe(1);
    expect(reports.filter((message) => message === 'judge-waste failed')).toEqual(['judge-waste failed']);
    await jobs.close();
    expect(atOnce).toBe(0);
  });

  test('the schedule of a handler that is swept now is gone', async () => {
    const earlier = open();
    await earlier.schedule('judge-waste', 300);
    const jobs = open();
    let runs = 0;
    jobs.process('judge-waste', async () => void (runs += 1), { concurrency: 1, sweepMs: 3_600_000 });
    await sleep(1_000);
    const before = runs;
    await sleep(1_000);
    expect(runs - before).toBe(0);
  });

  test('a handler that fails is reported, and the next wake runs it again', async () => {
    const jobs = open();
    let runs = 0;
    jobs.process(
      'work-through-facts',
      async () => {
        runs += 1;
        if (runs === 1) throw new Error('no luck');
      },
      { concurrency: 1 },
    );
    await jobs.wake('work-through-facts');
    await until('the report', () => reports.includes('work-through-facts failed'));
    await jobs.wake('work-through-facts');
    await until('the second run', () => runs === 2);
  });

  test('when the queues are nowhere, a wake is lost with a message and its caller goes on', async () => {
    const jobs = open(place.nowhere);
    const start = Date.now();
    await jobs.wake('assemble-traces');
    await jobs.schedule('assemble-traces', 1_000);
    expect(Date.now() - start).toBeLessThan(5_000);
    await until('the report', () => reports.length > 0);
    await expect(jobs.check()).rejects.toThrow(/ECONNREFUSED|not connected/);
    const closing = Date.now();
    await jobs.close();
    expect(Date.now() - closing).toBeLessThan(15_000);
  });

  test('after its connections were cut, a worker goes on', async () => {
    const jobs = open();
    let runs = 0;
    jobs.process('assemble-traces', async () => void (runs += 1), { concurrency: 1 });
    await jobs.wake('assemble-traces');
    await until('the first run', () => runs >= 1);
    await place.cut();
    await until('the next run', async () => {
      await jobs.wake('assemble-traces');
      return runs >= 2;
    });
    // A connection that lay idle when it was cut may be found so by this.
    await until('the queues to be reached', () =>
      jobs.check().then(
        () => true,
        () => false,
      ),
    );
  });

  test('closing waits for the handler that runs, and is idempotent', async () => {
    const jobs = open();
    const seen: string[] = [];
    jobs.process(
      'assemble-traces',
      async () => {
        seen.push('begun');
        await sleep(300);
        seen.push('done');
      },
      { concurrency: 1 },
    );
    await jobs.wake('assemble-traces');
    await until('the run', () => seen.length > 0);
    await Promise.all([jobs.close(), jobs.close()]);
    expect(seen).toEqual(['begun', 'done']);
  });
}
