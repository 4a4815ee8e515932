/**
 * How each table is spread over machines (docs/adr/002): by a column, copied whole to each (`reference`), or kept on
 * one (`local`). A new table has to say it here.
 */
export const GROUPS: Readonly<Record<string, 'trace_id' | 'posting_id' | 'ref' | 'reference' | 'local'>> = {
  api_keys: 'local',
  attempt_history: 'trace_id',
  attempts: 'trace_id',
  baselines: 'reference',
  batches: 'local',
  cause_deltas: 'local',
  causes: 'local',
  checkpoints: 'local',
  definitions: 'reference',
  due_traces: 'local',
  evidence_inbox: 'local',
  fact_inbox: 'local',
  imports: 'local',
  key_mappings: 'reference',
  leaves: 'local',
  ledger_batches: 'local',
  ledger_entries: 'posting_id',
  ledger_transactions: 'posting_id',
  links: 'trace_id',
  log_heads: 'local',
  log_identity: 'local',
  outcome_audit_items: 'local',
  outcome_audit_verdicts: 'local',
  outcome_audits: 'local',
  outcome_controls: 'local',
  outcome_events: 'ref',
  outcome_receipts: 'local',
  policies: 'reference',
  positions: 'posting_id',
  postings: 'posting_id',
  price_books: 'reference',
  prices: 'reference',
  principals: 'local',
  resources: 'local',
  scopes: 'local',
  set_aside: 'local',
  spans: 'trace_id',
  steps: 'trace_id',
  tenants: 'local',
  trace_refs: 'ref',
  traces: 'trace_id',
  tree_nodes: 'local',
  work_item_aliases: 'ref',
  work_item_relations: 'ref',
  work_item_history: 'ref',
  work_items: 'ref',
};

/** Small, local, and rarely written. */
export const SETTINGS_WITH_FOREIGN_KEYS = ['api_keys', 'principals'];

/** Rows are changed or removed by design; all others are records, and only INSERT is written against them. */
export const CHANGEABLE: readonly string[] = [
  'api_keys', // revoked_at
  'attempts',
  'batches', // leaf_index, once
  'cause_deltas', // summed while its cause is open
  'causes', // progress
  'due_traces',
  'evidence_inbox',
  'fact_inbox',
  'imports', // progress
  'log_heads',
  'positions',
  'postings', // version
  'set_aside', // cleared_at
  'traces',
  'trace_refs', // of the newest revision
  'work_items',
];
