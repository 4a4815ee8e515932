import type { EventReference, OutcomeEffect, OutcomeTier, OutcomeValue, Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { referenceToStored } from './stored-reference.ts';

/** An outcome event, checked and ready to be stored. */
export interface OutcomeRecord {
  readonly ref: Ref;
  readonly source: string;
  readonly eventId: string;
  readonly kind: string;
  readonly key: string;
  readonly verb: string;
  /** As the definitions known at receipt read the verb; the work item is folded by those known then. */
  readonly effect: OutcomeEffect | 'set_aside';
  readonly occurredAtUs: bigint;
  readonly sequence: string | null;
  readonly value: OutcomeValue | null;
  readonly tier: OutcomeTier | null;
  readonly quality: string | null;
  readonly refersTo: EventReference | null;
  /** Data and extension attributes, as JSON text. */
  readonly attributes: string;
  /** UUID that names the event in leaves and in the API. */
  readonly surrogateId: string;
  /** SHA-256 of the canonical content: equal for a re-sent event, different for another one under its id. */
  readonly contentHash: Buffer;
  /** 32 bytes; opens the commitment in the leaf. */
  readonly salt: Buffer;
  /** The `outcome.event` leaf for the evidence inbox. */
  readonly leaf: Buffer;
  /** Conversations, traces and runs the event names as being about the work item: `conversation:<tenant>:<id>`. */
  readonly conversationRefs: readonly Ref[];
  /** Why nothing can be done with it yet; then it goes to the worklist until a definition gives it a meaning. */
  readonly setAsideReason: string | null;
}

/** What became of one record; `surrogateId` is that of the event stored first under this source and id. */
export type RecordedOutcome =
  | { readonly state: 'stored'; readonly surrogateId: string }
  | { readonly state: 'duplicate'; readonly surrogateId: string }
  | { readonly state: 'conflict'; readonly surrogateId: string };

/**
 * Stores outcome events in the caller's transaction: receipt, event, aliases and relations, evidence, fact and
 * worklist row of each, or none of them. Idempotent by (source, event id): the same content again is a duplicate,
 * other content a conflict that is kept in the worklist. Records of one call must have distinct (source, event id).
 *
 * @returns one result per record, in the order given
 */
export async function recordOutcomes(
  client: Client,
  tenantId: bigint,
  received: { readonly atUs: bigint; readonly by: string | null },
  records: readonly OutcomeRecord[],
): Promise<RecordedOutcome[]> {
  const receivedAt = timestampFromUs(received.atUs);
  const { rows: receipts } = await client.query<{ source: string; event_id: string }>(INSERT_RECEIPTS, [
    tenantId,
    JSON.stringify(records.map(toRow)),
    receivedAt,
  ]);
  const isNew = new Set(receipts.map((row) => `${row.source}\n${row.event_id}`));
  const fresh = records.filter((record) => isNew.has(`${record.source}\n${record.eventId}`));
  const known = records.filter((record) => !isNew.has(`${record.source}\n${record.eventId}`));
  if (fresh.length > 0) {
    const rows = JSON.stringify(fresh.map(toRow));
    await client.query(INSERT_EVENTS, [tenantId, rows, receivedAt, received.by]);
    await client.query(INSERT_ALIASES, [tenantId, rows]);
    if (fresh.some(({ refersTo }) => refersTo !== null))
      await client.query(INSERT_RELATIONS, [tenantId, rows]);
    await client.query(INSERT_EVIDENCE, [tenantId, rows, receivedAt]);
    await client.query(INSERT_FACTS, [tenantId, rows, receivedAt]);
    await client.query(INSERT_SET_ASIDE, [tenantId, rows, receivedAt]);
  }
  const earlier =
    known.length === 0 ? new Map<string, EarlierRow>() : await readEarlier(client, tenantId, known);
  const results = records.map((record): RecordedOutcome => {
    const row = earlier.get(`${record.source}\n${record.eventId}`);
    if (row === undefined) return { state: 'stored', surrogateId: record.surrogateId };
    const isSame = record.contentHash.equals(row.content_hash);
    return { state: isSame ? 'duplicate' : 'conflict', surrogateId: row.surrogate_id };
  });
  const conflicts = records.filter((_, index) => results[index]!.state === 'conflict');
  if (conflicts.length > 0)
    await client.query(INSERT_CONFLICTS, [tenantId, JSON.stringify(conflicts.map(toRow)), receivedAt]);
  return results;
}

interface EarlierRow {
  source: string;
  event_id: string;
  content_hash: Buffer;
  surrogate_id: string;
}

async function readEarlier(
  client: Client,
  tenantId: bigint,
  records: readonly OutcomeRecord[],
): Promise<Map<string, EarlierRow>> {
  const { rows } = await client.query<EarlierRow>(SELECT_EARLIER, [
    tenantId,
    records.map((record) => record.source),
    records.map((record) => record.eventId),
  ]);
  return new Map(rows.map((row) => [`${row.source}\n${row.event_id}`, row]));
}

const toRow = (record: OutcomeRecord) => ({
  ref: record.ref,
  source: record.source,
  event_id: record.eventId,
  kind: record.kind,
  key: record.key,
  verb: record.verb,
  effect: record.effect,
  occurred_at: timestampFromUs(record.occurredAtUs),
  sequence: record.sequence,
  value_amount: record.value === null ? null : record.value.amountPico.toString(),
  value_asset: record.value?.asset ?? null,
  tier: record.tier,
  quality: record.quality,
  refers_to: referenceToStored(record.refersTo),
  attributes: record.attributes,
  surrogate_id: record.surrogateId,
  content_hash: record.contentHash.toString('base64'),
  salt: record.salt.toString('base64'),
  leaf: record.leaf.toString('base64'),
  conversation_refs: record.conversationRefs,
  set_aside_reason: record.setAsideReason,
});

const RECORDS = `jsonb_to_recordset($2::jsonb) AS r(
  ref text, source text, event_id text, kind text, key text, verb text, effect text, occurred_at timestamptz,
  sequence text, value_amount numeric, value_asset text, tier text, quality text, refers_to jsonb, attributes text, surrogate_id uuid, content_hash text,
  salt text, leaf text, conversation_refs jsonb, set_aside_reason text)`;

// Sorted, so that two requests with the same events wait for each other instead of deadlocking.
const INSERT_RECEIPTS = `
INSERT INTO outcome_receipts (tenant_id, source, event_id, content_hash, ref, received_at)
SELECT $1::bigint, source, event_id, decode(content_hash, 'base64'), ref, $3::timestamptz
FROM ${RECORDS} ORDER BY source, event_id
ON CONFLICT DO NOTHING
RETURNING source, event_id`;

const INSERT_EVENTS = `
INSERT INTO outcome_events (tenant_id, ref, source, event_id, kind, key, verb, effect, occurred_at, sequence,
  value_amount, value_asset, tier, quality, refers_to, attributes, surrogate_id, salt, received_at, received_by)
SELECT $1::bigint, ref, source, event_id, kind, key, verb, effect, occurred_at, sequence, value_amount, value_asset, tier,
  quality, refers_to, attributes::jsonb, surrogate_id, decode(salt, 'base64'), $3::timestamptz, $4::uuid
FROM ${RECORDS}`;

const INSERT_ALIASES = `
INSERT INTO work_item_aliases (tenant_id, ref, work_item_ref)
SELECT DISTINCT $1::bigint, alias, r.ref
FROM ${RECORDS}, jsonb_array_elements_text(r.conversation_refs) AS alias
ORDER BY alias, r.ref
ON CONFLICT DO NOTHING`;

const INSERT_RELATIONS = `
INSERT INTO work_item_relations (tenant_id, ref, relation, other_ref)
SELECT DISTINCT $1::bigint, relation.ref, relation.name, relation.other_ref
FROM ${RECORDS}, LATERAL (VALUES
  (r.ref, 'merged_into', r.refers_to ->> 'mergedInto'), (r.refers_to ->> 'mergedInto', 'merged_from', r.ref),
  (r.ref, 'split_from', r.refers_to #>> '{splitFrom,origin}'), (r.refers_to #>> '{splitFrom,origin}', 'split_into', r.ref)
) AS relation(ref, name, other_ref)
WHERE relation.ref IS NOT NULL AND relation.other_ref IS NOT NULL
ORDER BY 2, 3, 4
ON CONFLICT DO NOTHING`;

const INSERT_EVIDENCE = `
INSERT INTO evidence_inbox (tenant_id, kind, subject_id, body, recorded_at)
SELECT $1::bigint, 'outcome.event', surrogate_id::text, decode(leaf, 'base64'), $3::timestamptz
FROM ${RECORDS}`;

// An event without an effect moves nothing by itself, but the conversation it names may; and a definition that gives
// it a meaning may be on its way.
const INSERT_FACTS = `
INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
SELECT $1::bigint, 'outcome.event', 'outcome.event:' || surrogate_id,
  jsonb_build_object('ref', ref, 'conversationRefs', conversation_refs), $3::timestamptz
FROM ${RECORDS}`;

const INSERT_SET_ASIDE = `
INSERT INTO set_aside (tenant_id, id, kind, reason, subject, detail, since)
SELECT $1::bigint, surrogate_id, 'unmatched_outcome', set_aside_reason, 'outcome:' || surrogate_id,
  jsonb_build_object('kind', kind, 'key', key, 'verb', verb, 'source', source, 'id', event_id), $3::timestamptz
FROM ${RECORDS} WHERE set_aside_reason IS NOT NULL`;

// The id is made of the content, so the same conflicting event sent again and again is kept once.
const INSERT_CONFLICTS = `
INSERT INTO set_aside (tenant_id, id, kind, reason, subject, detail, since)
SELECT $1::bigint, md5(source || chr(10) || event_id || chr(10) || content_hash)::uuid, 'conflicting', 'content_differs',
  'outcome:' || source || ' ' || event_id,
  jsonb_build_object('kind', kind, 'key', key, 'verb', verb, 'source', source, 'id', event_id,
    'time', occurred_at, 'attributes', attributes::jsonb), $3::timestamptz
FROM ${RECORDS}
ON CONFLICT DO NOTHING`;

const SELECT_EARLIER = `
SELECT receipt.source, receipt.event_id, receipt.content_hash, event.surrogate_id
FROM unnest($2::text[], $3::text[]) AS asked(source, event_id)
JOIN outcome_receipts receipt ON receipt.tenant_id = $1 AND receipt.source = asked.source AND receipt.event_id = asked.event_id
JOIN outcome_events event ON event.tenant_id = $1 AND event.ref = receipt.ref
  AND event.source = receipt.source AND event.event_id = receipt.event_id`;
