/**
 * Chart of accounts (ledger.md 1.3). 5xxx are debit accounts, "where each unit of cost sits, exactly one
 * place"; 2xxx are credit accounts, "whom we owe". A work item or attempt is a dimension of the entry, not
 * part of the account's name.
 */
export const UNATTRIBUTED = '5000:unattributed';
export const WORK_IN_PROGRESS = '5100:work';
export const OUTCOME = '5200:outcome';

/** @param reason of whole attempts: `retry`, `failed`, `abandoned`, `after_outcome`, `reopened` */
export const wasteAccount = (reason: string): string => `5300:waste:${reason}`;

export const overheadAccount = (pool: string): string => `5400:overhead:${pool}`;

/** Priced usage not yet invoiced, of a provider and usage month. @param usageDay `YYYY-MM-DD` */
export const accruedAccount = (provider: string, usageDay: string): string =>
  `2000:accrued:${provider}:${usageDay.slice(0, 7)}`;

/** Cost accounts carry the debit side of a charge. */
export const isCostAccount = (account: string): boolean => account.startsWith('5');
