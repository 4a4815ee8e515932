import type { Client } from '../connection/database.ts';
import { announceTenant } from './announce-tenant.ts';
import { createTenant } from './create-tenant.ts';

/**
 * Makes a tenant whose log begins with itself and the shipped price books, in the caller's transaction.
 *
 * @returns its id
 * @throws RejectedInput as `createTenant` does
 */
export async function openTenant(client: Client, slug: string, nowUs: bigint): Promise<bigint> {
  const tenantId = await createTenant(client, slug);
  await announceTenant(client, tenantId, slug, nowUs);
  return tenantId;
}
