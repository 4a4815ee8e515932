
TABLE access_checkpoints ROW SECURITY
  tenant_id bigint NOT NULL
  size bigint NOT NULL
  root bytea NOT NULL
  note text NOT NULL
  signed_at timestamp with time zone NOT NULL
  CONSTRAINT access_checkpoints_pkey PRIMARY KEY (tenant_id, size)
  POLICY access_checkpoints_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE access_heads WITH (fillfactor=50) ROW SECURITY
  tenant_id bigint NOT NULL
  origin text NOT NULL
  vkeys text[] NOT NULL
  size bigint NOT NULL
  root bytea NOT NULL
  edge bytea NOT NULL
  sealed_at timestamp with time zone
  CONSTRAINT access_heads_pkey PRIMARY KEY (tenant_id)
  POLICY access_heads_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE access_inbox ROW SECURITY
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  tenant_id bigint NOT NULL
  kind text NOT NULL
  subject_id text NOT NULL
  body bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  CONSTRAINT access_inbox_pkey PRIMARY KEY (seq)
  CREATE INDEX access_inbox_tenant_idx ON public.access_inbox USING btree (tenant_id, seq)
  POLICY access_inbox_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE access_leaves ROW SECURITY
  tenant_id bigint NOT NULL
  idx bigint NOT NULL
  kind text NOT NULL
  subject_id text NOT NULL
  entry bytea NOT NULL
  leaf_hash bytea NOT NULL
  CONSTRAINT access_leaves_pkey PRIMARY KEY (tenant_id, idx) INCLUDE (leaf_hash)
  CREATE INDEX access_leaves_subject_idx ON public.access_leaves USING btree (tenant_id, subject_id, idx)
  POLICY access_leaves_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE access_log ROW SECURITY
  tenant_id bigint NOT NULL
  access_id uuid NOT NULL
  read_at timestamp with time zone NOT NULL
  principal_id uuid NOT NULL
  key_id uuid NOT NULL
  grant_id uuid
  route text NOT NULL
  subject text NOT NULL
  salt bytea NOT NULL
  leaf_index bigint
  CONSTRAINT access_log_pkey PRIMARY KEY (tenant_id, access_id)
  CREATE INDEX access_log_read_at_idx ON public.access_log USING btree (tenant_id, read_at)
  POLICY access_log_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE access_nodes ROW SECURITY
  tenant_id bigint NOT NULL
  level smallint NOT NULL
  idx bigint NOT NULL
  hash bytea NOT NULL
  CONSTRAINT access_nodes_level_check CHECK ((level >= 1))
  CONSTRAINT access_nodes_pkey PRIMARY KEY (tenant_id, level, idx)
  POLICY access_nodes_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE adjustment_approvals ROW SECURITY
  tenant_id bigint NOT NULL
  adjustment_id uuid NOT NULL
  decision text NOT NULL
  decided_at timestamp with time zone NOT NULL
  decided_by uuid NOT NULL
  CONSTRAINT adjustment_approvals_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'declined'::text])))
  CONSTRAINT adjustment_approvals_pkey PRIMARY KEY (tenant_id, adjustment_id)
  POLICY adjustment_approvals_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE adjustment_requests ROW SECURITY
  tenant_id bigint NOT NULL
  adjustment_id uuid NOT NULL
  kind text NOT NULL
  body jsonb NOT NULL
  reason text NOT NULL
  requested_at timestamp with time zone NOT NULL
  requested_by uuid NOT NULL
  CONSTRAINT adjustment_requests_kind_check CHECK ((kind = ANY (ARRAY['write_off'::text, 'reversal'::text])))
  CONSTRAINT adjustment_requests_pkey PRIMARY KEY (tenant_id, adjustment_id)
  POLICY adjustment_requests_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE analytics_logins ROW SECURITY
  tenant_id bigint NOT NULL
  login text NOT NULL
  connections integer NOT NULL
  timeout_ms integer NOT NULL
  created_at timestamp with time zone NOT NULL
  revoked_at timestamp with time zone
  login_id uuid NOT NULL DEFAULT gen_random_uuid()
  CONSTRAINT analytics_logins_login_key UNIQUE (login)
  CONSTRAINT analytics_logins_pkey PRIMARY KEY (tenant_id, login)
  POLICY analytics_logins_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE api_keys ROW SECURITY
  tenant_id bigint NOT NULL
  key_id uuid NOT NULL
  principal_id uuid NOT NULL
  secret_hash bytea NOT NULL
  roles text[] NOT NULL
  sources text[]
  kinds text[]
  is_bootstrap boolean NOT NULL DEFAULT false
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  revoked_at timestamp with time zone
  CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, key_id)
  CONSTRAINT api_keys_secret_key UNIQUE (secret_hash)
  CONSTRAINT api_keys_tenant_id_principal_id_fkey FOREIGN KEY (tenant_id, principal_id) REFERENCES principals(tenant_id, principal_id)
  POLICY api_keys_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT, UPDATE (revoked_at) TO outcome_ledger_api

