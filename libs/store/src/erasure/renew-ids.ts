import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/**
 * Of work items that are being erased, while they still have their key: what their ids are derived from is made anew, so
 * that those that stand in the books follow from nothing any more, and the ids of links and of the worklist that were
 * derived from the key are replaced by random ones. A link that was audited keeps its id: a leaf names it.
 */
export async function renewIds(client: Client, tenantId: bigint, refs: readonly Ref[]): Promise<void> {
  for (const text of [RENEW_SEEDS, RENEW_LINKS, RENEW_WORKLIST]) await client.query(text, [tenantId, refs]);
}

/** Has work items posted again: what their ids are derived from has changed. In the caller's transaction. */
export async function postErasedItems(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  cause: string,
  recordedAtUs: bigint,
): Promise<void> {
  await client.query(
    `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at)
     SELECT $1, 'erasure', $2, jsonb_build_object('ref', ref), $3 FROM unnest($4::text[]) AS ref`,
    [tenantId, cause, timestampFromUs(recordedAtUs), refs],
  );
}

const RENEW_SEEDS = `UPDATE work_items SET id_seed = gen_random_uuid() WHERE tenant_id = $1 AND ref = ANY ($2::text[])`;
const RENEW_LINKS = `
WITH fresh AS MATERIALIZED (
  SELECT trace_id, link_id, gen_random_uuid() AS new_id FROM links l
   WHERE tenant_id = $1 AND work_item_ref = ANY ($2::text[])
     AND NOT EXISTS (SELECT FROM link_audits a WHERE a.tenant_id = $1 AND a.trace_id = l.trace_id AND a.link_id = l.link_id))
UPDATE links l
   SET link_id = coalesce((SELECT new_id FROM fresh f WHERE f.trace_id = l.trace_id AND f.link_id = l.link_id), l.link_id),
       supersedes = coalesce((SELECT new_id FROM fresh f WHERE f.trace_id = l.trace_id AND f.link_id = l.supersedes),
                             l.supersedes)
 WHERE tenant_id = $1 AND work_item_ref = ANY ($2::text[])`;
const RENEW_WORKLIST = `
UPDATE set_aside SET id = gen_random_uuid()
 WHERE tenant_id = $1 AND kind = 'unmatched_outcome' AND subject = ANY ($2::text[])`;
