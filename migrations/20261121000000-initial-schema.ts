import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of issue "from a span to the cost of an outcome". Groups and keys follow docs/adr/002:
 * T by trace_id or posting_id, R by ref, ref = reference, L = local. No trigger, no foreign key between
 * big tables, the distribution key in every unique constraint.
 */
export class InitialSchema20261121000000 implements MigrationInterface {
  readonly name = 'InitialSchema20261121000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [SETTINGS, SPANS, STEPS, OUTCOMES, LEDGER, EVIDENCE, WORK, ROLES])
      await runner.query(sql);
  }

  down(): Promise<void> {
    throw new Error('the first migration is not undone: drop the database instead');
  }
}

const SETTINGS = `
CREATE TABLE tenants (                                   -- L, setting
  tenant_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT tenants_slug_key UNIQUE (slug),
  CONSTRAINT tenants_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$')
);
CREATE TABLE principals (                                -- L, setting
  tenant_id    bigint NOT NULL REFERENCES tenants,
  principal_id uuid NOT NULL,
  name         text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, principal_id),
  CONSTRAINT principals_name_key UNIQUE (tenant_id, name)
);
CREATE TABLE api_keys (                                  -- L, setting
  tenant_id    bigint NOT NULL,
  key_id       uuid NOT NULL,
  principal_id uuid NOT NULL,
  secret_hash  bytea NOT NULL,                           -- SHA-256 of the whole key text
  roles        text[] NOT NULL,
  sources      text[],                                   -- for the role outcomes: CloudEvents sources it may speak for; null = all
  kinds        text[],                                   -- for the role outcomes: kinds of work item; null = all
  is_bootstrap boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at   timestamptz,
  PRIMARY KEY (tenant_id, key_id),
  CONSTRAINT api_keys_secret_key UNIQUE (secret_hash),
  FOREIGN KEY (tenant_id, principal_id) REFERENCES principals
);
CREATE TABLE price_books (                               -- reference, setting: a dated import of prices
  tenant_id    bigint NOT NULL,                          -- 0 = shipped to all tenants
  book         text NOT NULL,
  version      integer NOT NULL,
  source       text NOT NULL,
  digest       bytea NOT NULL,
  row_count    integer NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by   uuid,
  PRIMARY KEY (tenant_id, book, version)
);
CREATE TABLE prices (                                    -- reference, setting: one row per model and period
  tenant_id    bigint NOT NULL,
  price_id     uuid NOT NULL,
  book         text NOT NULL,
  version      integer NOT NULL,
  provider     text NOT NULL,
  model        text NOT NULL,
  valid_from   timestamptz,                              -- null = from the beginning
  valid_to     timestamptz,                              -- exclusive; null = open
  rule         jsonb NOT NULL,                           -- PriceRow of libs/pricing; prices as decimal strings in pico-units
  PRIMARY KEY (tenant_id, price_id)
);
CREATE TABLE definitions (                               -- reference, setting: outcome definitions
  tenant_id bigint NOT NULL, name text NOT NULL, version integer NOT NULL,
  valid_from timestamptz, rule jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(), created_by uuid,
  PRIMARY KEY (tenant_id, name, version)
);
CREATE TABLE policies (LIKE definitions INCLUDING ALL);  -- reference, setting: overhead pools, dimensions
CREATE TABLE key_mappings (LIKE definitions INCLUDING ALL); -- reference, setting: where work item keys are found
CREATE TABLE baselines (LIKE definitions INCLUDING ALL); -- reference, setting: what the same outcome costs another way
`;

const SPANS = `
CREATE TABLE spans (                                     -- T, record
  tenant_id      bigint NOT NULL,
  trace_id       uuid NOT NULL,
  span_id        bigint NOT NULL,
  started_at     timestamptz NOT NULL,
  ended_at       timestamptz NOT NULL,
  parent_span_id bigint,
  resource_id    uuid NOT NULL,
  scope_id       uuid NOT NULL,
  batch_id       uuid NOT NULL,
  position       integer NOT NULL,                       -- in the export request, rejected spans counted
  name           text NOT NULL,
  bytes          bytea NOT NULL,                         -- the span's own protobuf bytes as received
  PRIMARY KEY (tenant_id, trace_id, span_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE TABLE resources (                                 -- L, record: distinct resource protobuf bytes
  tenant_id bigint NOT NULL, resource_id uuid NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (tenant_id, resource_id)
);
CREATE TABLE scopes (                                    -- L, record
  tenant_id bigint NOT NULL, scope_id uuid NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (tenant_id, scope_id)
);
CREATE TABLE traces (                                    -- T, projection
  tenant_id        bigint NOT NULL,
  trace_id         uuid NOT NULL,
  first_started_at timestamptz NOT NULL,
  last_ended_at    timestamptz NOT NULL,
  span_count       integer NOT NULL,
  root_ended       boolean NOT NULL,
  first_received_at timestamptz NOT NULL,
  last_received_at timestamptz NOT NULL,
  revision         integer NOT NULL DEFAULT 0,           -- newest assembled revision; 0 = none yet
  revision_span_count integer NOT NULL DEFAULT 0,        -- spans that revision was made from
  PRIMARY KEY (tenant_id, trace_id)
) WITH (fillfactor = 80);
`;

