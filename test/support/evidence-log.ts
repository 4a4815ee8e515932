import { encodeLeaf, type LeafKind, leafHash, makeSigner, rootOfLeafHashes } from '#evidence';
import { createTenant, type Database, inTransaction, insertEvidence } from '#store';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../apps/worker/src/seal-log.ts';

const ORIGIN = 'ledger.example';
export const START_US = 1_764_000_000_000_000n;

/** A new tenant with a log of its own. */
export async function beginLog(db: Database, slug: string): Promise<Log> {
  return keysOf({ tenantId: await createTenant(db, slug), slug });
}

/** The log of a tenant, with an empty key directory and one key by seed 1. */
export async function keysOf({ tenantId, slug }: Pick<Log, 'tenantId' | 'slug'>): Promise<Log> {
  const keyDir = await mkdtemp(join(tmpdir(), 'outcome-ledger-keys-'));
  return withKeys({ tenantId, slug, keyDir, origin: `${ORIGIN}/t/${slug}` }, [1]);
}

/** The same log with other keys. */
export const withKeys = (log: Omit<Log, 'signers'>, seeds: readonly number[]): Log => ({
  ...log,
  signers: seeds.map((seed) => makeSigner(log.origin, Buffer.alloc(32, seed))),
});

/** Puts leaves into the inbox, one for each subject, in one transaction. */
export function recordLeaves(
  db: Database,
  { tenantId }: Log,
  subjects: readonly string[],
  kind: LeafKind = 'outcome.event',
): Promise<void> {
  const rows = subjects.map((subjectId) => ({
    kind,
    subjectId,
    body: encodeLeaf(kind, START_US, { subject: subjectId }),
  }));
  return inTransaction(db, (client) => insertEvidence(client, tenantId, rows, START_US));
}

/** The whole log as it is stored, checked for gaps and for hashes that are not the entries'. */
export async function readWholeLog(
  db: Database,
  { tenantId }: Log,
): Promise<{ entries: Buffer[]; subjects: string[]; root: Buffer }> {
  const { rows } = await db.query<{ idx: bigint; entry: Buffer; leaf_hash: Buffer; subject_id: string }>(
    'SELECT idx, entry, leaf_hash, subject_id FROM leaves WHERE tenant_id = $1 ORDER BY idx',
    [tenantId],
  );
  for (const [i, row] of rows.entries())
    if (row.idx !== BigInt(i) || !row.leaf_hash.equals(leafHash(row.entry)))
      throw new Error(`leaf ${row.idx} at place ${i} is not what it should be`);
  return {
    entries: rows.map((row) => row.entry),
    subjects: rows.map((row) => row.subject_id),
    root: rootOfLeafHashes(rows.map((row) => row.leaf_hash)),
  };
}

/** How many leaves wait. */
export async function countWaiting(db: Database, { tenantId }: Log): Promise<number> {
  const { rows } = await db.query<{ count: bigint }>(
    'SELECT count(*) FROM evidence_inbox WHERE tenant_id = $1',
    [tenantId],
  );
  return Number(rows[0]!.count);
}
