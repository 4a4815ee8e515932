import type { Client } from '../connection/database.ts';
import { announceShippedBooks } from '../prices/announce-shipped-books.ts';
import { createTenant } from './create-tenant.ts';

/**
 * Makes a tenant whose log begins with the shipped price books, in the caller's transaction.
 *
 * @returns its id
 * @throws RejectedInput as `createTenant` does
 */
export async function openTenant(client: Client, slug: string, nowUs: bigint): Promise<bigint> {
  const tenantId = await createTenant(client, slug);
  await announceShippedBooks(client, tenantId, nowUs);
  return tenantId;
}
