import { canonicalJson } from '../canonical-json.ts';
import type { JournalTransaction } from './journal.ts';

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

/** By month, then by asset and account. */
type Movements = Map<string, Map<string, { debit: bigint; credit: bigint }>>;

/**
 * What the balances of a journal follow from, added up transaction by transaction in any order: it grows with the number of
 * accounts and months, not with that of transactions.
 */
export class JournalSums {
  readonly #reported: Movements = new Map();
  readonly #restated: Movements = new Map();
  readonly #sums = new Map<string, Map<string, bigint>>();

  /** @param transactions of a journal, each added once */
  constructor(transactions: Iterable<JournalTransaction> = []) {
    for (const transaction of transactions) this.add(transaction);
  }

  add({ period, effectiveAt, entries }: JournalTransaction): void {
    const months = [monthIn(this.#reported, period), monthIn(this.#restated, effectiveAt.slice(0, 7))];
    for (const { account, asset, amount } of entries) {
      for (const month of months) move(month, `${asset}\n${account}`, amount);
      if (!/^[25]/.test(account)) continue;
      const ofAsset = this.#sums.get(asset) ?? new Map<string, bigint>();
      this.#sums.set(asset, ofAsset);
      ofAsset.set(account, (ofAsset.get(account) ?? 0n) + amount);
    }
  }

  /**
   * The trial balance of each month, by the order of months; accounts by asset and name, those that neither moved nor
   * stood at anything left out.
   *
   * @param monthOf `reported`: the month a transaction was posted to; `restated`: the month it took effect in
   * @param also months that are to have a balance even if nothing moved in them
   */
  trialBalances(monthOf: 'reported' | 'restated', also: readonly string[] = []): Map<string, MonthRow[]> {
    const byMonth = monthOf === 'reported' ? this.#reported : this.#restated;
    const standing = new Map<string, bigint>();
    const balances = new Map<string, MonthRow[]>();
    for (const month of [...new Set([...byMonth.keys(), ...also])].sort()) {
      const moved = byMonth.get(month) ?? new Map<string, { debit: bigint; credit: bigint }>();
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

  /** By asset, then account: what stands on the accounts of cost (5xxx) and of whom it is owed to (2xxx). */
  get costAndOwed(): ReadonlyMap<string, ReadonlyMap<string, bigint>> {
    return this.#sums;
  }
}

function monthIn(movements: Movements, month: string): Map<string, { debit: bigint; credit: bigint }> {
  const known = movements.get(month) ?? new Map<string, { debit: bigint; credit: bigint }>();
  movements.set(month, known);
  return known;
}

function move(month: Map<string, { debit: bigint; credit: bigint }>, id: string, amount: bigint): void {
  const sum = month.get(id) ?? { debit: 0n, credit: 0n };
  month.set(id, sum);
  if (amount > 0n) sum.debit += amount;
  else sum.credit -= amount;
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
export function formatReconciliation({ costAndOwed }: JournalSums): string {
  const total = (accounts: ReadonlyMap<string, bigint>, prefix: string): bigint =>
    [...accounts].reduce((sum, [account, amount]) => (account.startsWith(prefix) ? sum + amount : sum), 0n);
  return canonicalJson({
    assets: [...costAndOwed]
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