const STEPS = `
CREATE TABLE steps (                                     -- T, record: a row only where a revision changed the step
  tenant_id   bigint NOT NULL,
  trace_id    uuid NOT NULL,
  revision    integer NOT NULL,
  span_id     bigint NOT NULL,
  started_at  timestamptz NOT NULL,
  role        text NOT NULL,
  provider    text,
  call_model  text,
  record      text NOT NULL,                             -- canonical step record (RFC 8785), the bytes that are hashed
  PRIMARY KEY (tenant_id, trace_id, revision, span_id, started_at)
);
CREATE INDEX steps_started_at_idx ON steps USING brin (started_at);
CREATE TABLE trace_refs (                                -- R, record of the newest revision: every joining key
  tenant_id  bigint NOT NULL,
  ref        text NOT NULL,
  trace_id   uuid NOT NULL,
  started_at timestamptz NOT NULL,
  detail     jsonb NOT NULL,                             -- for work items: the attempts of this trace at it
  PRIMARY KEY (tenant_id, ref, trace_id)
);
CREATE INDEX trace_refs_trace_idx ON trace_refs (tenant_id, trace_id);
CREATE TABLE links (                                     -- T, record
  tenant_id     bigint NOT NULL,
  trace_id      uuid NOT NULL,
  link_id       uuid NOT NULL,
  work_item_ref text NOT NULL,
  scope         text NOT NULL CHECK (scope IN ('trace', 'attempt', 'step')),
  span_id       bigint,
  tier          text NOT NULL,
  confidence    numeric(5, 4) NOT NULL,
  rule          text NOT NULL,
  supersedes    uuid,
  recorded_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, link_id)
);
CREATE TABLE attempts (                                  -- T, projection: one row per trace of an attempt (docs/adr/004)
  tenant_id     bigint NOT NULL,
  trace_id      uuid NOT NULL,
  attempt_id    uuid NOT NULL,
  work_item_ref text NOT NULL,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz NOT NULL,
  key_kind      text NOT NULL,                           -- attempt | conversation | trace | agent
  grade         text NOT NULL,                           -- metered | estimated (inferred boundary)
  placement     text NOT NULL,                           -- work | outcome | waste:retry | waste:failed | ...
  workflow      text NOT NULL,
  agent         text,
  model         text,
  provider      text,
  dimensions    jsonb NOT NULL,
  model_calls   integer NOT NULL,                        -- leaves: model calls, embeddings, reranks
  unpriced_calls integer NOT NULL,                       -- leaves with usage but without a price
  calls_without_usage integer NOT NULL,
  PRIMARY KEY (tenant_id, trace_id, attempt_id)
);
CREATE INDEX attempts_work_item_idx ON attempts (tenant_id, work_item_ref);
`;

