import type { OutcomeValue } from '#model';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** What a source says it sent of one type of event in one period. */
export interface OutcomeControl {
  readonly source: string;
  /** UTC day `2026-10-01` or month `2026-10` of the events' business time. */
  readonly period: string;
  readonly type: string;
  readonly count: bigint;
  /** The sum of the events' values in one asset; null = not stated. */
  readonly value: OutcomeValue | null;
}

/** The newest word of a source, beside what we hold of it. */
export interface ComparedControl extends OutcomeControl {
  readonly version: number;
  readonly recordedAtUs: bigint;
  readonly recordedBy: string;
  readonly heldCount: bigint;
  /** Of the events that have a value in the asset of the control. */
  readonly heldAmountPico: bigint;
}

/**
 * Stores control totals, each as the next version of its source, period and type; the same word again makes none.
 * @returns how many versions were made
 */
export async function recordOutcomeControls(
  client: Client,
  tenantId: bigint,
  recorded: { readonly atUs: bigint; readonly by: string },
  controls: readonly OutcomeControl[],
): Promise<number> {
  const sorted = [...controls].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  let made = 0;
  for (const control of sorted) {
    // Versions of one total are numbered one after the other.
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `outcome_controls ${tenantId} ${nameOf(control)}`,
    ]);
    const { rowCount } = await client.query(
      `INSERT INTO outcome_controls (tenant_id, source, period, type, version, event_count, value_amount, value_asset,
         recorded_at, recorded_by)
       SELECT $1::bigint, $2::text, $3::text, $4::text, coalesce(newest.version, 0) + 1, $5::bigint, $6::numeric, $7::text,
              $8::timestamptz, $9::uuid
         FROM (SELECT 1) AS one LEFT JOIN (
           SELECT version, event_count, value_amount, value_asset FROM outcome_controls
            WHERE tenant_id = $1 AND source = $2 AND period = $3 AND type = $4 ORDER BY version DESC LIMIT 1) newest ON true
        WHERE newest.version IS NULL
           OR (newest.event_count, newest.value_amount, newest.value_asset) IS DISTINCT FROM ($5::bigint, $6::numeric, $7::text)`,
      [
        tenantId,
        control.source,
        control.period,
        control.type,
        control.count,
        control.value?.amountPico ?? null,
        control.value?.asset ?? null,
        timestampFromUs(recorded.atUs),
        recorded.by,
      ],
    );
    made += rowCount ?? 0;
  }
  return made;
}

const nameOf = ({ source, period, type }: OutcomeControl): string => `${period}\n${type}\n${source}`;

export interface ControlFilter {
  readonly source?: string | undefined;
  readonly type?: string | undefined;
  /** Business time, [from, to): controls whose period lies in it. */
  readonly fromUs?: bigint | undefined;
  readonly toUs?: bigint | undefined;
  readonly after?: readonly [period: string, type: string, source: string] | undefined;
  readonly limit: number;
}

/** Newest versions, each beside the events we hold of its source, period and type as they were sent; by period. */
export async function compareOutcomeControls(
  client: Client,
  tenantId: bigint,
  filter: ControlFilter,
): Promise<ComparedControl[]> {
  const { rows } = await client.query<Row>(COMPARE, [
    tenantId,
    filter.source ?? null,
    filter.type ?? null,
    filter.fromUs === undefined ? null : timestampFromUs(filter.fromUs),
    filter.toUs === undefined ? null : timestampFromUs(filter.toUs),
    ...(filter.after ?? [null, null, null]),
    filter.limit,
  ]);
  return rows.map((row) => ({
    source: row.source,
    period: row.period,
    type: row.type,
    version: row.version,
    count: row.event_count,
    value:
      row.value_amount === null || row.value_asset === null
        ? null
        : { amountPico: BigInt(row.value_amount), asset: row.value_asset },
    recordedAtUs: row.recorded_at,
    recordedBy: row.recorded_by,
    heldCount: row.held_count,
    heldAmountPico: BigInt(row.held_amount),
  }));
}

const COMPARE = `
WITH newest AS (
  SELECT DISTINCT ON (period, type, source) c.*,
         (CASE length(period) WHEN 7 THEN period || '-01' ELSE period END)::timestamp AT TIME ZONE 'UTC' AS begins_at,
         CASE length(period) WHEN 7 THEN interval '1 month' ELSE interval '1 day' END AS lasts
    FROM outcome_controls c
   WHERE tenant_id = $1 AND ($2::text IS NULL OR source = $2) AND ($3::text IS NULL OR type = $3)
     AND ($6::text IS NULL OR (period, type, source) > ($6, $7::text, $8::text))
   ORDER BY period, type, source, version DESC
)
SELECT n.source, n.period, n.type, n.version, n.event_count, n.value_amount, n.value_asset, n.recorded_at, n.recorded_by,
       held.count AS held_count, held.amount AS held_amount
  FROM newest n, LATERAL (
    SELECT count(*) AS count, coalesce(sum(e.value_amount) FILTER (WHERE e.value_asset = n.value_asset), 0) AS amount
      FROM outcome_events e
     WHERE e.tenant_id = $1 AND e.source = n.source AND e.kind = split_part(n.type, '.', 1)
       AND e.verb = split_part(n.type, '.', 2) AND e.occurred_at >= n.begins_at
       AND e.occurred_at < ((n.begins_at AT TIME ZONE 'UTC') + n.lasts) AT TIME ZONE 'UTC') held
 WHERE ($4::timestamptz IS NULL OR n.begins_at >= $4)
   AND ($5::timestamptz IS NULL OR ((n.begins_at AT TIME ZONE 'UTC') + n.lasts) AT TIME ZONE 'UTC' <= $5)
 ORDER BY n.period, n.type, n.source LIMIT $9`;

interface Row {
  source: string;
  period: string;
  type: string;
  version: number;
  event_count: bigint;
  value_amount: string | null;
  value_asset: string | null;
  recorded_at: bigint;
  recorded_by: string;
  held_count: bigint;
  held_amount: string;
}
