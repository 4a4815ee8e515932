import { canonicalJson } from '../canonical-json.ts';
import type { JournalEntry, JournalTransaction } from './journal.ts';

/** An account over a month: what it stood at before, what moved, what it stands at. Smallest units of the asset. */
export interface MonthRow {
  readonly account: string;
  readonly asset: string;
  readonly opening: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
}

/** As a `period.close` leaf commits to it. */
export const canonicalRow = ({ account, asset, opening, debit, credit }: MonthRow): string =>
  canonicalJson({ account, asset, opening, debit, credit, closing: opening + debit - credit });

/**
 * The trial balance of each month, by the order of months; accounts by asset and name, those that neither moved nor
 * stood at anything left out.
 *
 * @param monthOf `reported`: the month a transaction was posted to; `restated`: the month it took effect in
 * @param also months that are to have a balance even if nothing moved in them
 */
export function trialBalances(
  transactions: readonly JournalTransaction[],
  monthOf: 'reported' | 'restated',
  also: readonly string[] = [],
): Map<string, MonthRow[]> {
  const byMonth = new Map<string, JournalEntry[]>(also.map((month) => [month, []]));
  for (const transaction of transactions) {
    const month = monthOf === 'reported' ? transaction.period : transaction.effectiveAt.slice(0, 7);
    const entries = byMonth.get(month) ?? [];
    byMonth.set(month, entries);
    entries.push(...transaction.entries);
  }
  const standing = new Map<string, bigint>();
  const balances = new Map<string, MonthRow[]>();
  for (const month of [...byMonth.keys()].sort()) {
    const moved = sumByAccount(byMonth.get(month)!);
    const ids = [...new Set([...standing.keys(), ...moved.keys()])].sort();
    const rows: MonthRow[] = [];
    for (const id of ids) {
      const [asset = '', account = ''] = id.split('\n');
      const opening = standing.get(id) ?? 0n;
      const { debit, credit } = moved.get(id) ?? { debit: 0n, credit: 0n };
      if (moved.has(id) || opening !== 0n) rows.push({ account, asset, opening, debit, credit });
      standing.set(id, opening + debit - credit);
    }
    balances.set(month, rows);
  }
  return balances;
}

function sumByAccount(entries: readonly JournalEntry[]): Map<string, { debit: bigint; credit: bigint }> {
  const sums = new Map<string, { debit: bigint; credit: bigint }>();
  for (const { account, asset, amount } of entries) {
    const id = `${asset}\n${account}`;
    const sum = sums.get(id) ?? { debit: 0n, credit: 0n };
    sums.set(id, {
      debit: sum.debit + (amount > 0n ? amount : 0n),
      credit: sum.credit - (amount < 0n ? amount : 0n),
    });
  }
  return sums;
}

/** `ledger/trial-balance.as-reported.json` and `.as-restated.json`. */
export const formatBalances = (balances: ReadonlyMap<string, readonly MonthRow[]>): string =>
  canonicalJson({
    months: [...balances].map(([month, rows]) => ({
      month,
      rows: rows.map((row) => ({ ...row, closing: row.opening + row.debit - row.credit })),
    })),
  });

/**
 * `reconciliation.json`: for each asset what sits on the cost accounts (5xxx) by account, the variance against bills
 * among it, and whom it is owed to (2xxx); the two sides sum to zero. Made of the journal alone, so that it is the same
 * for ever and anybody can make it again.
 */
export function formatReconciliation(transactions: readonly JournalTransaction[]): string {
  const sums = new Map<string, Map<string, bigint>>();
  for (const { account, asset, amount } of transactions.flatMap(({ entries }) => entries)) {
    if (!/^[25]/.test(account)) continue;
    const ofAsset = sums.get(asset) ?? new Map<string, bigint>();
    sums.set(asset, ofAsset);
    ofAsset.set(account, (ofAsset.get(account) ?? 0n) + amount);
  }
  const total = (accounts: ReadonlyMap<string, bigint>, prefix: string): bigint =>
    [...accounts].reduce((sum, [account, amount]) => (account.startsWith(prefix) ? sum + amount : sum), 0n);
  return canonicalJson({
    assets: [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([asset, accounts]) => ({
        asset,
        cost: total(accounts, '5'),
        variance: total(accounts, '59'),
        owed: -total(accounts, '2'),
        accounts: Object.fromEntries(accounts),
      })),
  });
}
