import type { Jobs } from '#jobs';
import type { ProcessLogger } from '#server';
import { readErasedSubjects, type KeyStore } from '#store';
import { keepContents } from './keep-contents.ts';
import type { NormaliseParts } from './read-trace.ts';
import { workErasures } from './work-erasures.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface PrivacyParts {
  readonly parts: NormaliseParts;
  readonly jobs: Jobs;
  readonly metrics: WorkerMetrics;
  readonly logger: ProcessLogger;
  readonly backupDays: number;
}

const SWEEP_MS = 5_000;
const KEEP_MS = 3_600_000;

/**
 * Begins what the worker does about content: approved erasures are carried out, and what is old is let go.
 *
 * @returns `stop` lets the page under way finish
 */
export async function schedulePrivacy(options: PrivacyParts): Promise<{ stop: () => void }> {
  let isStopping = false;
  const { parts, jobs, metrics, logger, backupDays } = options;
  await destroyAgain(parts, parts.contentKeys);
  jobs.process(
    'work-erasures',
    async () => {
      const done = await workErasures({
        ...parts,
        backupDays,
        onErasureFailure: ({ erasureId }, error) => {
          metrics.failed();
          logger.error('an erasure could not be carried out; it is tried again', {
            erasure: erasureId,
            error,
          });
        },
      });
      if (done > 0) await jobs.wake('assemble-traces');
    },
    { concurrency: 1, sweepMs: SWEEP_MS },
  );
  jobs.process('keep-contents', async () => void (await keepContents(parts, () => isStopping)), {
    concurrency: 1,
  });
  await jobs.schedule('keep-contents', KEEP_MS);
  return { stop: () => void (isStopping = true) };
}

/** A key store that was restored from a backup may hold keys that were destroyed since: the database knows whose. */
export async function destroyAgain({ db }: Pick<NormaliseParts, 'db'>, keys: KeyStore): Promise<void> {
  for (const [tenantId, subjects] of await readErasedSubjects(db)) await keys.destroy(tenantId, subjects);
}
