import { Unavailable, type TraceId } from '#model';
import { chargeStep } from '#pricing';
import type { ProcessLogger } from '#server';
import { holdPostings, inTransaction, takeQualityBacklog, type Client } from '#store';
import type { PostParts } from './post-traces.ts';
import { readResolvedTraces } from './read-resolved-traces.ts';
import { saveQuality } from './save-quality.ts';

const TRACES_PER_TURN = 64;

/**
 * Counts the quality of traces that were posted before it was counted, without posting anything: the migration left
 * them in a list, which is worked off once. Several workers may do so at the same time.
 */
export class QualityBacklog {
  private isDone = false;
  private isStopping = false;

  constructor(
    private readonly parts: Pick<PostParts, 'db' | 'rulebooks'>,
    private readonly logger: Pick<ProcessLogger, 'error'>,
  ) {}

  /** No further turn is begun; the running one ends. */
  stop(): void {
    this.isStopping = true;
  }

  /**
   * @returns how many traces were counted, once the list is empty. After a failure the rest waits for the next start:
   * nothing but the counts depends on it, and they say that traces are missing from them
   */
  async run(): Promise<number> {
    let counted = 0;
    while (!this.isDone && !this.isStopping) {
      try {
        const taken = await inTransaction(this.parts.db, (client) => countSome(client, this.parts));
        counted += taken;
        this.isDone = taken === 0;
      } catch (error) {
        if (error instanceof Unavailable) throw error;
        this.isDone = true;
        this.logger.error('the quality of traces from before an upgrade could not be counted', { error });
      }
    }
    return counted;
  }
}

/** @returns how many traces were taken from the list; 0 where it is empty */
async function countSome(client: Client, { rulebooks }: Pick<PostParts, 'rulebooks'>): Promise<number> {
  const claim = await takeQualityBacklog(client, TRACES_PER_TURN);
  if (claim === null) return 0;
  const { tenantId, traceIds } = claim;
  await countQuality(client, { rulebooks }, tenantId, traceIds, false);
  return traceIds.length;
}

/** Counts the quality of traces as they stand, in the caller's transaction. @param isAnew see `saveQuality` */
export async function countQuality(
  client: Client,
  { rulebooks }: Pick<PostParts, 'rulebooks'>,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  isAnew: boolean,
): Promise<void> {
  await holdPostings(client, tenantId, traceIds);
  const { rules, prices } = await rulebooks.read(client, tenantId);
  const resolved = await readResolvedTraces(client, tenantId, traceIds, rules);
  const traces = [...resolved.values()].map(({ traceId, trace }) => ({
    traceId,
    steps: trace.steps.map(({ step, shares }) => ({
      step,
      charges: chargeStep(step, prices),
      isLinked: shares.length > 0 || step.overheadPool !== null,
    })),
  }));
  await saveQuality(client, tenantId, traces, isAnew);
}
