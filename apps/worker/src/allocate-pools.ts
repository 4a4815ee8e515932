import { postDifferences, targetOfPools } from '#ledger';
import type { LedgerTransaction } from '#model';
import { advancePostings, readItemUse, readPoolCosts, readPosted, type Client } from '#store';
import { v5 as uuidFromName } from 'uuid';
import { z } from 'zod';
import { commitPosting, type Poster } from './commit-posting.ts';
import { usageIdOf } from './cost-lines-of-items.ts';
import { groupBy } from './group-by.ts';
import { NAMESPACE } from './posting-facts.ts';

export const allocateDetail = z.object({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) });

const DAY_US = 86_400_000_000n;

/** One posting per pool and month: 32 hex digits. */
const poolPostingId = (tenantId: bigint, pool: string, month: string): string =>
  uuidFromName(`pool ${tenantId} ${pool} ${month}`, NAMESPACE).replaceAll('-', '');

/**
 * Brings the overhead pools of a month to what is known now: target minus posted, in the caller's transaction.
 * Idempotent. Of a month that has not ended the days that have begun count.
 *
 * @param month `YYYY-MM`, UTC
 * @returns what was posted
 */
export async function allocatePools(
  client: Client,
  poster: Poster,
  month: string,
  cause: string,
): Promise<readonly LedgerTransaction[]> {
  const { tenantId, costPolicies, nowUs } = poster;
  const { fromUs, toUs, fromDay, toDay } = rangeOf(month);
  const days: bigint[] = [];
  for (let dayUs = fromUs; dayUs < toUs && dayUs <= nowUs; dayUs += DAY_US) days.push(dayUs);
  if (days.length === 0) return [];
  const policies = days.map((dayUs) => costPolicies.poolsAt(dayUs)?.rule ?? null);
  const pools = [
    ...new Set(policies.flatMap((policy) => policy?.pools.map(({ pool }) => pool) ?? [])),
  ].sort();
  if (pools.length === 0) return [];
  const postingIds = new Map(pools.map((pool) => [pool, poolPostingId(tenantId, pool, month)]));
  const versions = await advancePostings(client, tenantId, [...postingIds.values()]);
  const metered = await readPoolCosts(client, tenantId, fromDay, toDay);
  const items = (await readItemUse(client, tenantId, fromDay, toDay)).map((use) => ({
    ref: use.ref,
    outcomeType: use.outcomeType,
    units: {
      retrievals: use.retrievals,
      model_calls: use.modelCalls,
      attempts: use.attempts,
      items: 1n,
      direct_cost: use.directCostPico,
    },
  }));
  const day = new Date(Number((toUs - 1n) / 1000n)).toISOString().slice(0, 10);
  const targets = targetOfPools({
    day,
    policies,
    metered,
    items,
    usageIdOf: (pool, asset) => usageIdOf(`pool ${pool} ${month} ${asset}`),
  });
  const posted = groupBy(
    await readPosted(client, tenantId, [...postingIds.values()]),
    ({ postingId }) => postingId,
  );
  const transactions = [...postingIds].flatMap(([pool, postingId]): LedgerTransaction[] =>
    postDifferences(targets.get(pool) ?? [], posted.get(postingId) ?? [], {
      postingId,
      cause,
      transactionId: (code) =>
        uuidFromName(`transaction ${postingId} ${versions.get(postingId)} ${code}`, NAMESPACE),
      effectiveAtUs: () => toUs - 1n,
    }),
  );
  return commitPosting(client, poster, {
    transactions,
    traceIds: [],
    newTraceIds: new Set(),
    attempts: [],
    candidates: [],
    items: [],
  });
}

/** The months that are divided again by themselves: the one before the running one, and that one. */
export function monthsAllocated(nowUs: bigint): string[] {
  const now = new Date(Number(nowUs / 1000n));
  return [1, 0].map((back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}

function rangeOf(month: string) {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  const [from, to] = [new Date(Date.UTC(year, number - 1, 1)), new Date(Date.UTC(year, number, 1))];
  return {
    fromUs: BigInt(from.getTime()) * 1000n,
    toUs: BigInt(to.getTime()) * 1000n,
    fromDay: from.toISOString().slice(0, 10),
    toDay: to.toISOString().slice(0, 10),
  };
}
