import type { Config } from '#config';
import type { Jobs, QueueName } from '#jobs';
import type { ProcessLogger } from '#server';
import { askForAllocation } from '#store';
import { monthsAllocated } from './allocate-pools.ts';
import { checkTail } from './check-tail.ts';
import { DriftWatch } from './drift-watch.ts';
import { closePeriods } from './close-periods.ts';
import { buildExports, type ExportParts } from './export/build-exports.ts';
import type { CheckpointPublisher } from './publish/publish-checkpoints.ts';
import { QualityBacklog } from './quality-backlog.ts';
import type { PostParts } from './post-traces.ts';
import type { NormaliseParts } from './read-trace.ts';
import { reconcileBills } from './reconcile-bills.ts';
import { recordDeadlines } from './record-deadlines.ts';
import { TraceDrain } from './trace-drain.ts';
import { workCauses } from './work-causes.ts';
import { workPreviews } from './work-previews.ts';
import { workThroughFacts } from './work-through-facts.ts';
import { WasteWatch } from './waste-watch.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface ScheduleParts {
  readonly parts: NormaliseParts & PostParts;
  readonly limits: Config['limits'];
  readonly jobs: Jobs;
  readonly metrics: WorkerMetrics;
  readonly logger: ProcessLogger;
  readonly publisher: CheckpointPublisher;
  /** What evidence bundles are made and signed with. */
  readonly exports: Pick<ExportParts, 'readKit' | 'signersOf' | 'spoolDir'>;
}

/** While one batch waits for the database the other computes. */
const DRAINS_AT_ONCE = 2;
const FACTS_PER_TURN = 500;
/** Traces a page of a preview begins with: others who want them wait until it is rolled back. */
const PREVIEW_PAGE = 50;
/** Traces of a rule that are posted together: what a posting commit may take of memory and time. */
const CAUSE_PAGE = 200;
const SWEEP_MS = 1000;
const ALLOCATE_MS = 600_000;

/**
 * Begins everything the worker does over and over: facts, due traces, rules over a history, bills. Queues only wake
 * it; what is to be done stands in PostgreSQL and is swept every second, with or without them.
 *
 * @returns `stop` lets the batches under way finish; what is left is found at the next start
 */
export async function startSchedules(options: ScheduleParts): Promise<{ stop: () => void }> {
  const { parts, limits, jobs, metrics, logger } = options;
  let isStopping = false;
  const drain = new TraceDrain(parts, limits, metrics, logger);
  const backlog = new QualityBacklog(parts, logger);
  const waste = new WasteWatch({ ...parts, logger });
  const checkParts = { ...parts, onViolation: reportTo(logger) };
  const drift = new DriftWatch(checkParts, {
    traceSpans: limits.traceSpans,
    isStopping: () => isStopping,
  });
  const failed: Failed = (message, detail) => {
    metrics.failed();
    logger.error(message, detail);
  };
  const { factParts, billParts, causeParts, exportParts } = partsOf(options, failed);
  const causeOptions = { pageSize: CAUSE_PAGE, leaseMs: limits.claimMs, traceSpans: limits.traceSpans };
  const work: readonly (readonly [QueueName, number, () => Promise<unknown>])[] = [
    [
      'work-through-facts',
      1,
      async () => {
        await recordDeadlines(parts.db, parts.nowUs());
        await workAllFacts(factParts, jobs, metrics);
      },
    ],
    ['work-causes', 1, () => workCauses(causeParts, causeOptions, () => isStopping)],
    ['work-previews', 1, () => previewsOf(parts, causeOptions, failed, () => isStopping)],
    [
      'assemble-traces',
      DRAINS_AT_ONCE,
      async () => {
        await drain.run();
        await backlog.run();
      },
    ],
    [
      'check-books',
      1,
      async () => {
        await checkTail(checkParts);
        await drift.run();
      },
    ],
    ['close-periods', 1, () => closePeriods(parts)],
    ['judge-waste', 1, () => waste.run(() => isStopping)],
    ['reconcile-bills', 1, () => reconcileBills(billParts)],
    ['publish-checkpoints', 1, () => options.publisher.run(() => isStopping)],
    ['build-exports', 1, () => buildExports(exportParts, () => isStopping)],
  ];
  for (const [queue, concurrency, run] of work) {
    jobs.process(queue, async () => void (await run()), { concurrency, sweepMs: SWEEP_MS });
  }
  jobs.process('allocate-pools', () => askForAllocations(parts), { concurrency: 1 });
  await jobs.schedule('allocate-pools', ALLOCATE_MS);
  return {
    stop: () => {
      isStopping = true;
      drain.stop();
      backlog.stop();
    },
  };
}

type Failed = (message: string, detail: Record<string, unknown>) => void;

/** What each kind of work is given: what failed is logged and counted, and found again by a later sweep. */
function partsOf({ parts, limits, exports }: ScheduleParts, failed: Failed) {
  const factParts: Parameters<typeof workThroughFacts>[0] = {
    ...parts,
    onFailure: ({ cause }, error) =>
      failed('a fact could not be worked through; it is tried again later', { cause, error }),
  };
  const billParts: Parameters<typeof reconcileBills>[0] = {
    ...parts,
    onFailure: ({ provider, period }, error) =>
      failed('a bill could not be compared; it is tried again later', { provider, period, error }),
  };
  const causeParts: Parameters<typeof workCauses>[0] = {
    ...parts,
    onCauseFailure: ({ tenantId, causeId }, error) =>
      failed('a page of a cause could not be worked through; it is tried again later', {
        tenantId: tenantId.toString(),
        cause: causeId,
        error,
      }),
  };
  const exportParts: ExportParts = {
    ...parts,
    ...exports,
    limits,
    onFailure: ({ exportId }, error) => failed('a bundle could not be built', { export: exportId, error }),
  };
  return { factParts, billParts, causeParts, exportParts };
}

function previewsOf(
  parts: ScheduleParts['parts'],
  options: Parameters<typeof workPreviews>[1],
  failed: Failed,
  isStopping: () => boolean,
): Promise<number> {
  const onPreviewFailure: Parameters<typeof workPreviews>[0]['onPreviewFailure'] = (preview, error) =>
    failed('a page of a preview could not be worked through', {
      tenantId: preview.tenantId.toString(),
      preview: preview.causeId,
      error,
    });
  return workPreviews({ ...parts, onPreviewFailure }, { ...options, pageSize: PREVIEW_PAGE }, isStopping);
}

/** The pools of the running month and the one before it, of every tenant that declared any. */
async function askForAllocations({ db, nowUs }: PostParts): Promise<void> {
  for (const month of monthsAllocated(nowUs())) await askForAllocation(db, null, month, nowUs());
}

const reportTo =
  (logger: ProcessLogger): Parameters<typeof checkTail>[0]['onViolation'] =>
  ({ tenantId, ...violation }) =>
    logger.error('an invariant of the books is broken; nothing is posted until it is cleared', {
      tenantId: tenantId.toString(),
      ...violation,
    });

async function workAllFacts(
  parts: Parameters<typeof workThroughFacts>[0],
  jobs: Jobs,
  metrics: WorkerMetrics,
): Promise<void> {
  for (;;) {
    const taken = await workThroughFacts(parts, FACTS_PER_TURN);
    metrics.workedFacts(taken);
    if (taken > 0) await Promise.all([jobs.wake('assemble-traces'), jobs.wake('work-causes')]);
    if (taken < FACTS_PER_TURN) return;
  }
}
