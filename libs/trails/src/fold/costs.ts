import { formatAmount, type Asset } from '#model';
import { compare } from './compare.ts';
import type { EntryFact } from './trail-facts.ts';

/** Decimal amounts by currency, sorted. */
export type Amounts = { readonly [currency: string]: string };

/** Sums of money; counts of outcomes and their values are not cost. */
export class CostSum {
  private readonly byAsset = new Map<Asset, bigint>();

  add(entries: readonly EntryFact[]): this {
    for (const { account, asset, amount } of entries)
      if (isCost(account, asset)) this.byAsset.set(asset, (this.byAsset.get(asset) ?? 0n) + amount);
    return this;
  }

  amounts(): Amounts {
    return Object.fromEntries(
      [...this.byAsset]
        .sort(([a], [b]) => compare(a, b))
        .map(([asset, amount]) => [currencyOf(asset), formatAmount(amount, asset)]),
    );
  }
}

/** Where cost sits: amounts by account, sorted by account and currency. Accounts of 0 are left out. */
export function accountsOf(
  entries: readonly EntryFact[],
): { readonly account: string; readonly currency: string; readonly amount: string }[] {
  const sums = new Map<string, { account: string; asset: Asset; amount: bigint }>();
  for (const { account, asset, amount } of entries) {
    if (!isCost(account, asset)) continue;
    const key = `${account} ${asset}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { account, asset, amount });
    else sum.amount += amount;
  }
  return [...sums.values()]
    .filter(({ amount }) => amount !== 0n)
    .sort((a, b) => compare(a.account, b.account) || compare(a.asset, b.asset))
    .map(({ account, asset, amount }) => ({
      account,
      currency: currencyOf(asset),
      amount: formatAmount(amount, asset),
    }));
}

const isCost = (account: string, asset: Asset): boolean =>
  account.startsWith('5') && /^[A-Z]{3}\/\d+$/.test(asset);

const currencyOf = (asset: Asset): string => asset.slice(0, asset.indexOf('/'));
