import type { TransactionCode } from '#model';

/** What each code says of the fact that moved the balances (ledger.md 1.3). */
export const TRANSACTION_CODES: Readonly<Record<TransactionCode, string>> = {
  C100: 'usage accrued: a charge or a cost line is first known',
  C110: 'estimate pending: a call whose usage is unknown may have cost so much',
  C111: 'pending estimate posted: the estimate was taken as the charge',
  C112: 'pending estimate voided: the charge is known, or there was none',
  C200: 'attributed to a work item',
  C210: 'allocated: a shared cost was split',
  C220: 'put into an overhead pool',
  C300: 'outcome settled',
  C310: 'outcome reopened',
  C400: 're-priced',
  C410: 're-attributed',
  C420: 're-normalised: the spans were read again, by another version of the engine',
  C500: 'invoice booked',
  C510: 'variance against an invoice',
  C600: 'written off',
  C700: 'moved between currencies',
  C900: 'reversed by hand, with a second principal',
};
