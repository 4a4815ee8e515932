import { endDayOf } from '#ledger';
import { formatPico } from '#model';
import { readChangeSince, readLastClose, type ChangeSince, type Client } from '#store';
import { z } from 'zod';
import { Money } from '../wire.ts';

/** What became of the figures of closed months since they were closed; part of the tie-out. */
export const ChangeSinceClose = z
  .object({
    period: z
      .string()
      .meta({ description: 'The last month that was closed and ends in the period of the report' }),
    size: z.int().meta({ description: 'Size of the log at its close: basis=reported reads the books there' }),
    meteredUsd: Money.meta({
      description: 'By how much all that was metered up to the end of that month changed since',
    }),
    byCode: z.array(z.object({ code: z.string(), amountUsd: Money })),
    byAccount: z.array(z.object({ account: z.string(), amountUsd: Money })).meta({
      description: 'Where cost sits now that it did not then, and the other way round; sums to meteredUsd',
    }),
  })
  .meta({ id: 'ChangeSinceClose' });

/**
 * Holds what stands now of a report's closed months against what stood at the close of the last of them.
 *
 * @param range of the report; at a size of the log (null = now)
 * @returns null where no month that lies in the range was closed by then
 */
export async function changeSinceClose(
  client: Client,
  tenantId: bigint,
  range: { readonly fromDay: string; readonly toDay: string; readonly size: number | null },
): Promise<z.infer<typeof ChangeSinceClose> | null> {
  const { fromDay, size } = range;
  const closed = await readLastClose(client, tenantId, range);
  if (closed === null) return null;
  const { period, size: closedSize } = closed;
  const query = { fromDay, toDay: endDayOf(period), period, closedSize, size };
  const changes = await readChangeSince(client, tenantId, query);
  return {
    period,
    size: closedSize,
    meteredUsd: formatPico(changes.reduce((sum, { amountPico }) => sum + amountPico, 0n)),
    byCode: sumsOf(changes, ({ code }) => code).map(([code, amountUsd]) => ({ code, amountUsd })),
    byAccount: sumsOf(changes, ({ account }) => account)
      .filter(([, amountUsd]) => amountUsd !== '0')
      .map(([account, amountUsd]) => ({ account, amountUsd })),
  };
}

function sumsOf(changes: readonly ChangeSince[], keyOf: (change: ChangeSince) => string): [string, string][] {
  const sums = new Map<string, bigint>();
  for (const change of changes) {
    const key = keyOf(change);
    sums.set(key, (sums.get(key) ?? 0n) + change.amountPico);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, amount]) => [key, formatPico(amount)]);
}
