/**
 * How each table is spread over machines (docs/adr/002): by a column, copied whole to each (`reference`), or kept on
 * one (`local`). A new table has to say it here.
 */
export const GROUPS: Readonly<Record<string, 'trace_id' | 'posting_id' | 'ref' | 'reference' | 'local'>> = {
  access_checkpoints: 'local',
  access_heads: 'local',
  access_inbox: 'local',
  access_leaves: 'local',
  access_log: 'local',
  access_nodes: 'local',
  adjustment_approvals: 'local',
  adjustment_requests: 'local',
  analytics_logins: 'local',
  api_keys: 'local',
  attempt_history: 'trace_id',
  attempts: 'trace_id',
  baselines: 'reference',
  batches: 'local',
  cause_deltas: 'local',
  causes: 'local',
  check_progress: 'local',
  check_walks: 'local',
  checkpoint_deliveries: 'local',
  checkpoints: 'local',
  cosignatures: 'local',
  content_progress: 'local',
  content_subjects: 'ref',
  contents: 'trace_id',
  cost_claims: 'trace_id',
  cost_line_receipts: 'local',
  cost_lines: 'ref',
  counter_points: 'local',
  counter_series: 'local',
  decisions: 'ref',
  definitions: 'reference',
  due_reconciliations: 'local',
  due_traces: 'local',
  emitters: 'reference',
  erasures: 'local',
  evidence_inbox: 'local',
  export_chunks: 'local',
  exports: 'local',
  fact_inbox: 'local',
  fx_rates: 'reference',
  grants: 'local',
  imports: 'local',
  item_positions: 'ref',
  invoice_lines: 'local',
  invoices: 'local',
  key_mappings: 'reference',
  leaves: 'local',
  ledger_batches: 'local',
  ledger_entries: 'posting_id',
  ledger_transactions: 'posting_id',
  link_audits: 'trace_id',
  link_candidate_history: 'trace_id',
  link_candidates: 'trace_id',
  link_decisions: 'trace_id',
  links: 'trace_id',
  log_heads: 'local',
  log_identity: 'local',
  outcome_audit_items: 'local',
  outcome_audit_verdicts: 'local',
  outcome_audits: 'local',
  outcome_controls: 'local',
  outcome_events: 'ref',
  outcome_receipts: 'local',
  periods: 'local',
  policies: 'reference',
  positions: 'posting_id',
  posting_halts: 'local',
  postings: 'posting_id',
  preview_decisions: 'local',
  preview_marks: 'local',
  preview_namings: 'local',
  previews: 'local',
  price_books: 'reference',
  prices: 'reference',
  principals: 'local',
  quality_backlog: 'local',
  quality_days: 'local',
  quality_findings: 'trace_id',
  reconciliations: 'local',
  record_id_keys: 'local',
  resources: 'local',
  reversals: 'posting_id',
  run_waste: 'trace_id',
  scopes: 'local',
  set_aside: 'local',
  span_days: 'local',
  span_places: 'trace_id',
  spans: 'trace_id',
  steps: 'trace_id',
  tenant_limits: 'local',
  tenants: 'local',
  trace_quality: 'trace_id',
  trace_readings: 'trace_id',
  trace_refs: 'ref',
  traces: 'trace_id',
  tree_nodes: 'local',
  usage_reports: 'trace_id',
  waste_due: 'local',
  waste_findings: 'trace_id',
  work_item_aliases: 'ref',
  work_item_relations: 'ref',
  work_item_history: 'ref',
  work_items: 'ref',
};

/** Small, local, and rarely written. */
export const SETTINGS_WITH_FOREIGN_KEYS = ['api_keys', 'principals'];

/** Rows are changed or removed by design; all others are records, and only INSERT is written against them. */
export const CHANGEABLE: readonly string[] = [
  'access_heads',
  'access_inbox',
  'access_log', // leaf_index, once
  'analytics_logins', // limits, revoked_at
  'api_keys', // revoked_at
  'attempts',
  'batches', // leaf_index, once
  'cost_claims',
  'cause_deltas', // summed while its cause is open
  'causes', // progress
  'due_reconciliations',
  'content_progress',
  'due_traces',
  'erasures', // decided, done
  'evidence_inbox',
  'export_chunks', // dropped when they expire
  'exports', // progress
  'fact_inbox',
  'grants', // decision
  'imports', // progress
  'item_positions',
  'link_candidates',
  'log_heads',
  'check_progress',
  'check_walks',
  'periods', // from closing to closed, once
  'positions',
  'posting_halts', // cleared_at
  'postings', // version
  'preview_marks',
  'preview_namings',
  'previews', // what is summed; over, and never decided about, it is removed
  'reconciliations', // the newest comparison
  'quality_backlog',
  'quality_days',
  'quality_findings',
  'span_days', // dropped_at, once
  'run_waste',
  'set_aside', // cleared_at
  'tenant_limits',
  'trace_quality',
  'trace_readings', // of the newest revision
  'traces',
  'trace_refs', // of the newest revision
  'waste_due',
  'waste_findings',
  'work_items',
];
