import {
  hashSecret,
  inTransaction,
  insertApiKey,
  listApiKeys,
  lockTenant,
  newSecret,
  type Database,
} from '#store';
import { RejectedInput } from '#model';
import { v7 as uuidByTime } from 'uuid';

/** The tenant of a service that nobody divided. */
export const DEFAULT_TENANT = 'default';

/**
 * Sees to it that somebody can get in: stores OL_BOOTSTRAP_KEY where it is given and not stored yet (its leaves are
 * marked), else makes an admin key where the tenant `default` has none at all.
 *
 * @returns the text of the key that was made, which is stored nowhere; null when none was made
 */
export async function ensureFirstKey(db: Database, bootstrapKey: string | null): Promise<string | null> {
  const secret = bootstrapKey ?? newSecret();
  return inTransaction(db, async (client) => {
    const tenantId = await lockTenant(client, DEFAULT_TENANT, BigInt(Date.now()) * 1000n);
    const isFirst = (await listApiKeys(client, tenantId)).length === 0;
    if (bootstrapKey === null && !isFirst) return null;
    try {
      await insertApiKey(client, {
        tenantId,
        keyId: uuidByTime(),
        newPrincipalId: uuidByTime(),
        principalName: bootstrapKey === null ? 'admin' : 'bootstrap',
        secretHash: hashSecret(secret),
        roles: ['admin'],
        sources: null,
        kinds: null,
        isBootstrap: bootstrapKey !== null,
      });
    } catch (error) {
      if (!(error instanceof RejectedInput)) throw error; // stored by an earlier start
    }
    return bootstrapKey === null ? secret : null;
  });
}
