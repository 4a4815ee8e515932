import { InitialSchema20261121000000 } from './20261121000000-initial-schema.ts';
import { EvidenceLog20261121100000 } from './20261121100000-evidence-log.ts';
import { LedgerHistory20261122013000 } from './20261122013000-ledger-history.ts';
import { BusinessOutcomes20261122015000 } from './20261122015000-business-outcomes.ts';

/** In order of application. A static list: a missing file is a compile error. */
export const migrations = [
  InitialSchema20261121000000,
  EvidenceLog20261121100000,
  LedgerHistory20261122013000,
  BusinessOutcomes20261122015000,
];
