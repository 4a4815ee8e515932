import type { SpanId, TraceId } from '#model';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import type { Client } from '../connection/database.ts';

/** What reported costs may be grouped by. Those of the emitter compare every emitter's own claims. */
export const REPORTED_COST_KEYS = [
  'day',
  'provider',
  'model',
  'service',
  'scope',
  'scope_version',
  'dialect',
  'source',
] as const;
export type ReportedCostKey = (typeof REPORTED_COST_KEYS)[number];

/** Claims of one group; US dollars as decimal text. */
export interface ReportedCostRow {
  readonly group: readonly (string | null)[];
  readonly calls: bigint;
  readonly reported: string;
  /** Calls whose charge is known, with both sums over the same calls. */
  readonly comparedCalls: bigint;
  readonly comparedReported: string;
  readonly computedPico: bigint;
  /** Compared calls whose claim is more than 5 % off. */
  readonly differingCalls: bigint;
  readonly zeroWithTokens: bigint;
  readonly uncomputedCalls: bigint;
  readonly uncomputedReported: string;
  /** Reason -> calls. */
  readonly uncomputed: Readonly<Record<string, number>>;
}

export interface ReportedCostQuery {
  readonly fromDay: string;
  readonly toDay: string;
  readonly groupBy: readonly ReportedCostKey[];
}

const COLUMNS: Readonly<Record<ReportedCostKey, string>> = {
  day: `to_char(c.day, 'YYYY-MM-DD')`,
  provider: 'c.provider',
  model: 'c.model',
  service: 'e.service',
  scope: 'e.scope',
  scope_version: 'e.scope_version',
  dialect: 'e.dialect',
  source: 'c.source',
};
const OF_CALLS: ReadonlySet<ReportedCostKey> = new Set(['day', 'provider', 'model']);

/** @returns whether each call counts once over all groups, whatever claims were made about it */
export function isByCall(groupBy: readonly ReportedCostKey[]): boolean {
  return groupBy.every((key) => OF_CALLS.has(key));
}

/** A call once, by the claim nearest to the bill. */
const BY_CALL = `
SELECT day, emitter_id, provider, model, source, trace_id, span_id, started_at, nearest_amount AS reported,
       is_zero AND nearest_amount IS NULL AS is_zero, computed_pico, uncomputed
  FROM cost_claims
 WHERE tenant_id = $1 AND day >= $2::date AND day < $3::date AND role = 'leaf' AND coalesce(currency, 'USD') = 'USD'`;

/** Every emitter's own claim, once a call: on the billed span, or on the first other span of the emitter that saw it. */
const BY_EMITTER = `
SELECT day, emitter_id, provider, model, source, trace_id, span_id, started_at, own_amount AS reported, is_zero,
       computed_pico, uncomputed
  FROM cost_claims
 WHERE tenant_id = $1 AND day >= $2::date AND day < $3::date AND role = 'leaf' AND coalesce(currency, 'USD') = 'USD'
   AND (own_amount IS NOT NULL OR is_zero)
UNION ALL
(SELECT DISTINCT ON (c.call_trace_id, c.call_span_id, c.emitter_id)
       c.day, c.emitter_id, c.provider, c.model, c.source, c.trace_id, c.span_id, c.started_at, c.own_amount, c.is_zero,
       l.computed_pico, l.uncomputed
  FROM cost_claims c
  JOIN cost_claims l ON l.tenant_id = c.tenant_id AND l.trace_id = c.call_trace_id AND l.span_id = c.call_span_id
   AND l.role = 'leaf'
 WHERE c.tenant_id = $1 AND c.day >= $2::date AND c.day < $3::date AND c.role = 'mirror' AND c.exclusion IS NULL
   AND coalesce(c.currency, 'USD') = 'USD' AND NOT (l.emitter_id = c.emitter_id AND l.own_amount IS NOT NULL)
 ORDER BY c.call_trace_id, c.call_span_id, c.emitter_id, c.started_at, c.trace_id, c.span_id)`;

/** Whether two amounts of one call are more than 5 % of the computed one apart; exact. */
const DIFFERS = 'abs(reported * 1000000000000 - computed_pico) * 20 > computed_pico';

