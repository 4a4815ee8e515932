import { encodeLeaf } from '#evidence';
import type { Client } from '../connection/database.ts';
import { insertEvidence } from '../posting/evidence-rows.ts';
import { insertPrincipal } from '../principals/principals.ts';
import { insertApiKey, type NewApiKey } from './insert-api-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';

/** Who gave or took a right, and when. */
export interface RecordedBy {
  readonly atUs: bigint;
  /** Principal; null = the operator, by the command. */
  readonly by: string | null;
}

/**
 * Stores a key with its `key` leaf, in the caller's transaction: from when on who may do what. Principals are named by
 * their ids.
 *
 * @throws RejectedInput `conflict` when the same secret is stored already
 */
export async function recordApiKey(client: Client, key: NewApiKey, recorded: RecordedBy): Promise<void> {
  const { tenantId, keyId, roles, sources, kinds } = key;
  const principal = await insertApiKey(client, key);
  const body = encodeLeaf('key', recorded.atUs, {
    apiKey: keyId,
    state: 'made',
    principal,
    roles: [...roles],
    sources: sources === null ? null : [...sources],
    kinds: kinds === null ? null : [...kinds],
    by: recorded.by,
  });
  await insertEvidence(client, tenantId, [{ kind: 'key', subjectId: keyId, body }], recorded.atUs);
}

/**
 * Stores a principal with its `key` leaf, in the caller's transaction: since when there is such a one, and who said so.
 * Where two have to agree, this is what tells that they were two.
 *
 * @throws RejectedInput `conflict` when the tenant has a principal of that name
 */
export async function recordPrincipal(
  client: Client,
  tenantId: bigint,
  principal: { readonly principalId: string; readonly name: string },
  recorded: RecordedBy,
): Promise<void> {
  const { principalId, name } = principal;
  await insertPrincipal(client, tenantId, principalId, name);
  const body = encodeLeaf('key', recorded.atUs, { principal: principalId, state: 'named', by: recorded.by });
  await insertEvidence(client, tenantId, [{ kind: 'key', subjectId: principalId, body }], recorded.atUs);
}

/** Ends a key, with its leaf. @returns whether the tenant has such a key */
export async function recordKeyRevoked(
  client: Client,
  tenantId: bigint,
  keyId: string,
  recorded: RecordedBy,
): Promise<boolean> {
  if (!(await revokeApiKey(client, tenantId, keyId))) return false;
  const body = encodeLeaf('key', recorded.atUs, { apiKey: keyId, state: 'revoked', by: recorded.by });
  await insertEvidence(client, tenantId, [{ kind: 'key', subjectId: keyId, body }], recorded.atUs);
  return true;
}
