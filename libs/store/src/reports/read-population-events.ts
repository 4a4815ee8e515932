import type { OutcomeEvent, Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { referenceFromStored, type StoredReference } from '../outcomes/stored-reference.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** An outcome event of an item of a population, with what its data says of the intake, as it was sent. */
export interface PopulationEvent extends Omit<OutcomeEvent, 'effect'> {
  /** As it was read when the event came; `set_aside` = nobody knew the verb. */
  readonly effect: string;
  /** The member `intake` of the event's data; null = none, or erased. */
  readonly intake: unknown;
  readonly receivedAtUs: bigint;
}

/**
 * Events of the items of the population, in no order: `intake`: of its settled items, those that say something of their
 * intake or are about another event; `all`: every one, of pending items too.
 */
export async function readPopulationEvents(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  which: 'intake' | 'all',
): Promise<PopulationEvent[]> {
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
 WHERE ${which === 'all' ? 'true' : OF_INTAKE} AND ${known}`,
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

const OF_INTAKE = `(i.is_settled AND (e.attributes -> 'data' -> 'intake' IS NOT NULL OR e.refers_to IS NOT NULL))`;

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