TABLE attempt_history ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  attempt_id uuid NOT NULL
  from_batch uuid NOT NULL
  to_batch uuid NOT NULL
  was jsonb NOT NULL
  CONSTRAINT attempt_history_pkey PRIMARY KEY (tenant_id, trace_id, attempt_id, to_batch)
  POLICY attempt_history_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE attempts WITH (autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=10000, autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  attempt_id uuid NOT NULL
  work_item_ref text NOT NULL
  started_at timestamp with time zone NOT NULL
  ended_at timestamp with time zone NOT NULL
  key_kind text NOT NULL
  grade text NOT NULL
  placement text NOT NULL
  workflow text NOT NULL
  agent text
  model text
  provider text
  dimensions jsonb NOT NULL
  model_calls integer NOT NULL
  unpriced_calls integer NOT NULL
  calls_without_usage integer NOT NULL
  since_batch uuid
  retrievals integer NOT NULL DEFAULT 0
  human_ms bigint NOT NULL DEFAULT 0
  is_allocated boolean NOT NULL DEFAULT false
  below_low numeric NOT NULL DEFAULT 0
  doubt_bps numeric NOT NULL DEFAULT 0
  cost numeric NOT NULL DEFAULT 0
  direct_cost numeric NOT NULL DEFAULT 0
  has_other_assets boolean NOT NULL DEFAULT false
  CONSTRAINT attempts_pkey PRIMARY KEY (tenant_id, trace_id, attempt_id)
  CREATE INDEX attempts_work_item_idx ON public.attempts USING btree (tenant_id, work_item_ref)
  POLICY attempts_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY attempts_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE baselines ROW SECURITY
  tenant_id bigint NOT NULL
  name text NOT NULL
  version integer NOT NULL
  valid_from timestamp with time zone
  rule jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  created_by uuid
  CONSTRAINT baselines_pkey PRIMARY KEY (tenant_id, name, version)
  POLICY baselines_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY baselines_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE batches WITH (fillfactor=85, autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=10000, autovacuum_analyze_scale_factor=0.05) ROW SECURITY
  tenant_id bigint NOT NULL
  batch_id uuid NOT NULL
  salt bytea
  digest bytea NOT NULL
  signal text NOT NULL
  received integer NOT NULL
  stored integer NOT NULL
  duplicate integer NOT NULL
  conflicting integer NOT NULL
  rejected integer NOT NULL
  key_id uuid NOT NULL
  received_at timestamp with time zone NOT NULL
  leaf_index bigint
  redaction text
  CONSTRAINT batches_pkey PRIMARY KEY (tenant_id, batch_id)
  POLICY batches_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE cause_deltas ROW SECURITY
  tenant_id bigint NOT NULL
  cause_id text NOT NULL
  asset text NOT NULL
  code text NOT NULL
  period text NOT NULL
  account text NOT NULL
  workflow text NOT NULL
  amount numeric NOT NULL
  entries bigint NOT NULL
  CONSTRAINT cause_deltas_pkey PRIMARY KEY (tenant_id, cause_id, asset, code, period, account, workflow)
  POLICY cause_deltas_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE causes ROW SECURITY
  tenant_id bigint NOT NULL
  cause_id text NOT NULL
  kind text NOT NULL
  opened_at timestamp with time zone NOT NULL
  done_at timestamp with time zone
  traces_due integer NOT NULL DEFAULT 0
  mode text NOT NULL DEFAULT 'post'::text
  detail jsonb NOT NULL DEFAULT '{}'::jsonb
  is_worked boolean NOT NULL DEFAULT false
  opened_index bigint
  done_index bigint
  cursor text NOT NULL DEFAULT ''::text
  traces_done integer NOT NULL DEFAULT 0
  traces_failed integer NOT NULL DEFAULT 0
  leased_until timestamp with time zone
  advanced_at timestamp with time zone
  error text
  expires_at timestamp with time zone
  CONSTRAINT causes_mode_check CHECK ((mode = ANY (ARRAY['post'::text, 'preview'::text])))
  CONSTRAINT causes_pkey PRIMARY KEY (tenant_id, cause_id)
  CREATE INDEX causes_open_idx ON public.causes USING btree (opened_at) WHERE (done_at IS NULL)
  POLICY causes_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE check_progress ROW SECURITY
  tenant_id bigint NOT NULL
  leaf_index bigint NOT NULL
  checked_at timestamp with time zone NOT NULL
  CONSTRAINT check_progress_pkey PRIMARY KEY (tenant_id)
  POLICY check_progress_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE check_walks ROW SECURITY
  tenant_id bigint NOT NULL
  cursor text NOT NULL
  looked_at timestamp with time zone NOT NULL
  walks integer NOT NULL DEFAULT 0
  CONSTRAINT check_walks_pkey PRIMARY KEY (tenant_id)
  POLICY check_walks_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE checkpoint_deliveries ROW SECURITY
  tenant_id bigint NOT NULL
  log text NOT NULL
  recipient text NOT NULL
  size bigint NOT NULL
  delivered_at timestamp with time zone NOT NULL
  CONSTRAINT checkpoint_deliveries_log_check CHECK ((log = ANY (ARRAY['evidence'::text, 'access'::text])))
  CONSTRAINT checkpoint_deliveries_pkey PRIMARY KEY (tenant_id, log, recipient, size)
  POLICY checkpoint_deliveries_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE checkpoints ROW SECURITY
  tenant_id bigint NOT NULL
  size bigint NOT NULL
  root bytea NOT NULL
  note text NOT NULL
  signed_at timestamp with time zone NOT NULL
  CONSTRAINT checkpoints_pkey PRIMARY KEY (tenant_id, size)
  POLICY checkpoints_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY checkpoints_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE content_progress ROW SECURITY
  tenant_id bigint NOT NULL
  cut_through timestamp with time zone NOT NULL
  CONSTRAINT content_progress_pkey PRIMARY KEY (tenant_id)
  POLICY content_progress_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE content_subjects ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  subject_id uuid NOT NULL
  CONSTRAINT content_subjects_pkey PRIMARY KEY (tenant_id, ref)
  POLICY content_subjects_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE contents ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  span_id bigint NOT NULL
  started_at timestamp with time zone NOT NULL
  part text NOT NULL
  subject_id uuid NOT NULL
  media_type text NOT NULL
  sources text[] NOT NULL
  sealed bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  CONSTRAINT contents_pkey PRIMARY KEY (tenant_id, trace_id, span_id, started_at, part)
  CREATE INDEX contents_recorded_at_idx ON public.contents USING brin (recorded_at)
  POLICY contents_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE cosignatures ROW SECURITY
  tenant_id bigint NOT NULL
  log text NOT NULL
  size bigint NOT NULL
  witness text NOT NULL
  line text NOT NULL
  signed_at timestamp with time zone NOT NULL
  CONSTRAINT cosignatures_log_check CHECK ((log = ANY (ARRAY['evidence'::text, 'access'::text])))
  CONSTRAINT cosignatures_pkey PRIMARY KEY (tenant_id, log, size, witness)
  POLICY cosignatures_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE cost_claims WITH (fillfactor=85) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  span_id bigint NOT NULL
  started_at timestamp with time zone NOT NULL
  day date NOT NULL
  role text NOT NULL
  emitter_id uuid NOT NULL
  provider text
  model text
  currency text
  source text
  own_amount numeric
  nearest_amount numeric
  is_zero boolean NOT NULL
  call_trace_id uuid
  call_span_id bigint
  exclusion text
  computed_pico numeric
  uncomputed text
  CONSTRAINT cost_claims_pkey PRIMARY KEY (tenant_id, trace_id, span_id, started_at)
  CREATE INDEX cost_claims_day_idx ON public.cost_claims USING brin (day)
  POLICY cost_claims_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE cost_line_receipts ROW SECURITY
  tenant_id bigint NOT NULL
  source text NOT NULL
  line_id text NOT NULL
  content_hash bytea NOT NULL
  ref text NOT NULL
  received_at timestamp with time zone NOT NULL
  CONSTRAINT cost_line_receipts_pkey PRIMARY KEY (tenant_id, source, line_id)
  POLICY cost_line_receipts_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE cost_lines ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  source text NOT NULL
  line_id text NOT NULL
  line_kind text NOT NULL
  occurred_at timestamp with time zone NOT NULL
  supersedes text
  body jsonb NOT NULL
  surrogate_id uuid NOT NULL
  salt bytea
  received_at timestamp with time zone NOT NULL
  received_by uuid NOT NULL
  CONSTRAINT cost_lines_pkey PRIMARY KEY (tenant_id, ref, source, line_id)
  CREATE INDEX cost_lines_occurred_at_idx ON public.cost_lines USING btree (tenant_id, occurred_at)
  CREATE INDEX cost_lines_received_at_idx ON public.cost_lines USING btree (tenant_id, received_at, surrogate_id)
  POLICY cost_lines_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY cost_lines_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE counter_points ROW SECURITY
  tenant_id bigint NOT NULL
  series_id uuid NOT NULL
  started_at timestamp with time zone NOT NULL
  at timestamp with time zone NOT NULL
  value numeric NOT NULL
  batch_id uuid NOT NULL
  CONSTRAINT counter_points_pkey PRIMARY KEY (tenant_id, series_id, started_at, at)
  CONSTRAINT counter_points_value_check CHECK ((value >= (0)::numeric))
  CREATE INDEX counter_points_at_idx ON public.counter_points USING btree (tenant_id, at)
  POLICY counter_points_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE counter_series ROW SECURITY
  tenant_id bigint NOT NULL
  series_id uuid NOT NULL
  metric text NOT NULL
  temporality text NOT NULL
  quantity text NOT NULL
  token_class text NOT NULL
  buckets text[] NOT NULL
  service text NOT NULL
  model text NOT NULL
  session text
  attributes jsonb NOT NULL
  CONSTRAINT counter_series_pkey PRIMARY KEY (tenant_id, series_id)
  CONSTRAINT counter_series_quantity_check CHECK ((quantity = ANY (ARRAY['tokens'::text, 'cost_usd'::text])))
  CONSTRAINT counter_series_temporality_check CHECK ((temporality = ANY (ARRAY['delta'::text, 'cumulative'::text])))
  POLICY counter_series_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE decisions ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  decision_id uuid NOT NULL
  kind text NOT NULL
  subject text NOT NULL
  version text
  result text
  from_value text
  reason_code text
  note text
  salt bytea
  trace_id uuid
  span_id bigint
  occurred_at timestamp with time zone NOT NULL
  content_hash bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  CONSTRAINT decisions_kind_check CHECK ((kind = ANY (ARRAY['rule'::text, 'exception'::text, 'precedent'::text, 'override'::text, 'handoff'::text, 'verdict'::text, 'document'::text])))
  CONSTRAINT decisions_pkey PRIMARY KEY (tenant_id, ref, decision_id)
  POLICY decisions_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE definitions ROW SECURITY
  tenant_id bigint NOT NULL
  name text NOT NULL
  version integer NOT NULL
  valid_from timestamp with time zone
  rule jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  created_by uuid
  CONSTRAINT definitions_pkey PRIMARY KEY (tenant_id, name, version)
  POLICY definitions_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE due_reconciliations WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0.5) ROW SECURITY
  tenant_id bigint NOT NULL
  provider text NOT NULL
  period text NOT NULL
  due_at timestamp with time zone NOT NULL
  cause text NOT NULL
  version bigint NOT NULL DEFAULT 1
  leased_until timestamp with time zone
  failures integer NOT NULL DEFAULT 0
  CONSTRAINT due_reconciliations_pkey PRIMARY KEY (tenant_id, provider, period)
  POLICY due_reconciliations_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT, UPDATE (cause), UPDATE (due_at), UPDATE (failures), UPDATE (leased_until), UPDATE (version) TO outcome_ledger_api