/** Claims with a start in [fromDay, toDay) held against the charges of their calls, by group in their order. */
export async function readReportedCosts(
  client: Client,
  tenantId: bigint,
  query: ReportedCostQuery,
): Promise<ReportedCostRow[]> {
  const group = groupSql(query.groupBy);
  const { rows } = await client.query<Row>(
    `
WITH claim AS (${isByCall(query.groupBy) ? BY_CALL : BY_EMITTER}
), part AS (
  SELECT ${group} AS grp, c.uncomputed, count(reported) AS calls, sum(reported) AS reported,
         count(*) FILTER (WHERE reported IS NOT NULL AND computed_pico IS NOT NULL) AS compared,
         sum(reported) FILTER (WHERE computed_pico IS NOT NULL) AS compared_reported,
         sum(computed_pico) FILTER (WHERE reported IS NOT NULL) AS computed,
         count(*) FILTER (WHERE ${DIFFERS}) AS differing,
         count(*) FILTER (WHERE is_zero) AS zero
    FROM claim c JOIN emitters e ON e.tenant_id = $1 AND e.emitter_id = c.emitter_id
   GROUP BY 1, 2
)
SELECT grp, sum(calls)::bigint AS calls, coalesce(sum(reported), 0) AS reported, sum(compared)::bigint AS compared,
       coalesce(sum(compared_reported), 0) AS compared_reported, coalesce(sum(computed), 0) AS computed,
       sum(differing)::bigint AS differing, sum(zero)::bigint AS zero,
       coalesce(sum(calls) FILTER (WHERE uncomputed IS NOT NULL), 0)::bigint AS uncomputed_calls,
       coalesce(sum(reported) FILTER (WHERE uncomputed IS NOT NULL), 0) AS uncomputed_reported,
       coalesce(jsonb_object_agg(uncomputed, calls) FILTER (WHERE uncomputed IS NOT NULL AND calls > 0), '{}') AS reasons
  FROM part GROUP BY grp ORDER BY grp COLLATE "C"`,
    [tenantId, query.fromDay, query.toDay],
  );
  return rows.map((row) => ({
    group: row.grp,
    calls: row.calls,
    reported: row.reported,
    comparedCalls: row.compared,
    comparedReported: row.compared_reported,
    computedPico: BigInt(row.computed),
    differingCalls: row.differing,
    zeroWithTokens: row.zero,
    uncomputedCalls: row.uncomputed_calls,
    uncomputedReported: row.uncomputed_reported,
    uncomputed: row.reasons,
  }));
}

function groupSql(keys: readonly ReportedCostKey[]): string {
  return `ARRAY[${keys.map((key) => COLUMNS[key]).join(', ')}]::text[]`;
}

interface Row {
  grp: (string | null)[];
  calls: bigint;
  reported: string;
  compared: bigint;
  compared_reported: string;
  computed: string;
  differing: bigint;
  zero: bigint;
  uncomputed_calls: bigint;
  uncomputed_reported: string;
  reasons: Record<string, number>;
}

/** One claim that is off, in its group. */
export interface ReportedCostExample {
  readonly group: readonly (string | null)[];
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly reported: string;
  readonly computedPico: bigint;
}

/** Of each of these groups the compared claims that differ most, so many of each, the largest difference first. */
export async function readReportedCostExamples(
  client: Client,
  tenantId: bigint,
  query: ReportedCostQuery & {
    readonly groups: readonly (readonly (string | null)[])[];
    readonly perGroup: number;
  },
): Promise<ReportedCostExample[]> {
  if (query.groups.length === 0 || query.perGroup === 0) return [];
  const { rows } = await client.query<{
    grp: (string | null)[];
    trace_id: string;
    span_id: bigint;
    started_at: bigint;
    reported: string;
    computed_pico: string;
  }>(
    `
WITH claim AS (${isByCall(query.groupBy) ? BY_CALL : BY_EMITTER}
), asked AS (
  SELECT DISTINCT ARRAY(SELECT jsonb_array_elements_text(g)) AS grp FROM unnest($4::jsonb[]) AS a (g)
), placed AS (
  SELECT ${groupSql(query.groupBy)} AS grp, c.trace_id, c.span_id, c.started_at, c.reported, c.computed_pico,
         row_number() OVER (PARTITION BY ${groupSql(query.groupBy)}
                            ORDER BY abs(c.reported * 1000000000000 - c.computed_pico) DESC, c.trace_id, c.span_id) AS place
    FROM claim c JOIN emitters e ON e.tenant_id = $1 AND e.emitter_id = c.emitter_id
   WHERE c.reported IS NOT NULL AND c.computed_pico IS NOT NULL AND c.reported * 1000000000000 <> c.computed_pico
)
SELECT p.grp, p.trace_id, p.span_id, p.started_at, p.reported, p.computed_pico
  FROM placed p JOIN asked a ON a.grp IS NOT DISTINCT FROM p.grp
 WHERE p.place <= $5 ORDER BY p.grp, p.place`,
    [
      tenantId,
      query.fromDay,
      query.toDay,
      query.groups.map((group) => JSON.stringify(group)),
      query.perGroup,
    ],
  );
  return rows.map((row) => ({
    group: row.grp,
    traceId: traceIdFromUuid(row.trace_id),
    spanId: spanIdFromInt8(row.span_id),
    startedAtUs: row.started_at,
    reported: row.reported,
    computedPico: BigInt(row.computed_pico),
  }));
}

/** Claims that are held against no charge of their own. */
export interface ExcludedClaims {
  readonly reason: string;
  readonly claims: bigint;
  readonly reported: string;
}

/** Claims of the period outside of the comparison, by reason; claims in other currencies without an amount. */
export async function readExcludedClaims(
  client: Client,
  tenantId: bigint,
  query: Pick<ReportedCostQuery, 'fromDay' | 'toDay'>,
): Promise<ExcludedClaims[]> {
  const { rows } = await client.query<{ reason: string; claims: bigint; reported: string }>(
    `
SELECT CASE WHEN currency <> 'USD' THEN 'other_currency' ELSE exclusion END AS reason, count(*) AS claims,
       coalesce(sum(own_amount) FILTER (WHERE currency = 'USD'), 0) AS reported
  FROM cost_claims
 WHERE tenant_id = $1 AND day >= $2::date AND day < $3::date AND own_amount IS NOT NULL
   AND (exclusion IS NOT NULL OR currency <> 'USD')
 GROUP BY 1 ORDER BY 1`,
    [tenantId, query.fromDay, query.toDay],
  );
  return rows;
}
