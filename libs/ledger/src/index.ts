/** Facts -> target balances -> transactions; the chart of accounts. Pure. */
export {
  accruedAccount,
  OUTCOME,
  overheadAccount,
  UNATTRIBUTED,
  wasteAccount,
  WORK_IN_PROGRESS,
} from './accounts.ts';
export { postDifferences } from './post-differences.ts';
export type { PostingContext } from './post-differences.ts';
export { targetBalances } from './target.ts';
export type { Balance, CostShare, PlacedCharge } from './target.ts';
