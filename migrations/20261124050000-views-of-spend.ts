import { AMOUNT, KEY, KIND, PICO, UNIT, type AnalyticsView } from './20261124050000-analytics-view.ts';

const SPEND: AnalyticsView = {
  name: 'spend_by_day',
  comment:
    'What was spent by usage day, as on the bill, and where it sits now: the report cost-per-outcome, view period',
  columns: {
    day: 'UTC day of the usage',
    provider: 'Who bills it',
    call_model: 'Model of the call, as it is billed',
    place: 'outcome, retry, no_outcome, in_progress, overhead, unattributed or other',
    is_beside_calls: 'A cost line or the share of a pool, not a call of an agent',
    account: 'The account, for what place is too coarse for',
    currency: 'Currency of amount',
    amount: 'What it cost',
    work_items: 'Work items it belongs to',
  },
  query: `
SELECT usage_day, provider, call_model,
       CASE WHEN account = '5200:outcome' THEN 'outcome'
            WHEN account IN ('5205:carried:retry', '5205:carried:after_outcome', '5205:carried:reopened', '5300:waste:retry',
                             '5300:waste:after_outcome', '5300:waste:reopened') THEN 'retry'
            WHEN account IN ('5300:waste:failed', '5300:waste:abandoned') THEN 'no_outcome'
            WHEN account = '5100:work' THEN 'in_progress'
            WHEN account LIKE '5400:%' THEN 'overhead'
            WHEN account = '5000:unattributed' THEN 'unattributed' ELSE 'other' END,
       substr(account, 3, 1) <> '0', account, ${UNIT('asset')}, sum(amount) * ${PICO}, count(DISTINCT work_item_ref)
  FROM ledger_entries
 WHERE account >= '5' AND account < '59'
 GROUP BY usage_day, provider, call_model, account, asset
HAVING sum(amount) <> 0`,
};

const COVERAGE: AnalyticsView = {
  name: 'coverage_by_day',
  comment: 'How much of the work is known: attempts and calls by the day the attempt began',
  columns: {
    day: 'UTC day on which the attempt began',
    workflow: 'Workflow',
    attempts: 'Attempts',
    model_calls: 'Calls of models in them',
    unpriced_calls: 'Of them, calls without a price',
    calls_without_usage: 'Of them, calls that reported no tokens',
    estimated_attempts: 'Attempts that were told apart by events',
    allocated_attempts: 'Attempts with a share of a call for several work items',
    priced_share: 'Calls with a price and tokens / calls, to 6 places; null without calls',
  },
  query: `
SELECT (started_at AT TIME ZONE 'UTC')::date, workflow, count(DISTINCT attempt_id), sum(model_calls), sum(unpriced_calls),
       sum(calls_without_usage), count(DISTINCT attempt_id) FILTER (WHERE grade <> 'metered'),
       count(DISTINCT attempt_id) FILTER (WHERE is_allocated),
       round((sum(model_calls) - sum(unpriced_calls) - sum(calls_without_usage))::numeric / nullif(sum(model_calls), 0), 6)
  FROM attempts GROUP BY 1, 2`,
};

const COST_LINES: AnalyticsView = {
  name: 'cost_lines',
  comment:
    'What people told of cost beside the calls of agents; what it comes to by the rates in force is in view postings',
  columns: {
    source: 'Who told it',
    line_id: 'Its id there',
    work_item_kind: 'Kind of the work item',
    work_item_key: 'Key of the work item',
    kind: 'human, tool_fee, bpo_handoff, platform_fee or infrastructure',
    occurred_at: 'When it was incurred',
    received_at: 'When it was told',
    supersedes: 'The line that it takes the place of',
    is_superseded: 'Another line of the same source took its place',
    quantity: 'Quantity, as told',
    unit: 'Unit of quantity',
    role: 'Role of the person, by which an hourly rate is found',
    amount: 'Amount, where the line states one; in currency',
    currency: 'Currency of amount',
    billed_by: 'Provider that bills it; null = nobody does',
  },
  query: `
SELECT c.source, c.line_id, ${KIND('c.ref')}, ${KEY('c.ref')}, c.line_kind, c.occurred_at, c.received_at, c.supersedes,
       EXISTS (SELECT FROM cost_lines s
                WHERE s.tenant_id = c.tenant_id AND s.ref = c.ref AND s.source = c.source AND s.supersedes = c.line_id),
       (c.body ->> 'quantityMicro')::numeric * 0.000001, c.body ->> 'unit', c.body ->> 'role',
       (c.body #>> '{amount,amountPico}')::numeric * ${PICO}, ${UNIT("(c.body #>> '{amount,asset}')")}, c.body ->> 'biller'
  FROM cost_lines c`,
};