TABLE due_traces WITH (fillfactor=70, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0.5) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  due_at timestamp with time zone NOT NULL
  first_received_at timestamp with time zone NOT NULL
  root_ended boolean NOT NULL
  cause text NOT NULL
  version bigint NOT NULL DEFAULT 1
  leased_until timestamp with time zone
  failures integer NOT NULL DEFAULT 0
  renormalise boolean NOT NULL DEFAULT false
  CONSTRAINT due_traces_pkey PRIMARY KEY (tenant_id, trace_id)
  CREATE INDEX due_traces_tenant_due_at_idx ON public.due_traces USING btree (tenant_id, due_at)
  POLICY due_traces_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE emitters ROW SECURITY
  tenant_id bigint NOT NULL
  emitter_id uuid NOT NULL
  service text NOT NULL
  scope text NOT NULL
  scope_version text NOT NULL
  dialect text NOT NULL
  CONSTRAINT emitters_pkey PRIMARY KEY (tenant_id, emitter_id)
  POLICY emitters_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE erasures ROW SECURITY
  tenant_id bigint NOT NULL
  erasure_id uuid NOT NULL
  scope jsonb NOT NULL
  basis text NOT NULL
  reason text NOT NULL
  requested_at timestamp with time zone NOT NULL
  requested_by uuid NOT NULL
  decision text
  decided_at timestamp with time zone
  decided_by uuid
  decided_reason text
  subjects uuid[] NOT NULL DEFAULT '{}'::uuid[]
  surrogates uuid[] NOT NULL DEFAULT '{}'::uuid[]
  counts jsonb
  done_at timestamp with time zone
  backups_clear_after timestamp with time zone
  CONSTRAINT erasures_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text])))
  CONSTRAINT erasures_pkey PRIMARY KEY (tenant_id, erasure_id)
  POLICY erasures_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT, UPDATE (decided_at), UPDATE (decided_by), UPDATE (decided_reason), UPDATE (decision) TO outcome_ledger_api

