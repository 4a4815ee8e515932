import { AMOUNT, KEY, KIND, PICO, UNIT, type AnalyticsView } from './20261124050000-analytics-view.ts';

/** What stands posted of an attempt and trace at the places that reports count; USD in pico. */
const COST_OF_ATTEMPT = `SELECT sum(p.amount) FILTER (WHERE p.asset = 'USD/12') AS cost,
         sum(p.amount) FILTER (WHERE p.asset = 'USD/12' AND p.account = '5200:outcome') AS direct,
         coalesce(bool_or(p.asset <> 'USD/12' AND p.amount <> 0), false) AS has_other
    FROM positions p
   WHERE p.tenant_id = a.tenant_id AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
     AND p.account >= '5100' AND p.account < '5400'`;

const OUTCOME_COSTS: AnalyticsView = {
  name: 'outcome_costs_by_day',
  comment:
    'Cost per outcome by day and workflow: the report cost-per-outcome, view settled, grouped by day, workflow and outcome type',
  columns: {
    day: 'UTC day on which the work items became final',
    workflow: 'Workflow of the attempts; null = items that no spend is linked to',
    outcome_type: 'Outcome type',
    work_items: 'Work items that settled; one with attempts of two workflows counts in both',
    outcomes: 'Of them, achieved',
    attempts: 'Attempts at them',
    model_calls: 'Calls of models in the attempts',
    unpriced_calls: 'Of them, calls without a price: the cost is a lower bound where there are any',
    calls_without_usage: 'Of them, calls that reported no tokens',
    cost_usd:
      'Lifetime cost of the calls of these work items: direct + failed attempts + no outcome; null where nothing in it is priced',
    direct_cost_usd: 'The attempts that achieved the outcome',
    failed_attempt_cost_usd: 'The other attempts at work items that were achieved',
    no_outcome_cost_usd: 'Work items settled without an outcome',
    lines_usd: 'Cost lines and used overhead, in the workflow of the first attempt',
    loaded_cost_usd: 'cost_usd + lines_usd: compare this with a baseline; null where neither is known',
    cost_per_outcome_usd:
      'cost_usd / outcomes, to 12 places; null without an outcome. Over several rows divide the sums',
    loaded_cost_per_outcome_usd: 'loaded_cost_usd / outcomes, likewise',
    human_minutes: 'Time of people, in the workflow of the first attempt',
    has_other_currencies: 'Cost in other currencies stands beside these amounts',
  },
  query: `
SELECT day, workflow, outcome_type, work_items, outcomes, attempts, model_calls, unpriced_calls, calls_without_usage,
       CASE WHEN is_known THEN cost END, CASE WHEN is_known THEN direct END, CASE WHEN is_known THEN failed END,
       CASE WHEN is_known THEN no_outcome END, lines, CASE WHEN is_known OR lines <> 0 THEN cost + lines END,
       CASE WHEN is_known THEN round(cost / nullif(outcomes, 0), 12) END,
       CASE WHEN is_known OR lines <> 0 THEN round((cost + lines) / nullif(outcomes, 0), 12) END, human_minutes, has_other
  FROM (
SELECT day, workflow, outcome_type, count(*) AS work_items, count(*) FILTER (WHERE is_achieved) AS outcomes,
       sum(attempts)::bigint AS attempts, sum(model_calls)::bigint AS model_calls,
       sum(unpriced_calls)::bigint AS unpriced_calls, sum(calls_without_usage)::bigint AS calls_without_usage,
       sum(model_calls - unpriced_calls - calls_without_usage) > 0 OR sum(cost) <> 0 AS is_known, sum(cost) * ${PICO} AS cost,
       coalesce(sum(direct) FILTER (WHERE is_achieved), 0) * ${PICO} AS direct,
       coalesce(sum(cost - direct) FILTER (WHERE is_achieved), 0) * ${PICO} AS failed,
       coalesce(sum(cost) FILTER (WHERE NOT is_achieved), 0) * ${PICO} AS no_outcome, sum(lines) * ${PICO} AS lines,
       round(sum(human_ms) / 60000.0, 4) AS human_minutes, bool_or(has_other) AS has_other
  FROM (
    SELECT c.day, c.ref, c.outcome_type, c.is_achieved, c.workflow, c.attempts, c.model_calls, c.unpriced_calls,
           c.calls_without_usage, c.cost, c.direct, c.has_other OR (c.is_first AND coalesce(l.has_other, false)) AS has_other,
           CASE WHEN c.is_first THEN coalesce(l.amount, 0) ELSE 0 END AS lines,
           CASE WHEN c.is_first THEN c.human_ms ELSE 0 END AS human_ms
      FROM (
        SELECT day, ref, outcome_type, is_achieved, human_ms, workflow, count(attempt_id) AS attempts,
               coalesce(sum(model_calls), 0) AS model_calls, coalesce(sum(unpriced_calls), 0) AS unpriced_calls,
               coalesce(sum(calls_without_usage), 0) AS calls_without_usage, coalesce(sum(cost), 0) AS cost,
               coalesce(sum(direct), 0) AS direct, coalesce(bool_or(has_other), false) AS has_other,
               row_number() OVER (PARTITION BY day, ref, outcome_type ORDER BY min(place) COLLATE "C") = 1 AS is_first
          FROM (
            SELECT (w.final_at AT TIME ZONE 'UTC')::date AS day, w.ref, w.outcome_type, w.phase = 'achieved' AS is_achieved,
                   w.human_ms, a.attempt_id, min(a.place COLLATE "C") AS place,
                   substr(min(a.place COLLATE "C"), 57) AS workflow, sum(a.model_calls) AS model_calls,
                   sum(a.unpriced_calls) AS unpriced_calls, sum(a.calls_without_usage) AS calls_without_usage,
                   coalesce(sum(a.cost), 0) AS cost, coalesce(sum(a.direct), 0) AS direct, bool_or(a.has_other) AS has_other
              FROM work_items w
              LEFT JOIN (
                SELECT a.tenant_id, a.work_item_ref, a.attempt_id, a.model_calls, a.unpriced_calls, a.calls_without_usage,
                       lpad((extract(epoch FROM a.started_at) * 1000000)::bigint::text, 20, '0') || a.trace_id || a.workflow
                         AS place, p.cost, p.direct, p.has_other
                  FROM attempts a
                  LEFT JOIN (
                    SELECT tenant_id, posting_id, attempt_id, sum(amount) FILTER (WHERE asset = 'USD/12') AS cost,
                           sum(amount) FILTER (WHERE asset = 'USD/12' AND account = '5200:outcome') AS direct,
                           bool_or(asset <> 'USD/12' AND amount <> 0) AS has_other
                      FROM positions WHERE account >= '5100' AND account < '5400' GROUP BY 1, 2, 3
                  ) p ON p.tenant_id = a.tenant_id AND p.posting_id = a.trace_id AND p.attempt_id = a.attempt_id
              ) a ON a.tenant_id = w.tenant_id AND a.work_item_ref = w.ref
             WHERE w.phase <> 'open' AND w.final_at <= now()
             GROUP BY 1, 2, 3, 4, 5, 6
          ) attempt
         GROUP BY 1, 2, 3, 4, 5, 6
      ) c
      LEFT JOIN (
        SELECT ref, sum(amount) FILTER (WHERE asset = 'USD/12') AS amount,
               bool_or(asset <> 'USD/12' AND amount <> 0) AS has_other
          FROM item_positions GROUP BY 1
      ) l ON l.ref = c.ref
  ) cell
 GROUP BY 1, 2, 3) days`,
};

