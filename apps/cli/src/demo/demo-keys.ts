import {
  openTenant,
  hashSecret,
  insertApiKey,
  inTransaction,
  listApiKeys,
  newSecret,
  readTenantId,
  revokeApiKey,
  type Database,
  type NewApiKey,
} from '#store';
import { v7 as uuidByTime } from 'uuid';

export const DEMO_TENANT = 'demo';

type Rights = Pick<NewApiKey, 'roles' | 'sources' | 'kinds'>;
const anywhere = { sources: null, kinds: null };

/** Who takes part: nobody may do more than its work needs. */
const PARTIES = {
  agents: { roles: ['spans'], ...anywhere },
  helpdesk: { roles: ['outcomes'], sources: ['/demo/helpdesk'], kinds: ['ticket'] },
  claimsSystem: { roles: ['outcomes'], sources: ['/demo/claims-system'], kinds: ['claim'] },
  controller: { roles: ['admin'], ...anywhere },
  reader: { roles: ['analyst', 'auditor'], ...anywhere },
} as const satisfies Record<string, Rights>;

export type DemoKeys = Readonly<Record<keyof typeof PARTIES, string>>;

/**
 * Makes the tenant of the demo where there is none, and a key for each party. Keys of earlier runs end: their texts
 * stand on screens.
 */
export async function makeDemoKeys(db: Database): Promise<DemoKeys> {
  const tenantId =
    (await readTenantId(db, DEMO_TENANT)) ??
    (await inTransaction(db, (client) => openTenant(client, DEMO_TENANT, BigInt(Date.now()) * 1000n)));
  const principals = new Set(Object.keys(PARTIES).map(principalOf));
  for (const key of await listApiKeys(db, tenantId))
    if (key.revokedAtUs === null && principals.has(key.principalName))
      await revokeApiKey(db, tenantId, key.keyId);
  const make = async (party: keyof typeof PARTIES): Promise<string> => {
    const secret = newSecret();
    await inTransaction(db, (client) =>
      insertApiKey(client, {
        ...PARTIES[party],
        tenantId,
        keyId: uuidByTime(),
        newPrincipalId: uuidByTime(),
        principalName: principalOf(party),
        secretHash: hashSecret(secret),
        isBootstrap: false,
      }),
    );
    return secret;
  };
  return {
    agents: await make('agents'),
    helpdesk: await make('helpdesk'),
    claimsSystem: await make('claimsSystem'),
    controller: await make('controller'),
    reader: await make('reader'),
  };
}

const principalOf = (party: string): string => `demo ${party}`;