const POSTINGS: AnalyticsView = {
  name: 'postings',
  comment:
    'The journal: one row for each entry of the ledger. Debit is positive; a transaction sums to 0 by unit',
  columns: {
    transaction_id: 'The transaction',
    n: 'Number of the entry in it',
    code: 'Which kind of fact moved it: C100, C300, ...',
    cause: 'The fact',
    effective_at: 'When it took effect in the business',
    recorded_at: 'When it was posted',
    period: 'Month it was posted to',
    account: 'Account',
    unit: 'Currency, or what is counted',
    amount: 'Amount, exact',
    usage_day: 'UTC day of the usage',
    provider: 'Provider',
    call_model: 'Model of the call',
    trace_id: 'The trace; for a fact that no span has, the id of its posting',
    attempt_id: 'The attempt',
    work_item_kind: 'Kind of the work item',
    work_item_key: 'Key of the work item',
    price_id: 'The price row, on the side of what is owed',
  },
  query: `
SELECT t.txn_id, e.n, t.code, t.cause, t.effective_at, t.recorded_at, t.period, e.account, ${UNIT('e.asset')},
       ${AMOUNT('e.amount', 'e.asset')}, e.usage_day, e.provider, e.call_model, e.posting_id, e.attempt_id,
       ${KIND('e.work_item_ref')}, ${KEY('e.work_item_ref')}, e.price_id
  FROM ledger_entries e
  JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.posting_id = e.posting_id AND t.txn_id = e.txn_id`,
};

const BASELINES: AnalyticsView = {
  name: 'baselines',
  comment: 'What the same outcome costs another way: the newest version of each baseline in force',
  columns: {
    name: 'Name of the baseline',
    outcome_type: 'Outcome type it is for',
    method: 'bpo_contract, human_minutes or other',
    cost_per_outcome: 'Cost of one outcome',
    currency: 'Currency of it',
    source: 'Where the figure comes from',
    valid_from: 'From when on; null = from the beginning',
  },
  query: `
SELECT DISTINCT ON (name) name, rule ->> 'outcomeType', rule ->> 'method', (rule #>> '{costPerOutcome,amount}')::numeric,
       rule #>> '{costPerOutcome,currency}', rule ->> 'source', valid_from
  FROM baselines WHERE valid_from IS NULL OR valid_from <= now() ORDER BY name, version DESC`,
};

const WORKLIST: AnalyticsView = {
  name: 'worklist',
  comment: 'What was set aside because it could not be used, with the reason',
  columns: {
    kind: 'unmatched_spend, unmatched_outcome, unpriced, rejected or conflicting',
    reason: 'Why',
    subject: 'What',
    since: 'Since when',
    cleared_at: 'When it could be used after all; null = it still waits',
  },
  query: `SELECT kind, reason, subject, since, cleared_at FROM set_aside`,
};

const CHECKPOINTS: AnalyticsView = {
  name: 'checkpoints',
  comment: 'Signed sizes of the evidence log: how fresh the proofs are',
  columns: {
    size: 'Leaves of the log',
    root: 'RFC 6962 root, in base64',
    signed_at: 'When it was signed',
  },
  query: `SELECT size, encode(root, 'base64'), signed_at FROM checkpoints`,
};

export const VIEWS_OF_SPEND: readonly AnalyticsView[] = [
  SPEND,
  COVERAGE,
  COST_LINES,
  POSTINGS,
  BASELINES,
  WORKLIST,
  CHECKPOINTS,
];
