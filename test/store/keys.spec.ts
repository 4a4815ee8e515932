import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createTenant,
  inTransaction,
  insertApiKey,
  listApiKeys,
  readApiKey,
  readTenantId,
  revokeApiKey,
  type NewApiKey,
} from '#store';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let tenantId: bigint;
beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await createTenant(database.db, 'acme');
});
afterAll(() => database.drop());

function aKey(changes: Partial<NewApiKey>): NewApiKey {
  return {
    tenantId,
    keyId: randomUUID(),
    newPrincipalId: randomUUID(),
    principalName: 'help desk',
    secretHash: Buffer.alloc(32, 1),
    roles: ['outcomes'],
    sources: ['urn:helpdesk'],
    kinds: ['ticket'],
    isBootstrap: false,
    ...changes,
  };
}

const store = (key: NewApiKey) => inTransaction(database.db, (client) => insertApiKey(client, key));

test('a tenant is found by its slug; a bad or taken slug is refused', async () => {
  expect([await readTenantId(database.db, 'acme'), await readTenantId(database.db, 'nobody')]).toEqual([
    tenantId,
    null,
  ]);
  await expect(createTenant(database.db, 'acme')).rejects.toMatchObject({
    name: 'RejectedInput',
    code: 'conflict',
  });
  await expect(createTenant(database.db, 'Acme Inc')).rejects.toMatchObject({
    code: 'invalid',
    field: 'slug',
  });
});

test('a key is found by its hash until it is revoked, and stays in the list', async () => {
  const first = aKey({});
  const second = aKey({ secretHash: Buffer.alloc(32, 2), roles: ['admin'], sources: null, kinds: null });
  const principalId = await store(first);
  expect(principalId).toBe(first.newPrincipalId);
  expect(await store(second)).toBe(principalId);
  const expected = {
    tenantId,
    tenantSlug: 'acme',
    keyId: first.keyId,
    principalId,
    principalName: 'help desk',
    roles: ['outcomes'],
    sources: ['urn:helpdesk'],
    kinds: ['ticket'],
    isBootstrap: false,
    createdAtUs: expect.any(BigInt),
    revokedAtUs: null,
  };
  expect(await readApiKey(database.db, first.secretHash)).toEqual(expected);
  expect(await revokeApiKey(database.db, tenantId, first.keyId)).toBe(true);
  expect(await revokeApiKey(database.db, tenantId, first.keyId)).toBe(true);
  expect(await revokeApiKey(database.db, tenantId + 1n, second.keyId)).toBe(false);
  expect(await readApiKey(database.db, first.secretHash)).toBeNull();
  expect(await listApiKeys(database.db, tenantId)).toEqual([
    { ...expected, revokedAtUs: expect.any(BigInt) },
    { ...expected, keyId: second.keyId, roles: ['admin'], sources: null, kinds: null },
  ]);
});

test('a secret is stored once', async () => {
  await expect(store(aKey({}))).rejects.toMatchObject({ name: 'RejectedInput', code: 'conflict' });
});
