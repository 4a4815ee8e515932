import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { insertEvidence } from '../posting/evidence-rows.ts';

/** A read of content, as it is noted before it is answered. */
export interface ContentRead {
  readonly accessId: string;
  readonly readAtUs: bigint;
  readonly principalId: string;
  readonly keyId: string;
  readonly grantId: string | null;
  /** Method and path of the request. */
  readonly route: string;
  /** What was read: `ticket:8123`, a period, `tenant`. */
  readonly subject: string;
  /** 32 random bytes. */
  readonly salt: Buffer;
}

/** A read with its place in the access log; null until it is sealed. */
export interface LoggedRead extends ContentRead {
  readonly leafIndex: number | null;
}

/**
 * Notes a read, with its leaf for the access log. The reader may be answered once the transaction is committed, and not
 * before.
 *
 * @param leaf the `content.read` leaf
 */
export async function recordContentRead(
  client: Client,
  tenantId: bigint,
  read: ContentRead,
  leaf: Buffer,
): Promise<void> {
  await client.query({
    name: 'record-content-read',
    text: `
INSERT INTO access_log (tenant_id, access_id, read_at, principal_id, key_id, grant_id, route, subject, salt)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      tenantId,
      read.accessId,
      timestampFromUs(read.readAtUs),
      read.principalId,
      read.keyId,
      read.grantId,
      read.route,
      read.subject,
      read.salt,
    ],
  });
  const row = { kind: 'content.read', subjectId: read.accessId, body: leaf };
  await insertEvidence(client, tenantId, [row], read.readAtUs, 'access');
}

export interface ReadFilter {
  readonly subjects?: readonly string[] | undefined;
  readonly principalId?: string | undefined;
  readonly after?: { readonly readAtUs: bigint; readonly accessId: string } | undefined;
  readonly limit: number;
}

/** Reads of content, oldest first. */
export async function listContentReads(
  client: Client,
  tenantId: bigint,
  filter: ReadFilter,
): Promise<LoggedRead[]> {
  const { rows } = await client.query<ReadRow>(
    `SELECT access_id, read_at, principal_id, key_id, grant_id, route, subject, salt, leaf_index
       FROM access_log
      WHERE tenant_id = $1 AND ($2::text[] IS NULL OR subject = ANY ($2)) AND ($3::uuid IS NULL OR principal_id = $3)
        AND ($4::timestamptz IS NULL OR (read_at, access_id) > ($4, $5::uuid))
      ORDER BY read_at, access_id LIMIT $6`,
    [
      tenantId,
      filter.subjects ?? null,
      filter.principalId ?? null,
      filter.after === undefined ? null : timestampFromUs(filter.after.readAtUs),
      filter.after?.accessId ?? null,
      filter.limit,
    ],
  );
  return rows.map(toRead);
}

/**
 * Reads whose leaf is one of the first `size` of the access log, in the order of their leaves.
 *
 * @param after only those behind this place
 */
export async function listContentReadsByLeaf(
  client: Client,
  tenantId: bigint,
  {
    subjects,
    size,
    after,
    limit,
  }: {
    readonly subjects: readonly string[] | null;
    readonly size: number;
    readonly after: number;
    readonly limit: number;
  },
): Promise<(LoggedRead & { readonly leafIndex: number })[]> {
  const { rows } = await client.query<ReadRow & { leaf_index: bigint }>(
    `SELECT access_id, read_at, principal_id, key_id, grant_id, route, subject, salt, leaf_index
       FROM access_log
      WHERE tenant_id = $1 AND ($2::text[] IS NULL OR subject = ANY ($2)) AND leaf_index < $3 AND leaf_index > $4
      ORDER BY leaf_index LIMIT $5`,
    [tenantId, subjects, size, after, limit],
  );
  return rows.map((row) => ({ ...toRead(row), leafIndex: Number(row.leaf_index) }));
}

interface ReadRow {
  access_id: string;
  read_at: bigint;
  principal_id: string;
  key_id: string;
  grant_id: string | null;
  route: string;
  subject: string;
  salt: Buffer;
  leaf_index: bigint | null;
}

function toRead(row: ReadRow): LoggedRead {
  return {
    accessId: row.access_id,
    readAtUs: row.read_at,
    principalId: row.principal_id,
    keyId: row.key_id,
    grantId: row.grant_id,
    route: row.route,
    subject: row.subject,
    salt: row.salt,
    leafIndex: row.leaf_index === null ? null : Number(row.leaf_index),
  };
}

/**
 * The newest checkpoint of the access log whose leaves were all sealed before a time.
 *
 * @returns its size and note; null where there is none
 */
export async function readAccessCheckpointBefore(
  client: Client,
  tenantId: bigint,
  beforeUs: bigint,
): Promise<{ size: number; note: string } | null> {
  const { rows } = await client.query<{ size: bigint; note: string }>(
    `SELECT c.size, c.note FROM access_checkpoints c
       JOIN access_leaves l ON l.tenant_id = c.tenant_id AND l.idx = c.size - 1
      WHERE c.tenant_id = $1 AND (convert_from(l.entry, 'UTF8')::jsonb ->> 'sealedAt')::timestamptz < $2
      ORDER BY c.size DESC LIMIT 1`,
    [tenantId, timestampFromUs(beforeUs)],
  );
  const row = rows[0];
  return row === undefined ? null : { size: Number(row.size), note: row.note };
}
