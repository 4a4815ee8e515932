import { TRANSACTION_CODES } from '#ledger';

const MEANINGS: Readonly<Record<string, string>> = TRANSACTION_CODES;

/** What a transaction code says of the fact that moved the balances. */
export const meaningOf = (code: string): string => MEANINGS[code] ?? 'of a later version';
