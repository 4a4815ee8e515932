import type { CauseDelta } from '#store';
import type { PostedTraces } from './post-traces.ts';

/** What a posting commit moves, summed by account, code, period and the workflow of the attempt it belongs to. */
export function deltasOf({ transactions, attempts }: PostedTraces): CauseDelta[] {
  const workflows = new Map(
    attempts.map(({ traceId, attemptId, workflow }) => [`${traceId} ${attemptId}`, workflow]),
  );
  const sums = new Map<string, CauseDelta>();
  for (const { postingId, code, period, entries } of transactions) {
    for (const { asset, account, attemptId, amount } of entries) {
      const workflow = workflows.get(`${postingId} ${attemptId}`) ?? '';
      const key = [asset, code, period, account, workflow].join('\n');
      const known = sums.get(key);
      sums.set(key, {
        asset,
        code,
        period,
        account,
        workflow,
        amount: (known?.amount ?? 0n) + amount,
        entries: (known?.entries ?? 0) + 1,
      });
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
}