const OUTCOMES = `
CREATE TABLE outcome_events (                            -- R, record
  tenant_id   bigint NOT NULL,
  ref         text NOT NULL,                             -- of the work item
  source      text NOT NULL,
  event_id    text NOT NULL,
  kind        text NOT NULL,
  key         text NOT NULL,
  verb        text NOT NULL,
  effect      text NOT NULL,                             -- OutcomeEffect, or 'set_aside'
  occurred_at timestamptz NOT NULL,
  sequence    text,
  value_amount numeric,
  value_asset text,
  attributes  jsonb NOT NULL,                            -- data and extension attributes as received
  surrogate_id uuid NOT NULL,                            -- names the event in leaves
  salt        bytea,                                     -- of the leaf's commitment to the content; erasable
  received_at timestamptz NOT NULL,
  received_by uuid,
  PRIMARY KEY (tenant_id, ref, source, event_id)
);
CREATE INDEX outcome_events_occurred_at_idx ON outcome_events USING brin (occurred_at);
CREATE INDEX outcome_events_received_at_idx ON outcome_events (tenant_id, received_at, surrogate_id);
CREATE INDEX outcome_events_surrogate_idx ON outcome_events (tenant_id, surrogate_id);
CREATE TABLE outcome_receipts (                          -- L, record: idempotency by (source, id)
  tenant_id bigint NOT NULL, source text NOT NULL, event_id text NOT NULL,
  content_hash bytea NOT NULL, ref text NOT NULL, received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, source, event_id)
);
CREATE TABLE work_item_aliases (                         -- R, record: a conversation that an outcome event names (docs/adr/004)
  tenant_id bigint NOT NULL, ref text NOT NULL, work_item_ref text NOT NULL,
  PRIMARY KEY (tenant_id, ref, work_item_ref)
);
CREATE TABLE work_items (                                -- R, projection
  tenant_id     bigint NOT NULL,
  ref           text NOT NULL,
  kind          text NOT NULL,
  key           text NOT NULL,
  surrogate_id  uuid NOT NULL,
  version       bigint NOT NULL DEFAULT 1,               -- advanced first, so that refreshes are serialised
  phase         text NOT NULL DEFAULT 'open',
  outcome_type  text NOT NULL,
  definition    text NOT NULL,
  generation    integer NOT NULL DEFAULT 1,
  phase_at      timestamptz,                             -- business time of the newest change of phase
  final_at      timestamptz,                             -- phase_at plus the waiting window; null while open
  value_amount  numeric,
  value_asset   text,
  event_count   integer NOT NULL DEFAULT 0,
  first_attempt_at timestamptz,
  last_attempt_at timestamptz,
  PRIMARY KEY (tenant_id, ref)
);
CREATE INDEX work_items_final_at_idx ON work_items (tenant_id, final_at);
CREATE INDEX work_items_first_attempt_at_idx ON work_items (tenant_id, first_attempt_at);
CREATE TABLE imports (                                   -- L, record: progress and per-line errors of CSV and NDJSON imports
  tenant_id bigint NOT NULL, import_id uuid NOT NULL, format text NOT NULL,
  lines_read integer NOT NULL DEFAULT 0, stored integer NOT NULL DEFAULT 0, duplicate integer NOT NULL DEFAULT 0,
  set_aside integer NOT NULL DEFAULT 0, rejected integer NOT NULL DEFAULT 0,
  errors jsonb NOT NULL DEFAULT '[]', state text NOT NULL, started_at timestamptz NOT NULL, advanced_at timestamptz NOT NULL, ended_at timestamptz,
  PRIMARY KEY (tenant_id, import_id)
);
`;

const LEDGER = `
CREATE TABLE postings (                                  -- T (posting_id), record: serialises postings
  tenant_id bigint NOT NULL, posting_id uuid NOT NULL, version bigint NOT NULL,
  PRIMARY KEY (tenant_id, posting_id)
) WITH (fillfactor = 80);
CREATE TABLE ledger_transactions (                       -- T, record
  tenant_id      bigint NOT NULL,
  posting_id     uuid NOT NULL,
  txn_id         uuid NOT NULL,
  code           text NOT NULL,
  cause          text NOT NULL,
  effective_at   timestamptz NOT NULL,
  recorded_at    timestamptz NOT NULL,
  period         text NOT NULL,
  rules          text NOT NULL,                          -- rule versions in force
  batch_id       uuid NOT NULL,                          -- the ledger.batch leaf
  PRIMARY KEY (tenant_id, posting_id, txn_id)
);
CREATE TABLE ledger_entries (                            -- T, record
  tenant_id     bigint NOT NULL,
  posting_id    uuid NOT NULL,
  txn_id        uuid NOT NULL,
  n             integer NOT NULL,
  account       text NOT NULL,
  asset         text NOT NULL,
  amount        bigint NOT NULL CHECK (amount <> 0),     -- + debit, - credit, in the asset's smallest unit
  usage_span_id bigint NOT NULL,
  usage_day     date NOT NULL,
  provider      text NOT NULL,
  call_model    text NOT NULL,
  attempt_id    uuid,
  work_item_ref text,
  price_id      uuid,
  PRIMARY KEY (tenant_id, posting_id, txn_id, n)
);
CREATE INDEX ledger_entries_usage_day_idx ON ledger_entries USING brin (usage_day);
CREATE TABLE positions (                                 -- T, projection: sum of entries, serves the reports
  tenant_id  bigint NOT NULL,
  posting_id uuid NOT NULL,
  attempt_id uuid NOT NULL,                              -- all zero where the cost has no attempt
  account    text NOT NULL,
  asset      text NOT NULL,
  amount     numeric NOT NULL,
  PRIMARY KEY (tenant_id, posting_id, attempt_id, account, asset)
) WITH (fillfactor = 80);
`;

