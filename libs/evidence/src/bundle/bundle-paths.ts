/** Where things stand in a bundle (ledger.md 4, as architecture 7 amends it). */
export const VKEY = 'log/vkey';
export const POLICY = 'log/policy';
export const CHECKPOINT = 'log/checkpoint';
export const oldCheckpointPath = (size: number): string => `log/checkpoint.${size}`;
export const consistencyPath = (from: number, to: number): string => `log/consistency.${from}-${to}`;
export const entryPath = (index: number): string => `entries/${index}.json`;
export const proofPath = (index: number): string => `proofs/${index}.tlog-proof`;
/** Canonical step records of a revision, one a line, in the order of its root. */
export const stepsPath = (traceId: string, revision: number): string => `steps/${traceId}.${revision}.ndjson`;
/** `[batch, position, span]` of every span of a revision, in the order of its second root. */
export const spansPath = (traceId: string, revision: number): string => `spans/${traceId}.${revision}.ndjson`;
export const contentPath = (digest: string): string => `content/${digest}.bin`;
export const SALTS = 'content/salts.json';
export const JOURNAL = 'ledger/journal.ndjson';
export const AS_REPORTED = 'ledger/trial-balance.as-reported.json';
export const AS_RESTATED = 'ledger/trial-balance.as-restated.json';
export const RECONCILIATION = 'reconciliation.json';
/** The charges of the scope, FOCUS 1.2. */
export const FOCUS = 'focus.csv';
export const ACCESS_CHECKPOINT = 'access/checkpoint';
export const ACCESS_POLICY = 'access/policy';
export const READS = 'access/reads.ndjson';
export const accessEntryPath = (index: number): string => `access/entries/${index}.json`;
export const accessProofPath = (index: number): string => `access/proofs/${index}.tlog-proof`;
export const VERIFIER = 'verify/verify.mjs';
export const README = 'verify/README.md';

const HEX32 = '[0-9a-f]{32}';
const INDEX = '(0|[1-9]\\d{0,15})';

/** Every kind of path that a bundle may have; a file under another is not understood and fails it. */
export const KNOWN_PATHS: readonly RegExp[] = [
  /^log\/(vkey|policy|checkpoint)$/,
  new RegExp(`^log/checkpoint\\.${INDEX}$`),
  new RegExp(`^log/consistency\\.${INDEX}-${INDEX}$`),
  /^log\/tile\//,
  new RegExp(`^entries/${INDEX}\\.json$`),
  new RegExp(`^proofs/${INDEX}\\.tlog-proof$`),
  new RegExp(`^(steps|spans)/${HEX32}\\.[1-9]\\d*\\.ndjson$`),
  /^content\/([0-9a-f]{64}\.bin|salts\.json)$/,
  /^trails\/[0-9a-z._-]+\.(facts\.json|replay\.json|prov\.json|md)$/,
  /^ledger\/(journal\.ndjson|trial-balance\.as-(reported|restated)\.json)$/,
  /^(reconciliation\.json|focus\.csv)$/,
  /^access\/(checkpoint|policy|reads\.ndjson)$/,
  new RegExp(`^access/entries/${INDEX}\\.json$`),
  new RegExp(`^access/proofs/${INDEX}\\.tlog-proof$`),
  /^verify\/(verify\.mjs|README\.md)$/,
];
