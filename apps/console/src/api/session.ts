import { createContext, use } from 'react';
import { ApiClient } from './client.ts';
import type { Schemas } from './wire-types.ts';

export type Me = Schemas['Me'];

/** Who is signed in, and to what. */
export interface Session {
  readonly me: Me;
  readonly client: ApiClient;
  readonly signOut: () => void;
}

const STORED = 'outcome-ledger:keys';

/** Keys by tenant, for as long as the tab is open; a link of one tenant finds its key again. */
export function storedKeys(): ReadonlyMap<string, string> {
  try {
    const text = sessionStorage.getItem(STORED);
    return new Map<string, string>(text === null ? [] : Object.entries(JSON.parse(text)));
  } catch {
    return new Map();
  }
}

export function storeKey(tenant: string, key: string | null): void {
  const keys = new Map(storedKeys());
  if (key === null) keys.delete(tenant);
  else keys.set(tenant, key);
  sessionStorage.setItem(STORED, JSON.stringify(Object.fromEntries(keys)));
}

/** @throws ApiProblem 401 for a key that is unknown or revoked */
export async function askWho(key: string): Promise<{ me: Me; client: ApiClient }> {
  const client = new ApiClient(key);
  return { me: await client.get('/v1/me', {}), client };
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error('this stands outside of a signed-in page');
  return session;
}

/** Whether the key may do what needs one of the roles; `admin` may do all of it. */
export const may = ({ me }: Session, ...roles: readonly Me['roles'][number][]): boolean =>
  me.roles.includes('admin') || roles.some((role) => me.roles.includes(role));
