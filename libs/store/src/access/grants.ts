import type { Client } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { insertEvidence } from '../posting/evidence-rows.ts';

/** What content a grant opens. */
export type GrantScope =
  | { readonly kind: 'work_item'; readonly workItem: string }
  | { readonly kind: 'work_item_kind'; readonly workItemKind: string }
  | { readonly kind: 'tenant' };

/** Leave to read content; stands once another principal approved it, until its time is over or it is revoked. */
export interface Grant {
  readonly grantId: string;
  /** Who may read. */
  readonly principalId: string;
  readonly scope: GrantScope;
  readonly purpose: string;
  readonly validUntilUs: bigint;
  readonly requestedAtUs: bigint;
  readonly requestedBy: string;
  readonly decision: 'approved' | 'declined' | 'revoked' | null;
  readonly decidedAtUs: bigint | null;
  readonly decidedBy: string | null;
}

/** Asks for a grant; with its leaf. */
export async function insertGrant(
  client: Client,
  tenantId: bigint,
  grant: Omit<Grant, 'decision' | 'decidedAtUs' | 'decidedBy'>,
  leaf: Buffer,
): Promise<void> {
  await client.query(
    `INSERT INTO grants (tenant_id, grant_id, principal_id, scope, purpose, valid_until, requested_at, requested_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tenantId,
      grant.grantId,
      grant.principalId,
      JSON.stringify(grant.scope),
      grant.purpose,
      timestampFromUs(grant.validUntilUs),
      timestampFromUs(grant.requestedAtUs),
      grant.requestedBy,
    ],
  );
  await putLeaf(client, tenantId, grant.grantId, leaf, grant.requestedAtUs);
}

/** @returns whether it stood at `from` and now stands at `to`; with its leaf then */
export async function decideGrant(
  client: Client,
  tenantId: bigint,
  grantId: string,
  change: {
    readonly from: Grant['decision'];
    readonly to: NonNullable<Grant['decision']>;
    readonly atUs: bigint;
    readonly by: string;
    readonly leaf: Buffer;
  },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE grants SET decision = $4, decided_at = $5, decided_by = $6
      WHERE tenant_id = $1 AND grant_id = $2 AND decision IS NOT DISTINCT FROM $3`,
    [tenantId, grantId, change.from, change.to, timestampFromUs(change.atUs), change.by],
  );
  if (rowCount !== 1) return false;
  await putLeaf(client, tenantId, grantId, change.leaf, change.atUs);
  return true;
}

const putLeaf = (
  client: Client,
  tenantId: bigint,
  grantId: string,
  body: Buffer,
  atUs: bigint,
): Promise<void> => insertEvidence(client, tenantId, [{ kind: 'grant', subjectId: grantId, body }], atUs);

export interface GrantFilter {
  readonly grantId?: string | undefined;
  readonly principalId?: string | undefined;
}

/** At most 1,000 grants, newest first. */
export async function listGrants(client: Client, tenantId: bigint, filter: GrantFilter): Promise<Grant[]> {
  const { rows } = await client.query<{
    grant_id: string;
    principal_id: string;
    scope: GrantScope;
    purpose: string;
    valid_until: bigint;
    requested_at: bigint;
    requested_by: string;
    decision: Grant['decision'];
    decided_at: bigint | null;
    decided_by: string | null;
  }>(
    `SELECT grant_id, principal_id, scope, purpose, valid_until, requested_at, requested_by, decision, decided_at, decided_by
       FROM grants
      WHERE tenant_id = $1 AND ($2::uuid IS NULL OR grant_id = $2) AND ($3::uuid IS NULL OR principal_id = $3)
      ORDER BY requested_at DESC, grant_id LIMIT 1000`,
    [tenantId, filter.grantId ?? null, filter.principalId ?? null],
  );
  return rows.map((row) => ({
    grantId: row.grant_id,
    principalId: row.principal_id,
    scope: row.scope,
    purpose: row.purpose,
    validUntilUs: row.valid_until,
    requestedAtUs: row.requested_at,
    requestedBy: row.requested_by,
    decision: row.decision,
    decidedAtUs: row.decided_at,
    decidedBy: row.decided_by,
  }));
}

/** @returns the id of the principal of that name, null where there is none */
export async function readPrincipalId(
  client: Client,
  tenantId: bigint,
  name: string,
): Promise<string | null> {
  const { rows } = await client.query<{ principal_id: string }>(
    'SELECT principal_id FROM principals WHERE tenant_id = $1 AND name = $2',
    [tenantId, name],
  );
  return rows[0]?.principal_id ?? null;
}