TABLE evidence_inbox WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0.5) ROW SECURITY
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  tenant_id bigint NOT NULL
  kind text NOT NULL
  subject_id text NOT NULL
  body bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  CONSTRAINT evidence_inbox_pkey PRIMARY KEY (seq)
  CREATE INDEX evidence_inbox_tenant_idx ON public.evidence_inbox USING btree (tenant_id, seq)
  POLICY evidence_inbox_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE export_chunks ROW SECURITY
  tenant_id bigint NOT NULL
  export_id uuid NOT NULL
  n integer NOT NULL
  bytes bytea NOT NULL
  CONSTRAINT export_chunks_pkey PRIMARY KEY (tenant_id, export_id, n)
  POLICY export_chunks_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE exports ROW SECURITY
  tenant_id bigint NOT NULL
  export_id uuid NOT NULL
  request jsonb NOT NULL
  size bigint NOT NULL
  requested_at timestamp with time zone NOT NULL
  requested_by uuid NOT NULL
  key_id uuid NOT NULL
  state text NOT NULL
  stage text NOT NULL DEFAULT ''::text
  done integer NOT NULL DEFAULT 0
  total integer NOT NULL DEFAULT 0
  error text
  leased_until timestamp with time zone
  built_at timestamp with time zone
  expires_at timestamp with time zone
  archive_bytes bigint
  archive_hash bytea
  manifest_hash bytea
  build_id uuid
  CONSTRAINT exports_pkey PRIMARY KEY (tenant_id, export_id)
  CONSTRAINT exports_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'building'::text, 'ready'::text, 'failed'::text, 'dropped'::text])))
  CREATE INDEX exports_open_idx ON public.exports USING btree (requested_at) WHERE (state = ANY (ARRAY['waiting'::text, 'building'::text]))
  POLICY exports_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE fact_inbox WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0.5) ROW SECURITY
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  tenant_id bigint NOT NULL
  kind text NOT NULL
  cause text NOT NULL
  detail jsonb NOT NULL
  attempts integer NOT NULL DEFAULT 0
  not_before timestamp with time zone
  recorded_at timestamp with time zone NOT NULL
  CONSTRAINT fact_inbox_pkey PRIMARY KEY (id)
  POLICY fact_inbox_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE fx_rates ROW SECURITY
  tenant_id bigint NOT NULL
  base text NOT NULL
  quote text NOT NULL
  day date NOT NULL
  source text NOT NULL
  version integer NOT NULL
  rate text NOT NULL
  told_at timestamp with time zone
  created_at timestamp with time zone NOT NULL
  created_by uuid NOT NULL
  CONSTRAINT fx_rates_pkey PRIMARY KEY (tenant_id, base, quote, day, source, version)
  POLICY fx_rates_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE grants ROW SECURITY
  tenant_id bigint NOT NULL
  grant_id uuid NOT NULL
  principal_id uuid NOT NULL
  scope jsonb NOT NULL
  purpose text NOT NULL
  valid_until timestamp with time zone NOT NULL
  requested_at timestamp with time zone NOT NULL
  requested_by uuid NOT NULL
  decision text
  decided_at timestamp with time zone
  decided_by uuid
  CONSTRAINT grants_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'declined'::text, 'revoked'::text])))
  CONSTRAINT grants_pkey PRIMARY KEY (tenant_id, grant_id)
  CREATE INDEX grants_principal_idx ON public.grants USING btree (tenant_id, principal_id)
  POLICY grants_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT, UPDATE (decided_at), UPDATE (decided_by), UPDATE (decision) TO outcome_ledger_api

TABLE imports ROW SECURITY
  tenant_id bigint NOT NULL
  import_id uuid NOT NULL
  format text NOT NULL
  lines_read integer NOT NULL DEFAULT 0
  stored integer NOT NULL DEFAULT 0
  duplicate integer NOT NULL DEFAULT 0
  set_aside integer NOT NULL DEFAULT 0
  rejected integer NOT NULL DEFAULT 0
  errors jsonb NOT NULL DEFAULT '[]'::jsonb
  state text NOT NULL
  started_at timestamp with time zone NOT NULL
  advanced_at timestamp with time zone NOT NULL
  ended_at timestamp with time zone
  CONSTRAINT imports_pkey PRIMARY KEY (tenant_id, import_id)
  POLICY imports_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT, UPDATE TO outcome_ledger_api

