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

/** Where a key stands in a claim, and how it is written: the emitter’s names are looked up for groups, not for claims. */
const KEYS: Readonly<Record<ReportedCostKey, { readonly of: RawKey; readonly shown: string }>> = {
  day: { of: 'day', shown: `to_char(p.day, 'YYYY-MM-DD')` },
  provider: { of: 'provider', shown: 'p.provider' },
  model: { of: 'model', shown: 'p.model' },
  service: { of: 'emitter_id', shown: 'e.service' },
  scope: { of: 'emitter_id', shown: 'e.scope' },
  scope_version: { of: 'emitter_id', shown: 'e.scope_version' },
  dialect: { of: 'emitter_id', shown: 'e.dialect' },
  source: { of: 'source', shown: 'p.source' },
};
const RAW_KEYS = {
  day: 'date',
  provider: 'text',
  model: 'text',
  emitter_id: 'uuid',
  source: 'text',
} as const;
type RawKey = keyof typeof RAW_KEYS;
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
  const { rows } = await client.query<Row>(
    `
WITH claim AS (${isByCall(query.groupBy) ? BY_CALL : BY_EMITTER}
), part AS (
  SELECT ${rawColumns(query.groupBy)}, uncomputed, count(reported) AS calls, sum(reported) AS reported,
         count(*) FILTER (WHERE reported IS NOT NULL AND computed_pico IS NOT NULL) AS compared,
         sum(reported) FILTER (WHERE computed_pico IS NOT NULL) AS compared_reported,
         sum(computed_pico) FILTER (WHERE reported IS NOT NULL) AS computed,
         count(*) FILTER (WHERE ${DIFFERS}) AS differing,
         count(*) FILTER (WHERE is_zero) AS zero
    FROM claim c GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT ${groupSql(query.groupBy)} AS grp, sum(calls)::bigint AS calls, coalesce(sum(reported), 0) AS reported,
       sum(compared)::bigint AS compared, coalesce(sum(compared_reported), 0) AS compared_reported,
       coalesce(sum(computed), 0) AS computed, sum(differing)::bigint AS differing, sum(zero)::bigint AS zero,
       coalesce(sum(calls) FILTER (WHERE uncomputed IS NOT NULL), 0)::bigint AS uncomputed_calls,
       coalesce(sum(reported) FILTER (WHERE uncomputed IS NOT NULL), 0) AS uncomputed_reported,
       array_agg(uncomputed) FILTER (WHERE uncomputed IS NOT NULL AND calls > 0) AS reasons,
       array_agg(calls::text) FILTER (WHERE uncomputed IS NOT NULL AND calls > 0) AS reason_calls
  FROM part p LEFT JOIN emitters e ON e.tenant_id = $1 AND e.emitter_id = p.emitter_id
 GROUP BY 1 ORDER BY ${groupSql(query.groupBy)} COLLATE "C"`,
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
    uncomputed: sumsOf(row.reasons ?? [], row.reason_calls ?? []),
  }));
}

function groupSql(keys: readonly ReportedCostKey[]): string {
  return `ARRAY[${keys.map((key) => KEYS[key].shown).join(', ')}]::text[]`;
}

/** The columns that groups are told apart by; null where they do not matter. */
function rawColumns(keys: readonly ReportedCostKey[]): string {
  const asked = new Set<string>(keys.map((key) => KEYS[key].of));
  return Object.entries(RAW_KEYS)
    .map(([column, type]) => (asked.has(column) ? `c.${column}` : `NULL::${type} AS ${column}`))
    .join(', ');
}

/** A reason stands once for each emitter of the group. */
function sumsOf(reasons: readonly string[], calls: readonly string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  reasons.forEach((reason, index) => {
    sums[reason] = (sums[reason] ?? 0) + Number(calls[index]);
  });
  return sums;
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
  reasons: string[] | null;
  reason_calls: string[] | null;
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

/** Of each of these groups the claims more than 5 % off, so many of each, the largest difference first. */
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
), off AS (
  SELECT ${rawColumns(query.groupBy)}, c.trace_id, c.span_id, c.started_at, c.reported, c.computed_pico,
         abs(c.reported * 1000000000000 - c.computed_pico) AS difference
    FROM claim c WHERE ${DIFFERS}
), candidate AS (
  SELECT * FROM (SELECT o.*, row_number() OVER (PARTITION BY day, provider, model, emitter_id, source
                                                ORDER BY difference DESC, trace_id, span_id) AS nth FROM off o) AS n
   WHERE nth <= $5
), placed AS (
  SELECT p.*, ${groupSql(query.groupBy)} AS grp,
         row_number() OVER (PARTITION BY ${groupSql(query.groupBy)} ORDER BY p.difference DESC, p.trace_id, p.span_id) AS place
    FROM candidate p LEFT JOIN emitters e ON e.tenant_id = $1 AND e.emitter_id = p.emitter_id
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
