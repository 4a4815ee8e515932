/** Facts -> target balances -> transactions; the chart of accounts. Pure. */
export { postDifferences } from './post-differences.ts';
export { targetBalances } from './target.ts';
export type { Balance, CostShare, PlacedCharge } from './target.ts';