const EVIDENCE = `
CREATE TABLE batches (                                   -- L, record: one per (export request, tenant)
  tenant_id   bigint NOT NULL,
  batch_id    uuid NOT NULL,
  salt        bytea,                                     -- erasable
  digest      bytea NOT NULL,                            -- SHA-256(salt, length-prefixed span slices in wire order)
  signal      text NOT NULL,
  received    integer NOT NULL,
  stored      integer NOT NULL,
  duplicate   integer NOT NULL,
  conflicting integer NOT NULL,
  rejected    integer NOT NULL,
  key_id      uuid NOT NULL,
  received_at timestamptz NOT NULL,
  leaf_index  bigint,
  PRIMARY KEY (tenant_id, batch_id)
);
CREATE TABLE evidence_inbox (                            -- L, work: what the next seal takes
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   bigint NOT NULL,
  kind        text NOT NULL,
  subject_id  text NOT NULL,                             -- batch, trace, posting batch or event the leaf is about
  body        bytea NOT NULL,                            -- RFC 8785 JSON of the leaf without sealedAt
  recorded_at timestamptz NOT NULL
);
CREATE TABLE set_aside (                                 -- L, record: the worklists
  tenant_id  bigint NOT NULL,
  id         uuid NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('unmatched_spend', 'unmatched_outcome', 'unpriced', 'rejected', 'conflicting')),
  reason     text NOT NULL,
  subject    text NOT NULL,                              -- trace/span, outcome event, model, ...
  detail     jsonb NOT NULL,
  bytes      bytea,                                      -- what could not be stored elsewhere
  since      timestamptz NOT NULL,
  cleared_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX set_aside_open_idx ON set_aside (tenant_id, kind, since) WHERE cleared_at IS NULL;
`;

const WORK = `
CREATE TABLE fact_inbox (                                -- L, work: fact committed, traces not yet made due
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   bigint NOT NULL,
  kind        text NOT NULL,                             -- outcome.event | price.book | definition | policy | key_mapping
  cause       text NOT NULL,
  detail      jsonb NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  not_before  timestamptz,
  recorded_at timestamptz NOT NULL
);
CREATE TABLE due_traces (                                -- L, work
  tenant_id         bigint NOT NULL,
  trace_id          uuid NOT NULL,
  due_at            timestamptz NOT NULL,
  first_received_at timestamptz NOT NULL,
  root_ended        boolean NOT NULL,
  cause             text NOT NULL,                       -- spans, or the cause of the newest fact
  version           bigint NOT NULL DEFAULT 1,           -- advanced by every new reason; a claim is deleted only at its version
  leased_until      timestamptz,
  failures          integer NOT NULL DEFAULT 0,
  renormalise       boolean NOT NULL DEFAULT false,      -- a rule or another trace's witness changed: read the spans again
  PRIMARY KEY (tenant_id, trace_id)
) WITH (fillfactor = 70);
CREATE INDEX due_traces_due_at_idx ON due_traces (due_at);
CREATE TABLE causes (                                    -- L, record
  tenant_id bigint NOT NULL, cause_id text NOT NULL, kind text NOT NULL,
  opened_at timestamptz NOT NULL, done_at timestamptz, traces_due integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, cause_id)
);
`;

/** Every table with tenant rows that a principal may see: enabled, not forced, because COPY FROM is refused under FORCE. */
const TENANT_TABLES = [
  'principals',
  'api_keys',
  'definitions',
  'policies',
  'key_mappings',
  'baselines',
  'spans',
  'resources',
  'scopes',
  'traces',
  'steps',
  'trace_refs',
  'links',
  'attempts',
  'outcome_events',
  'outcome_receipts',
  'work_item_aliases',
  'work_items',
  'imports',
  'postings',
  'ledger_transactions',
  'ledger_entries',
  'positions',
  'batches',
  'evidence_inbox',
  'set_aside',
  'fact_inbox',
  'due_traces',
  'causes',
];
const SHIPPED_TABLES = ['price_books', 'prices'];

const TENANT = `nullif(current_setting('app.tenant', true), '')::bigint`;

const ROLES = `
DO $$ BEGIN
  CREATE ROLE outcome_ledger_api NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT outcome_ledger_api TO %I', current_user);
EXCEPTION WHEN OTHERS THEN NULL;                         -- already granted by another database of this cluster
END $$;
GRANT USAGE ON SCHEMA public TO outcome_ledger_api;
${TENANT_TABLES.map(
  (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});`,
).join('')}
${SHIPPED_TABLES.map(
  (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_tenant ON ${table} TO outcome_ledger_api USING (tenant_id IN (0, ${TENANT})) WITH CHECK (tenant_id = ${TENANT});`,
).join('')}
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants_tenant ON tenants TO outcome_ledger_api USING (tenant_id = ${TENANT});
GRANT SELECT ON ALL TABLES IN SCHEMA public TO outcome_ledger_api;
GRANT INSERT ON principals, api_keys, price_books, prices, definitions, policies, key_mappings, baselines,
  outcome_events, outcome_receipts, work_item_aliases, imports, evidence_inbox, set_aside, fact_inbox, causes
  TO outcome_ledger_api;
GRANT UPDATE (revoked_at) ON api_keys TO outcome_ledger_api;
GRANT UPDATE ON imports TO outcome_ledger_api;
`;
