import { encodeLeaf } from '#evidence';
import type { Client } from '../connection/database.ts';
import { insertEvidence } from '../posting/evidence-rows.ts';
import { announceShippedBooks } from '../prices/announce-shipped-books.ts';

/** Begins the log of a tenant that was just made: who it is, then the shipped price books. Not idempotent. */
export async function announceTenant(
  client: Client,
  tenantId: bigint,
  slug: string,
  recordedAtUs: bigint,
): Promise<void> {
  // Only who holds the database makes tenants, so nobody is named.
  const body = encodeLeaf('tenant', recordedAtUs, { tenant: slug, state: 'made', by: null });
  await insertEvidence(client, tenantId, [{ kind: 'tenant', subjectId: slug, body }], recordedAtUs);
  await announceShippedBooks(client, tenantId, recordedAtUs);
}
