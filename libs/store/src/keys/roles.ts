/** What a key may do (architecture 9); `admin` may do all that needs one principal. */
export const ROLES = ['spans', 'outcomes', 'analyst', 'auditor', 'privacy', 'approver', 'admin'] as const;

export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