const WORK_ITEMS: AnalyticsView = {
  name: 'work_items',
  comment: 'One row for each work item, with what became of it and what it has cost so far',
  columns: {
    kind: 'Kind of the work item: ticket, claim, ...',
    key: 'The key that business systems know it by',
    outcome_id: 'The id that names it in the evidence log',
    outcome_type: 'What counts as its outcome: ticket.resolved',
    state: 'open, achieved, failed, cancelled, expired, merged or split',
    is_settled: 'Its state is final: the waiting window of the definition is over',
    final_at: 'When its state is final or will be; null while it is open',
    tier: 'How the outcome is known: confirmed, assumed, contained, assisted',
    quality: 'What the business says of its quality',
    first_attempt_at: 'When the first attempt at it began',
    last_attempt_at: 'When the last attempt at it began',
    value: 'What the outcome is worth, as told; in value_currency',
    value_currency: 'Currency of value',
    workflow: 'Workflow of the first attempt',
    agent: 'Agent of the first attempt',
    attempts: 'Attempts at it',
    model_calls: 'Calls of models in them',
    unpriced_calls: 'Of them, calls without a price: cost_usd is a lower bound where there are any',
    calls_without_usage: 'Of them, calls that reported no tokens: the same holds',
    cost_usd: 'What the calls cost; null where nothing is priced. Other currencies are in view postings',
    direct_cost_usd: 'Of it, the attempt that achieved the outcome',
    lines_usd: 'Cost lines and used overhead beside the calls',
    human_minutes: 'Time of people, as told or seen',
    has_other_currencies: 'Cost in other currencies stands beside these amounts',
  },
  query: `
SELECT w.kind, w.key, w.surrogate_id, w.outcome_type, w.phase, (w.phase <> 'open' AND w.final_at <= now()), w.final_at,
       w.tier, w.quality, w.first_attempt_at, w.last_attempt_at, ${AMOUNT('w.value_amount', 'w.value_asset')},
       ${UNIT('w.value_asset')}, t.workflow, t.agent, t.attempts, t.model_calls, t.unpriced_calls, t.calls_without_usage,
       CASE WHEN t.model_calls > t.unpriced_calls + t.calls_without_usage OR t.cost <> 0 THEN t.cost * ${PICO} END,
       t.direct * ${PICO}, coalesce(l.amount, 0) * ${PICO}, round(w.human_ms / 60000.0, 4),
       t.has_other OR coalesce(l.has_other, false)
  FROM work_items w
  CROSS JOIN LATERAL (
    SELECT (array_agg(a.workflow ORDER BY a.started_at, a.trace_id))[1] AS workflow,
           (array_agg(a.agent ORDER BY a.started_at, a.trace_id))[1] AS agent,
           count(DISTINCT a.attempt_id) AS attempts, coalesce(sum(a.model_calls), 0) AS model_calls,
           coalesce(sum(a.unpriced_calls), 0) AS unpriced_calls,
           coalesce(sum(a.calls_without_usage), 0) AS calls_without_usage, coalesce(sum(c.cost), 0) AS cost,
           coalesce(sum(c.direct), 0) AS direct, coalesce(bool_or(c.has_other), false) AS has_other
      FROM attempts a CROSS JOIN LATERAL (${COST_OF_ATTEMPT}) c
     WHERE a.tenant_id = w.tenant_id AND a.work_item_ref = w.ref) t
  CROSS JOIN LATERAL (
    SELECT sum(i.amount) FILTER (WHERE i.asset = 'USD/12') AS amount,
           bool_or(i.asset <> 'USD/12' AND i.amount <> 0) AS has_other
      FROM item_positions i WHERE i.tenant_id = w.tenant_id AND i.ref = w.ref) l`,
};

