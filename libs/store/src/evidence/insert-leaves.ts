import type { TreeNode } from '#evidence';
import type { Client } from '../connection/database.ts';

/** A leaf with its place in the log. */
export interface SealedLeaf {
  readonly index: number;
  readonly kind: string;
  readonly subjectId: string;
  readonly entry: Buffer;
  readonly leafHash: Buffer;
}

/** Adds leaves to the log, and their place to the batches that `spans.batch` leaves are about. */
export async function insertLeaves(
  client: Client,
  tenantId: bigint,
  leaves: readonly SealedLeaf[],
): Promise<void> {
  await client.query({
    name: 'insert-leaves',
    text: `
INSERT INTO leaves (tenant_id, idx, kind, subject_id, entry, leaf_hash)
SELECT $1, idx, kind, subject_id, entry, leaf_hash
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bytea[]) AS l (idx, kind, subject_id, entry, leaf_hash)`,
    values: [
      tenantId,
      leaves.map(({ index }) => index),
      leaves.map(({ kind }) => kind),
      leaves.map(({ subjectId }) => subjectId),
      leaves.map(({ entry }) => entry),
      leaves.map(({ leafHash }) => leafHash),
    ],
  });
  const batches = leaves.filter(({ kind }) => kind === 'spans.batch');
  if (batches.length === 0) return;
  await client.query({
    name: 'set-batch-leaf-index',
    text: `
UPDATE batches b SET leaf_index = l.idx
  FROM unnest($2::uuid[], $3::bigint[]) AS l (batch_id, idx)
 WHERE b.tenant_id = $1 AND b.batch_id = l.batch_id`,
    values: [tenantId, batches.map(({ subjectId }) => subjectId), batches.map(({ index }) => index)],
  });
}

/** Adds the roots of tiles that became full. */
export async function insertTreeNodes(
  client: Client,
  tenantId: bigint,
  nodes: readonly TreeNode[],
): Promise<void> {
  if (nodes.length === 0) return;
  await client.query({
    name: 'insert-tree-nodes',
    text: `
INSERT INTO tree_nodes (tenant_id, level, idx, hash)
SELECT $1, level, idx, hash FROM unnest($2::smallint[], $3::bigint[], $4::bytea[]) AS n (level, idx, hash)`,
    values: [
      tenantId,
      nodes.map(({ level }) => level),
      nodes.map(({ index }) => index),
      nodes.map(({ hash }) => hash),
    ],
  });
}
