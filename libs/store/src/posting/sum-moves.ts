import type { LedgerEntry, LedgerTransaction } from '#model';

/**
 * What entries move, summed by key, in the order of the keys: so two writers wait for each other instead of
 * deadlocking.
 *
 * @param keyOf columns of a primary key, as text; null for an entry that moves nothing here
 */
export function sumMoves<const Key extends readonly string[]>(
  transactions: readonly LedgerTransaction[],
  keyOf: (postingId: string, entry: LedgerEntry) => Key | null,
): { readonly key: Key; readonly amount: bigint }[] {
  const moves = new Map<string, { key: Key; amount: bigint }>();
  for (const { postingId, entries } of transactions) {
    for (const entry of entries) {
      const key = keyOf(postingId, entry);
      if (key === null) continue;
      const id = key.join('\n');
      const known = moves.get(id);
      if (known === undefined) moves.set(id, { key, amount: entry.amount });
      else known.amount += entry.amount;
    }
  }
  return [...moves].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, move]) => move);
}
