import type { TreeNode } from '#evidence';
import { byteaArray } from '../connection/binary-array.ts';
import type { Client } from '../connection/database.ts';
import { LOG_TABLES, type LogName } from './log-tables.ts';

/** A leaf with its place in the log. */
export interface SealedLeaf {
  readonly index: number;
  readonly kind: string;
  readonly subjectId: string;
  readonly entry: Buffer;
  readonly leafHash: Buffer;
}

/**
 * Adds leaves to the log, and their places to what they are about where it is asked for by its place: receipts of
 * export requests, posting commits, causes.
 */
export async function insertLeaves(
  client: Client,
  tenantId: bigint,
  leaves: readonly SealedLeaf[],
  log: LogName = 'evidence',
): Promise<void> {
  await client.query({
    name: `insert-leaves-${log}`,
    text: `
INSERT INTO ${LOG_TABLES[log].leaves} (tenant_id, idx, kind, subject_id, entry, leaf_hash)
SELECT $1, idx, kind, subject_id, entry, leaf_hash
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bytea[]) AS l (idx, kind, subject_id, entry, leaf_hash)`,
    values: [
      tenantId,
      leaves.map(({ index }) => index),
      leaves.map(({ kind }) => kind),
      leaves.map(({ subjectId }) => subjectId),
      byteaArray(leaves.map(({ entry }) => entry)),
      byteaArray(leaves.map(({ leafHash }) => leafHash)),
    ],
  });
  for (const [kind, text] of PLACES) {
    const placed = leaves.filter((leaf) => leaf.kind === kind);
    if (placed.length === 0) continue;
    await client.query({
      name: `place-${kind}`,
      text,
      values: [tenantId, placed.map(({ subjectId }) => subjectId), placed.map(({ index }) => index)],
    });
  }
}

/** By the kind of leaf: where its place is written; $2 = subjects, $3 = places. */
const PLACES: readonly (readonly [kind: string, text: string])[] = [
  [
    'spans.batch',
    `UPDATE batches b SET leaf_index = l.idx FROM unnest($2::uuid[], $3::bigint[]) AS l (batch_id, idx)
      WHERE b.tenant_id = $1 AND b.batch_id = l.batch_id`,
  ],
  [
    'ledger.batch',
    `INSERT INTO ledger_batches (tenant_id, leaf_index, batch_id)
     SELECT $1, idx, batch_id FROM unnest($2::uuid[], $3::bigint[]) AS l (batch_id, idx)`,
  ],
  [
    'cause.open',
    `UPDATE causes c SET opened_index = l.idx FROM unnest($2::text[], $3::bigint[]) AS l (cause_id, idx)
      WHERE c.tenant_id = $1 AND c.cause_id = l.cause_id`,
  ],
  [
    'cause.done',
    `UPDATE causes c SET done_index = l.idx FROM unnest($2::text[], $3::bigint[]) AS l (cause_id, idx)
      WHERE c.tenant_id = $1 AND c.cause_id = l.cause_id`,
  ],
  [
    'content.read',
    `UPDATE access_log a SET leaf_index = l.idx FROM unnest($2::uuid[], $3::bigint[]) AS l (access_id, idx)
      WHERE a.tenant_id = $1 AND a.access_id = l.access_id`,
  ],
];

/** Adds the roots of tiles that became full. */
export async function insertTreeNodes(
  client: Client,
  tenantId: bigint,
  nodes: readonly TreeNode[],
  log: LogName = 'evidence',
): Promise<void> {
  if (nodes.length === 0) return;
  await client.query({
    name: `insert-tree-nodes-${log}`,
    text: `
INSERT INTO ${LOG_TABLES[log].nodes} (tenant_id, level, idx, hash)
SELECT $1, level, idx, hash FROM unnest($2::smallint[], $3::bigint[], $4::bytea[]) AS n (level, idx, hash)`,
    values: [
      tenantId,
      nodes.map(({ level }) => level),
      nodes.map(({ index }) => index),
      nodes.map(({ hash }) => hash),
    ],
  });
}
