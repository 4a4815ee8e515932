/** What a key may do. `admin` may do all that needs one principal (architecture 9). */
export const ROLES = ['spans', 'outcomes', 'analyst', 'auditor', 'privacy', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who is calling: the owner of the key, and what that key may do. */
export interface Principal {
  readonly tenantId: bigint;
  readonly principalId: string;
  readonly keyId: string;
  readonly roles: readonly string[];
  /** For the role `outcomes`: CloudEvents sources the key may speak for; null = all. */
  readonly sources: readonly string[] | null;
  /** For the role `outcomes`: kinds of work item; null = all. */
  readonly kinds: readonly string[] | null;
  readonly isBootstrap: boolean;
}

/** @returns whether one of the roles, or `admin`, is held */
export function mayAct(principal: Principal, roles: readonly Role[]): boolean {
  return principal.roles.includes('admin') || roles.some((role) => principal.roles.includes(role));
}
