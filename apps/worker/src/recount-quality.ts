import type { TraceId } from '#model';
import {
  dropFromQualityBacklog,
  inTenantSnapshot,
  inTransaction,
  moveQualityDays,
  readQualityDaySums,
  readTraceIdsToRebuild,
  readTraceQualityAfter,
  type Client,
  type QualityMove,
} from '#store';
import { countQuality } from './quality-backlog.ts';
import type { PostParts } from './post-traces.ts';
import { countsIn, MoveSums } from './save-quality.ts';

const FIRST = '0'.repeat(32);
/** Days that are put right in one transaction: posters wait for its rows. */
const MOVES_PER_PAGE = 500;

/**
 * Counts the quality of every trace of a tenant anew, a page of traces a transaction, and puts the days of emitters right.
 * Nobody has to stop posting for it: who posts moves what a trace says and its days by the same, so that what days are
 * beyond the sum of all traces stays what it is, and can be taken away at any time. Idempotent.
 */
export async function recountQuality(
  parts: Pick<PostParts, 'db' | 'rulebooks'>,
  tenantId: bigint,
  pageSize: number,
): Promise<void> {
  for (let after: TraceId | undefined = FIRST; after !== undefined;) {
    const traceIds: TraceId[] = await readTraceIdsToRebuild(parts.db, tenantId, after, pageSize);
    if (traceIds.length > 0)
      await inTransaction(parts.db, async (client) => {
        await dropFromQualityBacklog(client, tenantId, traceIds);
        await countQuality(client, parts, tenantId, traceIds, true);
      });
    after = traceIds.at(-1);
  }
  const residue = await inTenantSnapshot(parts.db, tenantId, (client) =>
    residueOf(client, tenantId, pageSize),
  );
  for (let start = 0; start < residue.length; start += MOVES_PER_PAGE)
    await inTransaction(parts.db, (client) =>
      moveQualityDays(client, tenantId, residue.slice(start, start + MOVES_PER_PAGE), 0),
    );
}

/** What is to be added to the days of a tenant so that they are the sum of what its traces say. */
async function residueOf(client: Client, tenantId: bigint, pageSize: number): Promise<QualityMove[]> {
  const moves = new MoveSums();
  for (const stands of await readQualityDaySums(client, tenantId)) moves.add(stands, -1);
  for (let after: TraceId | undefined = FIRST; after !== undefined;) {
    const page = await readTraceQualityAfter(client, tenantId, after, pageSize);
    for (const { summary } of page) for (const said of countsIn(summary)) moves.add(said, 1);
    after = page.at(-1)?.traceId;
  }
  return moves.all();
}
