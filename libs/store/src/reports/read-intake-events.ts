import type { OutcomeEvent, Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { referenceFromStored, type StoredReference } from '../outcomes/stored-reference.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** An outcome event of a settled item with what its data says of the intake, as it was sent. */
export interface StoredIntakeEvent extends Omit<OutcomeEvent, 'effect'> {
  /** As it was read when the event came; `set_aside` = nobody knew the verb. */
  readonly effect: string;
  /** The member `intake` of the event's data; null = none, or erased. */
  readonly intake: unknown;
  readonly receivedAtUs: bigint;
}

/**
 * The events of the settled items of the population that say something of their intake, or are about another event; in
 * no order.
 */
export async function readIntakeEvents(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
): Promise<StoredIntakeEvent[]> {
  const { cells, values, bind } = costCells(tenantId, { ...query, groupBy: [] });
  const known =
    query.size === null
      ? 'true'
      : `EXISTS (SELECT FROM leaves l WHERE l.tenant_id = $1 AND l.subject_id = e.surrogate_id::text
                    AND l.kind = 'outcome.event' AND l.idx < ${bind(query.size)})`;
  const { rows } = await client.query<Row>(
    `${cells}
SELECT e.ref, e.source, e.event_id, e.kind, e.verb, e.effect, e.occurred_at, e.sequence, e.refers_to, e.received_at,
       e.attributes -> 'data' -> 'intake' AS intake
  FROM item i JOIN outcome_events e ON e.tenant_id = $1 AND e.ref = i.ref
 WHERE i.is_settled AND (e.attributes -> 'data' -> 'intake' IS NOT NULL OR e.refers_to IS NOT NULL) AND ${known}`,
    values,
  );
  return rows.map((row) => ({
    ref: row.ref,
    source: row.source,
    eventId: row.event_id,
    kind: row.kind,
    verb: row.verb,
    effect: row.effect,
    occurredAtUs: row.occurred_at,
    sequence: row.sequence,
    value: null,
    tier: null,
    quality: null,
    refersTo: row.refers_to === null ? null : referenceFromStored(row.refers_to),
    intake: row.intake,
    receivedAtUs: row.received_at,
  }));
}

interface Row {
  ref: Ref;
  source: string;
  event_id: string;
  kind: string;
  verb: string;
  effect: string;
  occurred_at: bigint;
  sequence: string | null;
  refers_to: StoredReference | null;
  received_at: bigint;
  intake: unknown;
}
