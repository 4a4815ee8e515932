import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** A stored outcome event as it is read back. */
export interface StoredOutcome {
  readonly surrogateId: string;
  readonly source: string;
  readonly eventId: string;
  readonly kind: string;
  readonly key: string;
  readonly verb: string;
  readonly effect: string;
  readonly occurredAtUs: bigint;
  readonly sequence: string | null;
  readonly valueAmountPico: bigint | null;
  readonly valueAsset: string | null;
  readonly tier: string | null;
  readonly quality: string | null;
  readonly attributes: unknown;
  readonly receivedAtUs: bigint;
}

export interface OutcomeFilter {
  readonly kind?: string | undefined;
  readonly key?: string | undefined;
  readonly source?: string | undefined;
  readonly eventId?: string | undefined;
  readonly verb?: string | undefined;
  readonly effect?: string | undefined;
  /** Business time, [from, to). */
  readonly fromUs?: bigint | undefined;
  readonly toUs?: bigint | undefined;
  /** Continue after this event, in the order of receipt. */
  readonly after?: { readonly receivedAtUs: bigint; readonly surrogateId: string } | undefined;
  readonly limit: number;
}

interface Row {
  surrogate_id: string;
  source: string;
  event_id: string;
  kind: string;
  key: string;
  verb: string;
  effect: string;
  occurred_at: bigint;
  sequence: string | null;
  value_amount: string | null;
  value_asset: string | null;
  tier: string | null;
  quality: string | null;
  attributes: unknown;
  received_at: bigint;
}

const COLUMNS = `surrogate_id, source, event_id, kind, key, verb, effect, occurred_at, sequence, value_amount,
  value_asset, tier, quality, attributes, received_at`;

/** Events in the order of receipt, then surrogate id. */
export async function listOutcomes(
  client: Client,
  tenantId: bigint,
  filter: OutcomeFilter,
): Promise<StoredOutcome[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM outcome_events
     WHERE tenant_id = $1
       AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR key = $3)
       AND ($4::text IS NULL OR source = $4) AND ($5::text IS NULL OR event_id = $5)
       AND ($6::text IS NULL OR verb = $6) AND ($7::text IS NULL OR effect = $7)
       AND ($8::timestamptz IS NULL OR occurred_at >= $8) AND ($9::timestamptz IS NULL OR occurred_at < $9)
       AND ($10::timestamptz IS NULL OR (received_at, surrogate_id) > ($10, $11::uuid))
     ORDER BY received_at, surrogate_id LIMIT $12`,
    [
      tenantId,
      filter.kind ?? null,
      filter.key ?? null,
      filter.source ?? null,
      filter.eventId ?? null,
      filter.verb ?? null,
      filter.effect ?? null,
      filter.fromUs === undefined ? null : timestampFromUs(filter.fromUs),
      filter.toUs === undefined ? null : timestampFromUs(filter.toUs),
      filter.after === undefined ? null : timestampFromUs(filter.after.receivedAtUs),
      filter.after?.surrogateId ?? null,
      filter.limit,
    ],
  );
  return rows.map(toOutcome);
}

/** @returns the events with these surrogate ids, in no particular order */
export async function readOutcomes(
  client: Client,
  tenantId: bigint,
  surrogateIds: readonly string[],
): Promise<StoredOutcome[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM outcome_events WHERE tenant_id = $1 AND surrogate_id = ANY($2::uuid[])`,
    [tenantId, surrogateIds],
  );
  return rows.map(toOutcome);
}

/** Every event of one work item, by business time, then receipt. */
export async function readOutcomesOf(
  client: Client,
  tenantId: bigint,
  ref: string,
): Promise<StoredOutcome[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM outcome_events WHERE tenant_id = $1 AND ref = $2
     ORDER BY occurred_at, received_at, surrogate_id`,
    [tenantId, ref],
  );
  return rows.map(toOutcome);
}

const toOutcome = (row: Row): StoredOutcome => ({
  surrogateId: row.surrogate_id,
  source: row.source,
  eventId: row.event_id,
  kind: row.kind,
  key: row.key,
  verb: row.verb,
  effect: row.effect,
  occurredAtUs: row.occurred_at,
  sequence: row.sequence,
  valueAmountPico: row.value_amount === null ? null : BigInt(row.value_amount),
  valueAsset: row.value_asset,
  tier: row.tier,
  quality: row.quality,
  attributes: row.attributes,
  receivedAtUs: row.received_at,
});
