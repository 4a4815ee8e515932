import type { SubjectKeys } from '#evidence';

/**
 * Where the keys of subjects are kept: outside of the database, so that a dump of it opens nothing. The one shipped
 * keeps them in the key directory (`openKeyDirectory`); another may keep them in a key management service.
 */
export interface KeyStore {
  /**
   * @param subjectIds uuids; any will do, a subject needs no announcement
   * @returns the keys of those that were not destroyed. The same subject has the same keys for ever
   * @throws Unavailable where the keys cannot be reached: nothing may be stored then
   */
  keysOf(tenantId: bigint, subjectIds: Iterable<string>): Promise<ReadonlyMap<string, SubjectKeys>>;
  /**
   * Destroys keys; durable when it returns. Idempotent. The caller sees that no two run at once for one tenant.
   * @throws Unavailable as `keysOf`; then some may be gone
   */
  destroy(tenantId: bigint, subjectIds: Iterable<string>): Promise<void>;
}