TABLE invoice_lines ROW SECURITY
  tenant_id bigint NOT NULL
  invoice_id uuid NOT NULL
  n integer NOT NULL
  source_line integer NOT NULL
  starts_at timestamp with time zone NOT NULL
  ends_at timestamp with time zone NOT NULL
  project text
  api_key_id text
  model text
  bill_class text
  service_tier text
  context_window text
  region text
  quantity bigint
  amount numeric
  category text NOT NULL
  description text
  CONSTRAINT invoice_lines_pkey PRIMARY KEY (tenant_id, invoice_id, n)
  POLICY invoice_lines_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE invoices ROW SECURITY
  tenant_id bigint NOT NULL
  invoice_id uuid NOT NULL
  provider text NOT NULL
  period text NOT NULL
  number text NOT NULL
  format text NOT NULL
  version integer NOT NULL
  currency text NOT NULL
  total_amount numeric
  line_count integer NOT NULL
  rounded_lines integer NOT NULL
  notes text[] NOT NULL
  root bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid
  charged_in text
  stated_rate text
  CONSTRAINT invoices_pkey PRIMARY KEY (tenant_id, invoice_id)
  CONSTRAINT invoices_version_key UNIQUE (tenant_id, provider, period, number, format, version)
  POLICY invoices_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE item_positions WITH (fillfactor=80) ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  posting_id uuid NOT NULL
  account text NOT NULL
  asset text NOT NULL
  amount numeric NOT NULL
  CONSTRAINT item_positions_pkey PRIMARY KEY (tenant_id, ref, posting_id, account, asset)
  POLICY item_positions_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY item_positions_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE key_mappings ROW SECURITY
  tenant_id bigint NOT NULL
  name text NOT NULL
  version integer NOT NULL
  valid_from timestamp with time zone
  rule jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  created_by uuid
  CONSTRAINT key_mappings_pkey PRIMARY KEY (tenant_id, name, version)
  POLICY key_mappings_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE leaves WITH (autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  idx bigint NOT NULL
  kind text NOT NULL
  subject_id text NOT NULL
  entry bytea NOT NULL
  leaf_hash bytea NOT NULL
  CONSTRAINT leaves_pkey PRIMARY KEY (tenant_id, idx) INCLUDE (leaf_hash)
  CREATE INDEX leaves_subject_idx ON public.leaves USING btree (tenant_id, subject_id, idx)
  POLICY leaves_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE ledger_batches ROW SECURITY
  tenant_id bigint NOT NULL
  leaf_index bigint NOT NULL
  batch_id uuid NOT NULL
  CONSTRAINT ledger_batches_batch_key UNIQUE (tenant_id, batch_id)
  CONSTRAINT ledger_batches_pkey PRIMARY KEY (tenant_id, leaf_index)
  POLICY ledger_batches_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE ledger_entries WITH (autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  posting_id uuid NOT NULL
  txn_id uuid NOT NULL
  n integer NOT NULL
  account text NOT NULL
  asset text NOT NULL
  amount bigint NOT NULL
  usage_span_id bigint NOT NULL
  usage_day date NOT NULL
  provider text NOT NULL
  call_model text NOT NULL
  attempt_id uuid
  work_item_ref text
  price_id uuid
  CONSTRAINT ledger_entries_amount_check CHECK ((amount <> 0))
  CONSTRAINT ledger_entries_pkey PRIMARY KEY (tenant_id, posting_id, txn_id, n)
  CREATE INDEX ledger_entries_billed_idx ON public.ledger_entries USING btree (tenant_id, usage_day) WHERE ((call_model = 'invoice'::text) OR (account ~~ '2900:fx:%'::text))
  CREATE INDEX ledger_entries_usage_day_idx ON public.ledger_entries USING brin (usage_day)
  POLICY ledger_entries_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY ledger_entries_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE ledger_transactions WITH (autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  posting_id uuid NOT NULL
  txn_id uuid NOT NULL
  code text NOT NULL
  cause text NOT NULL
  effective_at timestamp with time zone NOT NULL
  recorded_at timestamp with time zone NOT NULL
  period text NOT NULL
  rules text NOT NULL
  batch_id uuid NOT NULL
  CONSTRAINT ledger_transactions_pkey PRIMARY KEY (tenant_id, posting_id, txn_id)
  CREATE INDEX ledger_transactions_batch_idx ON public.ledger_transactions USING btree (tenant_id, batch_id)
  CREATE INDEX ledger_transactions_period_idx ON public.ledger_transactions USING brin (period)
  POLICY ledger_transactions_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY ledger_transactions_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE link_audits ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  audit_id uuid NOT NULL
  link_id uuid NOT NULL
  tier text NOT NULL
  is_right boolean NOT NULL
  note text
  salt bytea
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  CONSTRAINT link_audits_pkey PRIMARY KEY (tenant_id, trace_id, audit_id)
  POLICY link_audits_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE link_candidate_history ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  from_batch uuid NOT NULL
  to_batch uuid NOT NULL
  was jsonb NOT NULL
  CONSTRAINT link_candidate_history_pkey PRIMARY KEY (tenant_id, trace_id, to_batch)
  POLICY link_candidate_history_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE link_candidates ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  work_item_ref text NOT NULL
  tier text NOT NULL
  confidence numeric(5,4) NOT NULL
  state text NOT NULL
  amount numeric NOT NULL
  expected_bps numeric NOT NULL
  started_at timestamp with time zone NOT NULL
  workflow text NOT NULL
  agent text
  model text
  provider text
  dimensions jsonb NOT NULL
  since_batch uuid
  CONSTRAINT link_candidates_pkey PRIMARY KEY (tenant_id, trace_id, work_item_ref)
  CONSTRAINT link_candidates_state_check CHECK ((state = ANY (ARRAY['candidate'::text, 'dangling'::text, 'unlinked'::text])))
  CREATE INDEX link_candidates_work_item_idx ON public.link_candidates USING btree (tenant_id, work_item_ref)
  POLICY link_candidates_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE link_decisions ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  decision_id uuid NOT NULL
  work_item_ref text NOT NULL
  action text NOT NULL
  span_ids bigint[]
  attempt_id uuid
  reason text NOT NULL
  salt bytea
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  CONSTRAINT link_decisions_action_check CHECK ((action = ANY (ARRAY['link'::text, 'unlink'::text])))
  CONSTRAINT link_decisions_pkey PRIMARY KEY (tenant_id, trace_id, decision_id)
  CREATE INDEX link_decisions_recorded_at_idx ON public.link_decisions USING btree (tenant_id, recorded_at, decision_id)
  POLICY link_decisions_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE links WITH (autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  link_id uuid NOT NULL
  work_item_ref text NOT NULL
  scope text NOT NULL
  span_id bigint
  tier text NOT NULL
  confidence numeric(5,4) NOT NULL
  rule text NOT NULL
  supersedes uuid
  recorded_at timestamp with time zone NOT NULL
  state text NOT NULL DEFAULT 'booked'::text
  evidence jsonb NOT NULL DEFAULT '[]'::jsonb
  CONSTRAINT links_pkey PRIMARY KEY (tenant_id, trace_id, link_id)
  CONSTRAINT links_scope_check CHECK ((scope = ANY (ARRAY['trace'::text, 'attempt'::text, 'step'::text])))
  CONSTRAINT links_state_check CHECK ((state = ANY (ARRAY['booked'::text, 'candidate'::text, 'dangling'::text, 'withdrawn'::text])))
  CREATE INDEX links_work_item_idx ON public.links USING btree (tenant_id, work_item_ref)
  POLICY links_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE log_heads WITH (fillfactor=50) ROW SECURITY
  tenant_id bigint NOT NULL
  origin text NOT NULL
  vkeys text[] NOT NULL
  size bigint NOT NULL
  root bytea NOT NULL
  edge bytea NOT NULL
  sealed_at timestamp with time zone
  CONSTRAINT log_heads_origin_key UNIQUE (origin)
  CONSTRAINT log_heads_pkey PRIMARY KEY (tenant_id)
  POLICY log_heads_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE log_identity
  only_row boolean NOT NULL DEFAULT true
  origin text NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  CONSTRAINT log_identity_only_row_check CHECK (only_row)
  CONSTRAINT log_identity_pkey PRIMARY KEY (only_row)

TABLE outcome_audit_items ROW SECURITY
  tenant_id bigint NOT NULL
  audit_id uuid NOT NULL
  ref text NOT NULL
  stratum integer NOT NULL
  place integer NOT NULL
  CONSTRAINT outcome_audit_items_pkey PRIMARY KEY (tenant_id, audit_id, ref)
  POLICY outcome_audit_items_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE outcome_audit_verdicts ROW SECURITY
  tenant_id bigint NOT NULL
  audit_id uuid NOT NULL
  ref text NOT NULL
  version integer NOT NULL
  is_valid boolean NOT NULL
  note text
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  CONSTRAINT outcome_audit_verdicts_pkey PRIMARY KEY (tenant_id, audit_id, ref, version)
  POLICY outcome_audit_verdicts_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE outcome_audits ROW SECURITY
  tenant_id bigint NOT NULL
  audit_id uuid NOT NULL
  population jsonb NOT NULL
  seed text NOT NULL
  strata jsonb NOT NULL
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  CONSTRAINT outcome_audits_pkey PRIMARY KEY (tenant_id, audit_id)
  POLICY outcome_audits_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE outcome_controls ROW SECURITY
  tenant_id bigint NOT NULL
  source text NOT NULL
  period text NOT NULL
  type text NOT NULL
  version integer NOT NULL
  event_count bigint NOT NULL
  value_amount numeric
  value_asset text
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  CONSTRAINT outcome_controls_pkey PRIMARY KEY (tenant_id, source, period, type, version)
  POLICY outcome_controls_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE outcome_events WITH (autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  source text NOT NULL
  event_id text NOT NULL
  kind text NOT NULL
  key text NOT NULL
  verb text NOT NULL
  effect text NOT NULL
  occurred_at timestamp with time zone NOT NULL
  sequence text
  value_amount numeric
  value_asset text
  attributes jsonb NOT NULL
  surrogate_id uuid NOT NULL
  salt bytea
  received_at timestamp with time zone NOT NULL
  received_by uuid
  tier text
  quality text
  refers_to jsonb
  CONSTRAINT outcome_events_pkey PRIMARY KEY (tenant_id, ref, source, event_id)
  CREATE INDEX outcome_events_occurred_at_idx ON public.outcome_events USING brin (occurred_at)
  CREATE INDEX outcome_events_received_at_idx ON public.outcome_events USING btree (tenant_id, received_at, surrogate_id)
  CREATE INDEX outcome_events_surrogate_idx ON public.outcome_events USING btree (tenant_id, surrogate_id)
  POLICY outcome_events_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY outcome_events_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE outcome_receipts ROW SECURITY
  tenant_id bigint NOT NULL
  source text NOT NULL
  event_id text NOT NULL
  content_hash bytea NOT NULL
  ref text NOT NULL
  received_at timestamp with time zone NOT NULL
  CONSTRAINT outcome_receipts_pkey PRIMARY KEY (tenant_id, source, event_id)
  POLICY outcome_receipts_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE periods ROW SECURITY
  tenant_id bigint NOT NULL
  period text NOT NULL
  requested_at timestamp with time zone NOT NULL
  requested_by uuid NOT NULL
  key_id uuid NOT NULL
  inbox_seq bigint NOT NULL
  closed_at timestamp with time zone
  size bigint
  root bytea
  trial_balance jsonb
  rules jsonb
  revisions bigint
  revisions_root bytea
  CONSTRAINT periods_period_check CHECK ((period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text))
  CONSTRAINT periods_pkey PRIMARY KEY (tenant_id, period)
  POLICY periods_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE policies ROW SECURITY
  tenant_id bigint NOT NULL
  name text NOT NULL
  version integer NOT NULL
  valid_from timestamp with time zone
  rule jsonb NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  created_by uuid
  CONSTRAINT policies_pkey PRIMARY KEY (tenant_id, name, version)
  POLICY policies_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE positions WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=10000, autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  posting_id uuid NOT NULL
  attempt_id uuid NOT NULL
  account text NOT NULL
  asset text NOT NULL
  amount numeric NOT NULL
  usage_day date NOT NULL
  CONSTRAINT positions_pkey PRIMARY KEY (tenant_id, posting_id, attempt_id, account, asset, usage_day)
  POLICY positions_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY positions_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE posting_halts ROW SECURITY
  tenant_id bigint NOT NULL
  halt_id uuid NOT NULL
  invariant text NOT NULL
  subject text NOT NULL
  found text NOT NULL
  raised_at timestamp with time zone NOT NULL
  cleared_at timestamp with time zone
  cleared_by uuid
  reason text
  CONSTRAINT posting_halts_pkey PRIMARY KEY (tenant_id, halt_id)
  CREATE INDEX posting_halts_open_idx ON public.posting_halts USING btree (tenant_id) WHERE (cleared_at IS NULL)
  POLICY posting_halts_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT, UPDATE (cleared_at), UPDATE (cleared_by), UPDATE (reason) TO outcome_ledger_api

TABLE postings WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=10000, autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  posting_id uuid NOT NULL
  version bigint NOT NULL
  CONSTRAINT postings_pkey PRIMARY KEY (tenant_id, posting_id)
  POLICY postings_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE preview_decisions ROW SECURITY
  tenant_id bigint NOT NULL
  preview_id uuid NOT NULL
  decision text NOT NULL
  decided_at timestamp with time zone NOT NULL
  decided_by uuid NOT NULL
  CONSTRAINT preview_decisions_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'declined'::text])))
  CONSTRAINT preview_decisions_pkey PRIMARY KEY (tenant_id, preview_id)
  POLICY preview_decisions_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE preview_marks ROW SECURITY
  tenant_id bigint NOT NULL
  preview_id uuid NOT NULL
  mark text NOT NULL
  CONSTRAINT preview_marks_pkey PRIMARY KEY (tenant_id, preview_id, mark)
  POLICY preview_marks_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE preview_namings ROW SECURITY
  tenant_id bigint NOT NULL
  preview_id uuid NOT NULL
  ref text NOT NULL
  trace_id uuid NOT NULL
  CONSTRAINT preview_namings_pkey PRIMARY KEY (tenant_id, preview_id, ref, trace_id)
  CREATE INDEX preview_namings_trace_idx ON public.preview_namings USING btree (tenant_id, preview_id, trace_id)
  POLICY preview_namings_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE previews ROW SECURITY
  tenant_id bigint NOT NULL
  preview_id uuid NOT NULL
  kind text NOT NULL
  digest bytea NOT NULL
  body jsonb NOT NULL
  rule jsonb NOT NULL
  requested_at timestamp with time zone NOT NULL
  requested_by uuid NOT NULL
  key_id uuid NOT NULL
  from_size bigint NOT NULL
  to_size bigint
  traces_known bigint NOT NULL
  summary jsonb NOT NULL DEFAULT '{}'::jsonb
  CONSTRAINT previews_pkey PRIMARY KEY (tenant_id, preview_id)
  POLICY previews_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE price_books ROW SECURITY
  tenant_id bigint NOT NULL
  book text NOT NULL
  version integer NOT NULL
  source text NOT NULL
  digest bytea NOT NULL
  row_count integer NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  created_by uuid
  CONSTRAINT price_books_pkey PRIMARY KEY (tenant_id, book, version)
  POLICY price_books_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = ANY (ARRAY[(0)::bigint, (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint])) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE prices ROW SECURITY
  tenant_id bigint NOT NULL
  price_id uuid NOT NULL
  book text NOT NULL
  version integer NOT NULL
  provider text NOT NULL
  model text NOT NULL
  valid_from timestamp with time zone
  valid_to timestamp with time zone
  rule jsonb NOT NULL
  CONSTRAINT prices_pkey PRIMARY KEY (tenant_id, price_id)
  POLICY prices_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = ANY (ARRAY[(0)::bigint, (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint])) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE principals ROW SECURITY
  tenant_id bigint NOT NULL
  principal_id uuid NOT NULL
  name text NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  CONSTRAINT principals_name_key UNIQUE (tenant_id, name)
  CONSTRAINT principals_pkey PRIMARY KEY (tenant_id, principal_id)
  CONSTRAINT principals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
  POLICY principals_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE quality_backlog WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0.5) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  CONSTRAINT quality_backlog_pkey PRIMARY KEY (tenant_id, trace_id)
  POLICY quality_backlog_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE quality_days WITH (fillfactor=50) ROW SECURITY
  tenant_id bigint NOT NULL
  day date NOT NULL
  emitter_id uuid NOT NULL
  measure text NOT NULL
  shard smallint NOT NULL
  n bigint NOT NULL
  CONSTRAINT quality_days_pkey PRIMARY KEY (tenant_id, day, emitter_id, measure, shard)
  POLICY quality_days_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE quality_findings ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  emitter_id uuid NOT NULL
  day date NOT NULL
  code text NOT NULL
  spans integer NOT NULL
  span_id bigint NOT NULL
  started_at timestamp with time zone NOT NULL
  CONSTRAINT quality_findings_pkey PRIMARY KEY (tenant_id, trace_id, emitter_id, day, code)
  CREATE INDEX quality_findings_code_idx ON public.quality_findings USING btree (tenant_id, emitter_id, code, day, trace_id)
  POLICY quality_findings_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE reconciliations ROW SECURITY
  tenant_id bigint NOT NULL
  provider text NOT NULL
  period text NOT NULL
  is_booked boolean NOT NULL
  result jsonb NOT NULL
  reconciled_at timestamp with time zone NOT NULL
  not_compared jsonb NOT NULL DEFAULT '[]'::jsonb
  CONSTRAINT reconciliations_pkey PRIMARY KEY (tenant_id, provider, period)
  POLICY reconciliations_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE record_id_keys
  key_check bytea NOT NULL
  begins_at timestamp with time zone
  recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  CONSTRAINT record_id_keys_key_check_check CHECK ((octet_length(key_check) = 8))
  CONSTRAINT record_id_keys_pkey PRIMARY KEY (key_check)
  CREATE UNIQUE INDEX record_id_keys_begins_at ON public.record_id_keys USING btree (begins_at) NULLS NOT DISTINCT

