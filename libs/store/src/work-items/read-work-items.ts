import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { isSealedBatch } from '../trails/sealed-batch.ts';
import type { Ref } from '#model';

/** A work item in its newest state. */
export interface WorkItemRow {
  readonly ref: Ref;
  readonly kind: string;
  readonly key: string;
  readonly surrogateId: string;
  readonly phase: string;
  readonly outcomeType: string;
  readonly definition: string;
  readonly generation: number;
  readonly phaseAtUs: bigint | null;
  readonly finalAtUs: bigint | null;
  readonly valueAmountPico: bigint | null;
  readonly valueAsset: string | null;
  readonly tier: string | null;
  readonly quality: string | null;
  readonly mergedInto: Ref | null;
  readonly splitFrom: Ref | null;
  readonly splitWeight: bigint | null;
  readonly deadlineVerb: string | null;
  readonly deadlineAtUs: bigint | null;
  readonly eventCount: number;
  readonly firstAttemptAtUs: bigint | null;
  readonly lastAttemptAtUs: bigint | null;
}

export interface WorkItemFilter {
  readonly kind?: string | undefined;
  /** A phase, or `maturing`: achieved, and not final by `nowUs`. */
  readonly phase?: string | undefined;
  readonly tier?: string | undefined;
  readonly nowUs: bigint;
  /** When the phase last changed, else the first attempt: [from, to). */
  readonly fromUs?: bigint | undefined;
  readonly toUs?: bigint | undefined;
  readonly afterRef?: Ref | undefined;
  readonly limit: number;
}

interface Row {
  ref: string;
  kind: string;
  key: string;
  surrogate_id: string;
  phase: string;
  outcome_type: string;
  definition: string;
  generation: number;
  phase_at: bigint | null;
  final_at: bigint | null;
  value_amount: string | null;
  value_asset: string | null;
  tier: string | null;
  quality: string | null;
  merged_into: string | null;
  split_from: string | null;
  split_weight: bigint | null;
  deadline_verb: string | null;
  deadline_at: bigint | null;
  event_count: number;
  first_attempt_at: bigint | null;
  last_attempt_at: bigint | null;
}

const COLUMNS = `ref, kind, key, surrogate_id, phase, outcome_type, definition, generation, phase_at, final_at,
  value_amount, value_asset, tier, quality, merged_into, split_from, split_weight, deadline_verb, deadline_at, event_count, first_attempt_at, last_attempt_at`;

/** Work items in the order of their refs. */
export async function listWorkItems(
  client: Client,
  tenantId: bigint,
  filter: WorkItemFilter,
): Promise<WorkItemRow[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM work_items
      WHERE tenant_id = $1 AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR phase = $3
          OR ($3 = 'maturing' AND phase = 'achieved' AND final_at > $8::timestamptz))
        AND ($9::text IS NULL OR tier = $9)
        AND ($4::timestamptz IS NULL OR coalesce(phase_at, first_attempt_at) >= $4)
        AND ($5::timestamptz IS NULL OR coalesce(phase_at, first_attempt_at) < $5)
        AND ($6::text IS NULL OR ref > $6)
      ORDER BY ref LIMIT $7`,
    [
      tenantId,
      filter.kind ?? null,
      filter.phase ?? null,
      filter.fromUs === undefined ? null : timestampFromUs(filter.fromUs),
      filter.toUs === undefined ? null : timestampFromUs(filter.toUs),
      filter.afterRef ?? null,
      filter.limit,
      timestampFromUs(filter.nowUs),
      filter.tier ?? null,
    ],
  );
  return rows.map(toWorkItem);
}

/** @returns null for a work item nothing is known of */
export async function readWorkItem(client: Client, tenantId: bigint, ref: Ref): Promise<WorkItemRow | null> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM work_items WHERE tenant_id = $1 AND ref = $2`,
    [tenantId, ref],
  );
  return rows[0] === undefined ? null : toWorkItem(rows[0]);
}

/**
 * A work item as it stood at a size of the log. The answer for one size never changes.
 *
 * @returns null where no posting commit below that size knew it
 */
export async function readWorkItemAt(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  size: number,
): Promise<WorkItemRow | null> {
  const { rows } = await client.query<Row>({
    name: 'read-work-item-at',
    text: `
SELECT ${COLUMNS}
  FROM (SELECT w.* FROM work_items w
         WHERE w.tenant_id = $1 AND w.ref = $2 AND ${isSealedBatch('w.since_batch', '$3')}
        UNION ALL
        SELECT r.* FROM work_item_history h CROSS JOIN LATERAL jsonb_populate_record(NULL::work_items, h.was) r
         WHERE h.tenant_id = $1 AND h.ref = $2
           AND ${isSealedBatch('h.from_batch', '$3')} AND NOT ${isSealedBatch('h.to_batch', '$3')}) w`,
    values: [tenantId, ref, size],
  });
  return rows[0] === undefined ? null : toWorkItem(rows[0]);
}

/**
 * Work items of a kind that stood settled at a size of the log, those settled last first, then by surrogate id. The
 * answer for one size never changes.
 *
 * @param limit at most so many
 */
export async function readClosedItemsAt(
  client: Client,
  tenantId: bigint,
  kind: string,
  size: number,
  limit: number,
): Promise<WorkItemRow[]> {
  const { rows } = await client.query<Row>({
    name: 'read-closed-items-at',
    text: `
SELECT ${COLUMNS}
  FROM (SELECT w.* FROM work_items w WHERE w.tenant_id = $1 AND w.kind = $2 AND ${isSealedBatch('w.since_batch', '$3')}
        UNION ALL
        SELECT r.* FROM work_item_history h CROSS JOIN LATERAL jsonb_populate_record(NULL::work_items, h.was) r
         WHERE h.tenant_id = $1 AND r.kind = $2
           AND ${isSealedBatch('h.from_batch', '$3')} AND NOT ${isSealedBatch('h.to_batch', '$3')}) w
 WHERE phase IN ('achieved', 'failed', 'cancelled', 'expired')
 ORDER BY phase_at DESC, surrogate_id LIMIT $4`,
    values: [tenantId, kind, size, limit],
  });
  return rows.map(toWorkItem);
}

const toWorkItem = (row: Row): WorkItemRow => ({
  ref: row.ref,
  kind: row.kind,
  key: row.key,
  surrogateId: row.surrogate_id,
  phase: row.phase,
  outcomeType: row.outcome_type,
  definition: row.definition,
  generation: row.generation,
  phaseAtUs: row.phase_at,
  finalAtUs: row.final_at,
  valueAmountPico: row.value_amount === null ? null : BigInt(row.value_amount),
  valueAsset: row.value_asset,
  tier: row.tier,
  quality: row.quality,
  mergedInto: row.merged_into,
  splitFrom: row.split_from,
  splitWeight: row.split_weight,
  deadlineVerb: row.deadline_verb,
  deadlineAtUs: row.deadline_at,
  eventCount: row.event_count,
  firstAttemptAtUs: row.first_attempt_at,
  lastAttemptAtUs: row.last_attempt_at,
});
