import type { Asset, Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { STAMP_COLUMNS, toStamp, type LeafStamp, type StampRow } from './leaf-stamp.ts';

/** An outcome event with its place in the log. */
export interface OutcomeAt {
  readonly ref: Ref;
  readonly surrogateId: string;
  readonly source: string;
  readonly eventId: string;
  readonly verb: string;
  readonly effect: string;
  readonly occurredAtUs: bigint;
  readonly sequence: string | null;
  readonly value: { readonly amountPico: bigint; readonly asset: Asset } | null;
  readonly tier: string | null;
  readonly quality: string | null;
  readonly leaf: LeafStamp;
}

/** Events of the work items whose leaf is one of the first `size`, in the order of their leaves. */
export async function readOutcomesAt(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  size: number,
): Promise<OutcomeAt[]> {
  const { rows } = await client.query<Row>({
    name: 'read-outcomes-at',
    text: `
SELECT e.ref, e.surrogate_id, e.source, e.event_id, e.verb, e.effect, e.occurred_at, e.sequence, e.value_amount, e.value_asset,
       e.tier, e.quality, ${STAMP_COLUMNS}
  FROM outcome_events e
  JOIN leaves l ON l.tenant_id = $1 AND l.subject_id = e.surrogate_id::text AND l.kind = 'outcome.event' AND l.idx < $3
 WHERE e.tenant_id = $1 AND e.ref = ANY ($2::text[]) ORDER BY l.idx`,
    values: [tenantId, refs, size],
  });
  return rows.map((row) => ({
    ref: row.ref,
    surrogateId: row.surrogate_id,
    source: row.source,
    eventId: row.event_id,
    verb: row.verb,
    effect: row.effect,
    occurredAtUs: row.occurred_at,
    sequence: row.sequence,
    value:
      row.value_amount === null || row.value_asset === null
        ? null
        : { amountPico: BigInt(row.value_amount), asset: row.value_asset },
    tier: row.tier,
    quality: row.quality,
    leaf: toStamp(row),
  }));
}

interface Row extends StampRow {
  ref: string;
  surrogate_id: string;
  source: string;
  event_id: string;
  verb: string;
  effect: string;
  occurred_at: bigint;
  sequence: string | null;
  value_amount: string | null;
  value_asset: Asset | null;
  tier: string | null;
  quality: string | null;
}
