import type { Role } from '#store';

/** Who is calling: the owner of the key, and what that key may do. */
export interface Principal {
  readonly tenantId: bigint;
  readonly principalId: string;
  readonly keyId: string;
  readonly roles: readonly Role[];
  /** For the role `outcomes`: CloudEvents sources the key may speak for; null = all. */
  readonly sources: readonly string[] | null;
  /** For the role `outcomes`: kinds of work item; null = all. */
  readonly kinds: readonly string[] | null;
  readonly isBootstrap: boolean;
}

/** @returns whether one of the roles is held, or `admin`, which may do all that needs one principal (architecture 9) */
export function mayAct(principal: Principal, roles: readonly Role[]): boolean {
  return principal.roles.includes('admin') || roles.some((role) => principal.roles.includes(role));
}