const ATTEMPTS: AnalyticsView = {
  name: 'attempts',
  comment: 'One row for each attempt and trace: an attempt over several traces has several, which sum to it',
  columns: {
    trace_id: 'The trace',
    attempt_id: 'The attempt',
    work_item_kind: 'Kind of the work item it is at',
    work_item_key: 'Key of the work item it is at',
    outcome_type: 'Outcome type of the work item',
    state: 'State of the work item now',
    started_at: 'When the part in this trace began',
    ended_at: 'When the part in this trace ended',
    workflow: 'Workflow',
    agent: 'Agent',
    model: 'Model it was made with; a call may use another',
    provider: 'Provider of that model',
    dimensions: 'Attributes that were declared as dimensions, as a JSON object',
    placement: 'Where its cost sits: work, outcome, waste:retry, carried:retry, overhead:...',
    grade: 'metered, or estimated where attempts were told apart by events',
    is_allocated: 'Part of its cost is a share of a call for several work items',
    model_calls: 'Calls of models',
    unpriced_calls: 'Of them, calls without a price',
    calls_without_usage: 'Of them, calls that reported no tokens',
    human_minutes: 'Time of people seen in the trace',
    cost_usd: 'What the calls cost; null where nothing is priced',
    has_other_currencies: 'Cost in other currencies stands beside cost_usd',
  },
  query: `
SELECT a.trace_id, a.attempt_id, ${KIND('a.work_item_ref')}, ${KEY('a.work_item_ref')}, w.outcome_type, w.phase,
       a.started_at, a.ended_at, a.workflow, a.agent, a.model, a.provider, a.dimensions, a.placement, a.grade,
       a.is_allocated, a.model_calls, a.unpriced_calls, a.calls_without_usage, round(a.human_ms / 60000.0, 4),
       CASE WHEN a.model_calls > a.unpriced_calls + a.calls_without_usage OR c.cost <> 0
            THEN coalesce(c.cost, 0) * ${PICO} END,
       c.has_other
  FROM attempts a
  LEFT JOIN work_items w ON w.tenant_id = a.tenant_id AND w.ref = a.work_item_ref
  CROSS JOIN LATERAL (${COST_OF_ATTEMPT}) c`,
};

const OUTCOMES: AnalyticsView = {
  name: 'outcomes',
  comment:
    'One row for each outcome event that business systems told; attributes of events are not shown here',
  columns: {
    source: 'Who told it',
    event_id: 'Its id there',
    work_item_kind: 'Kind of the work item',
    work_item_key: 'Key of the work item',
    outcome_id: 'The id that names the event in the evidence log',
    verb: 'What happened: resolved, reopened, ...',
    effect: 'What the definition makes of the verb: achieved, failed, reopened, ...',
    occurred_at: 'When it happened',
    received_at: 'When it was told',
    tier: 'How the outcome is known',
    quality: 'What the business says of its quality',
    value: 'What it is worth; in value_currency',
    value_currency: 'Currency of value',
  },
  query: `
SELECT source, event_id, kind, key, surrogate_id, verb, effect, occurred_at, received_at, tier, quality,
       ${AMOUNT('value_amount', 'value_asset')}, ${UNIT('value_asset')}
  FROM outcome_events`,
};

export const VIEWS_OF_OUTCOMES: readonly AnalyticsView[] = [OUTCOME_COSTS, WORK_ITEMS, ATTEMPTS, OUTCOMES];