TABLE resources ROW SECURITY
  tenant_id bigint NOT NULL
  resource_id uuid NOT NULL
  bytes bytea NOT NULL
  CONSTRAINT resources_pkey PRIMARY KEY (tenant_id, resource_id)
  POLICY resources_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE reversals ROW SECURITY
  tenant_id bigint NOT NULL
  posting_id uuid NOT NULL
  txn_id uuid NOT NULL
  adjustment_id uuid NOT NULL
  CONSTRAINT reversals_pkey PRIMARY KEY (tenant_id, posting_id, txn_id)
  POLICY reversals_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE run_waste WITH (fillfactor=85) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  attempt_id uuid NOT NULL
  total numeric NOT NULL
  essential numeric NOT NULL
  waste numeric NOT NULL
  with_content numeric NOT NULL
  after_warning numeric
  billed_input bigint NOT NULL
  unique_input bigint NOT NULL
  cache_read bigint NOT NULL
  essential_spans bigint[] NOT NULL
  offered jsonb
  output_steps text[] NOT NULL
  output_tokens bigint[] NOT NULL
  output_pico numeric[] NOT NULL
  rules text NOT NULL
  CONSTRAINT run_waste_pkey PRIMARY KEY (tenant_id, trace_id, attempt_id)
  CREATE INDEX run_waste_offered_idx ON public.run_waste USING btree (tenant_id) WHERE (offered IS NOT NULL)
  POLICY run_waste_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE scopes ROW SECURITY
  tenant_id bigint NOT NULL
  scope_id uuid NOT NULL
  bytes bytea NOT NULL
  CONSTRAINT scopes_pkey PRIMARY KEY (tenant_id, scope_id)
  POLICY scopes_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE set_aside ROW SECURITY
  tenant_id bigint NOT NULL
  id uuid NOT NULL
  kind text NOT NULL
  reason text NOT NULL
  subject text NOT NULL
  detail jsonb NOT NULL
  bytes bytea
  since timestamp with time zone NOT NULL
  cleared_at timestamp with time zone
  CONSTRAINT set_aside_kind_check CHECK ((kind = ANY (ARRAY['unmatched_spend'::text, 'unmatched_outcome'::text, 'unpriced'::text, 'rejected'::text, 'conflicting'::text])))
  CONSTRAINT set_aside_pkey PRIMARY KEY (tenant_id, id)
  CREATE INDEX set_aside_open_idx ON public.set_aside USING btree (tenant_id, kind, since) WHERE (cleared_at IS NULL)
  POLICY set_aside_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY set_aside_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE span_days ROW SECURITY
  tenant_id bigint NOT NULL
  day date NOT NULL
  spans bigint NOT NULL
  traces bigint NOT NULL
  batches bigint NOT NULL
  keep_days integer NOT NULL
  recorded_at timestamp with time zone NOT NULL
  dropped_at timestamp with time zone
  CONSTRAINT span_days_pkey PRIMARY KEY (tenant_id, day)
  POLICY span_days_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE span_places ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  day date NOT NULL
  span_ids bigint[] NOT NULL
  started_at timestamp with time zone[] NOT NULL
  batch_ids uuid[] NOT NULL
  positions integer[] NOT NULL
  last_ended_at timestamp with time zone NOT NULL
  root_ended boolean NOT NULL
  CONSTRAINT span_places_pkey PRIMARY KEY (tenant_id, trace_id, day)
  POLICY span_places_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE spans PARTITION BY RANGE (started_at) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  span_id bigint NOT NULL
  started_at timestamp with time zone NOT NULL
  ended_at timestamp with time zone NOT NULL
  parent_span_id bigint
  resource_id uuid NOT NULL
  scope_id uuid NOT NULL
  batch_id uuid NOT NULL
  position integer NOT NULL
  name text NOT NULL
  bytes bytea NOT NULL
  signal smallint NOT NULL DEFAULT 0
  cut_at timestamp with time zone
  CONSTRAINT spans_pkey PRIMARY KEY (tenant_id, trace_id, span_id, started_at)
  POLICY spans_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE steps WITH (autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  revision integer NOT NULL
  span_id bigint NOT NULL
  started_at timestamp with time zone NOT NULL
  role text NOT NULL
  provider text
  call_model text
  record text NOT NULL
  CONSTRAINT steps_pkey PRIMARY KEY (tenant_id, trace_id, revision, span_id, started_at)
  CREATE INDEX steps_started_at_idx ON public.steps USING brin (started_at)
  POLICY steps_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE tenant_limits ROW SECURITY
  tenant_id bigint NOT NULL
  bytes_per_second bigint
  requests_per_second integer
  changed_at timestamp with time zone NOT NULL
  CONSTRAINT tenant_limits_bytes_per_second_check CHECK ((bytes_per_second > 0))
  CONSTRAINT tenant_limits_pkey PRIMARY KEY (tenant_id)
  CONSTRAINT tenant_limits_requests_per_second_check CHECK ((requests_per_second > 0))
  POLICY tenant_limits_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE tenants ROW SECURITY
  tenant_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  slug text NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
  history_from bigint NOT NULL DEFAULT 0
  candidates_from bigint NOT NULL DEFAULT 0
  CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id)
  CONSTRAINT tenants_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
  CONSTRAINT tenants_slug_key UNIQUE (slug)
  POLICY tenants_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE trace_quality WITH (fillfactor=85) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  claims integer NOT NULL
  summary text NOT NULL
  CONSTRAINT trace_quality_pkey PRIMARY KEY (tenant_id, trace_id)
  POLICY trace_quality_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE trace_readings WITH (fillfactor=85) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  revision integer NOT NULL
  reading text NOT NULL
  CONSTRAINT trace_readings_pkey PRIMARY KEY (tenant_id, trace_id)
  POLICY trace_readings_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE trace_refs WITH (autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=10000, autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  trace_id uuid NOT NULL
  started_at timestamp with time zone NOT NULL
  detail jsonb NOT NULL
  naming text
  is_announced boolean NOT NULL DEFAULT true
  CONSTRAINT trace_refs_naming_check CHECK ((naming = ANY (ARRAY['declared'::text, 'found'::text])))
  CONSTRAINT trace_refs_pkey PRIMARY KEY (tenant_id, ref, trace_id)
  CREATE INDEX trace_refs_running_totals_idx ON public.trace_refs USING btree (tenant_id, ref, started_at, trace_id) WHERE (split_part(ref, ':'::text, 1) = 'running_total'::text)
  CREATE INDEX trace_refs_trace_idx ON public.trace_refs USING btree (tenant_id, trace_id)
  POLICY trace_refs_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE traces WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=10000, autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  first_started_at timestamp with time zone NOT NULL
  last_ended_at timestamp with time zone NOT NULL
  span_count integer NOT NULL
  root_ended boolean NOT NULL
  first_received_at timestamp with time zone NOT NULL
  last_received_at timestamp with time zone NOT NULL
  revision integer NOT NULL DEFAULT 0
  revision_span_count integer NOT NULL DEFAULT 0
  CONSTRAINT traces_pkey PRIMARY KEY (tenant_id, trace_id)
  CREATE INDEX traces_last_received_at_idx ON public.traces USING brin (last_received_at) WITH (pages_per_range='32')
  POLICY traces_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE tree_nodes ROW SECURITY
  tenant_id bigint NOT NULL
  level smallint NOT NULL
  idx bigint NOT NULL
  hash bytea NOT NULL
  CONSTRAINT tree_nodes_level_check CHECK ((level >= 1))
  CONSTRAINT tree_nodes_pkey PRIMARY KEY (tenant_id, level, idx)
  POLICY tree_nodes_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE usage_reports ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  span_id bigint NOT NULL
  source text NOT NULL
  report_id text NOT NULL
  says text NOT NULL
  amount numeric
  asset text
  sequence bigint NOT NULL
  content_hash bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  surrogate_id uuid
  salt bytea
  CONSTRAINT usage_reports_pkey PRIMARY KEY (tenant_id, trace_id, span_id, source, report_id)
  CONSTRAINT usage_reports_says_check CHECK ((says = ANY (ARRAY['estimate'::text, 'actual'::text, 'not_billed'::text])))
  POLICY usage_reports_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE waste_due WITH (fillfactor=70) ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  version bigint NOT NULL
  leased_until timestamp with time zone
  failures integer NOT NULL DEFAULT 0
  CONSTRAINT waste_due_pkey PRIMARY KEY (tenant_id, trace_id)
  POLICY waste_due_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE waste_findings ROW SECURITY
  tenant_id bigint NOT NULL
  trace_id uuid NOT NULL
  attempt_id uuid NOT NULL
  span_id bigint NOT NULL
  rule text NOT NULL
  state text NOT NULL
  reason text NOT NULL
  because bigint[] NOT NULL
  cost_of bigint[] NOT NULL
  found numeric
  waste numeric NOT NULL
  started_at timestamp with time zone NOT NULL
  CONSTRAINT waste_findings_pkey PRIMARY KEY (tenant_id, trace_id, attempt_id, span_id, rule)
  CREATE INDEX waste_findings_rule_idx ON public.waste_findings USING btree (tenant_id, rule, started_at)
  POLICY waste_findings_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE work_item_aliases ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  work_item_ref text NOT NULL
  CONSTRAINT work_item_aliases_pkey PRIMARY KEY (tenant_id, ref, work_item_ref)
  CREATE INDEX work_item_aliases_item_idx ON public.work_item_aliases USING btree (tenant_id, work_item_ref)
  POLICY work_item_aliases_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE work_item_history ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  from_batch uuid NOT NULL
  to_batch uuid NOT NULL
  was jsonb NOT NULL
  CONSTRAINT work_item_history_pkey PRIMARY KEY (tenant_id, ref, to_batch)
  POLICY work_item_history_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api

TABLE work_item_relations ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  relation text NOT NULL
  other_ref text NOT NULL
  CONSTRAINT work_item_relations_pkey PRIMARY KEY (tenant_id, ref, relation, other_ref)
  CONSTRAINT work_item_relations_relation_check CHECK ((relation = ANY (ARRAY['merged_into'::text, 'merged_from'::text, 'split_into'::text, 'split_from'::text])))
  POLICY work_item_relations_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT INSERT, SELECT TO outcome_ledger_api

TABLE work_items WITH (autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=10000, autovacuum_analyze_scale_factor=0.01) ROW SECURITY
  tenant_id bigint NOT NULL
  ref text NOT NULL
  kind text NOT NULL
  key text NOT NULL
  surrogate_id uuid NOT NULL
  version bigint NOT NULL DEFAULT 1
  phase text NOT NULL DEFAULT 'open'::text
  outcome_type text NOT NULL
  definition text NOT NULL
  generation integer NOT NULL DEFAULT 1
  phase_at timestamp with time zone
  final_at timestamp with time zone
  value_amount numeric
  value_asset text
  event_count integer NOT NULL DEFAULT 0
  first_attempt_at timestamp with time zone
  last_attempt_at timestamp with time zone
  since_batch uuid
  tier text
  quality text
  merged_into text
  split_from text
  split_weight bigint
  deadline_verb text
  deadline_at timestamp with time zone
  cost_lines integer NOT NULL DEFAULT 0
  unpriced_lines integer NOT NULL DEFAULT 0
  assumed_lines integer NOT NULL DEFAULT 0
  human_ms bigint NOT NULL DEFAULT 0
  id_seed uuid
  CONSTRAINT work_items_pkey PRIMARY KEY (tenant_id, ref)
  CREATE INDEX work_items_deadline_at_idx ON public.work_items USING btree (deadline_at) WHERE (deadline_at IS NOT NULL)
  CREATE INDEX work_items_final_at_idx ON public.work_items USING btree (tenant_id, final_at)
  CREATE INDEX work_items_first_attempt_at_idx ON public.work_items USING btree (tenant_id, first_attempt_at)
  CREATE INDEX work_items_surrogate_idx ON public.work_items USING btree (tenant_id, surrogate_id)
  POLICY work_items_analytics FOR r TO {outcome_ledger_views} USING (tenant_id = ( SELECT analytics.tenant() AS tenant))
  POLICY work_items_tenant FOR * TO {outcome_ledger_api} USING (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)
  GRANT SELECT TO outcome_ledger_api
